"""How many files and connections the process may have open."""

import resource
from typing import Final

# Connections from outside, to Slack, to Flashduty and to the database together stay below.
WANTED: Final = 4096


def raise_limit() -> None:
    """Raise the limit as far as this user may: many shells and service managers leave it at 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
