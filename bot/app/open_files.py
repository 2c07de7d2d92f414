"""The limit of open files and connections of the process."""

import resource
from typing import Final

# Above the sum of the limits of connections from outside, to Slack, to Flashduty and to the database.
OPEN_FILES_WANTED: Final = 4096


def raise_limit() -> None:
    """Raise the limit as far as this user may: many shells and service managers leave it at 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES_WANTED if hard == resource.RLIM_INFINITY else min(OPEN_FILES_WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
