import os
import random
import sys
from itertools import chain
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# Test folders are no packages; what several of them share lies in these.
for folder in ("bot", "bot/messages", "journeys", "bot/outbound", "sandbox/slack/block_kit"):
    sys.path.insert(0, str(Path(__file__).parent / folder))

# `make test` says the same twice; CI (CI=true) looks further every time, and prints what repeats a failure.
EXPLORES = os.environ.get("CI") == "true"
settings.register_profile("same", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("exploring", derandomize=False, database=None, deadline=None, print_blob=True)
settings.load_profile("exploring" if EXPLORES else "same")


@pytest.fixture(autouse=True)
def _log_as_it_comes():
    """Let no test write its log where an earlier one, which ran the command line, sent it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def seed():
    """Give what chance begins with; a test that fails prints it, and SEED=… repeats it."""
    number = int(os.environ.get("SEED") or (random.randrange(1_000_000) if EXPLORES else 1))
    print(f"SEED={number}")  # noqa: T201 - pytest shows it where the test fails
    return number


def pytest_terminal_summary(terminalreporter):
    """Print what proofs counted, also when a worker of pytest-xdist ran them."""
    reports = chain.from_iterable(terminalreporter.stats.values())
    told = [dict(report.user_properties) for report in reports if getattr(report, "when", None) == "call"]
    for properties in told:
        if "figures" in properties:
            terminalreporter.write_line(properties["figures"])
