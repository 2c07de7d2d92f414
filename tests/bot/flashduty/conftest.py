import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parent))

from scripted import Scripted

from bot.flashduty import Account, Flashduty, IncidentQuery, open_pool
from bot.flashduty.rate_limit import CallRateLimiter

# Characters that must be escaped in a query, so that an escaped form of it would be found as well.
KEY = "k3y-of-payments/+ =&é"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@dataclass
class Naps:
    """A sleep that takes no time and remembers how long it should have been."""

    taken: list

    async def __call__(self, seconds):
        self.taken.append(seconds)


@pytest.fixture
def key():
    return KEY


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def naps():
    return Naps([])


@pytest.fixture
async def server():
    async with Scripted() as scripted:
        yield scripted


@pytest.fixture
async def pool(server):
    async with open_pool(server.url) as opened:
        yield opened


@pytest.fixture
def client(pool, naps):
    """The payments team's client; its pauses take no time and have no jitter."""
    return Flashduty(pool, Account(), team="payments", app_key=SecretStr(KEY), sleep=naps, random=lambda: 1.0)


@pytest.fixture
def unpaced():
    """An account whose limits are never reached."""
    return Account(CallRateLimiter(per_second=10**6, per_minute=10**6))


@pytest.fixture
def query():
    return IncidentQuery(start=NOW - timedelta(days=7), end=NOW)
