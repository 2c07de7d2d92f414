"""The published description of Flashduty, where there is one."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty

# Test folders are no packages; this one has a module of its own.
sys.path.insert(0, str(Path(__file__).parent))

START = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def document():
    from document import Document  # noqa: PLC0415 - found only after the line above

    path = os.environ.get("FLASHDUTY_OPENAPI")
    if not path:
        pytest.skip("FLASHDUTY_OPENAPI does not name Flashduty's published OpenAPI description")
    return Document(path)


@pytest.fixture(scope="session")
def newer():
    from field_list import FieldList  # noqa: PLC0415 - as above

    path = os.environ.get("FLASHDUTY_OPERATIONS")
    if not path:
        pytest.skip("FLASHDUTY_OPERATIONS does not name the list of fields of newer operations")
    return FieldList(path)


@pytest.fixture
async def flashduty():
    pretend = PretendFlashduty(clock=Clock(START, frozen=True))
    pretend.rate_limit.is_on = False
    async with pretend:
        yield pretend
