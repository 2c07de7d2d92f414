import subprocess
import sys

import pytest

# A process of its own: a limit that was lowered for good cannot be raised again.
CHILD = """
import resource, sys
from bot.app.open_files import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
raise_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [((256, 8192), (4096, 8192)), ((256, 1000), (1000, 1000)), ((8000, 8192), (8000, 8192))],
)
def test_the_limit_of_open_files__is_raised_as_far_as_needed_and_allowed(before, after):
    command = [sys.executable, "-c", CHILD, *map(str, before)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert run.stdout.split() == [str(number) for number in after]
