"""What a whole minute must pass for: digests that are due while the database is away, or while nothing runs."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.proofs.chaos import database_faults as faults
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place, start, until_ready
from tests.proofs.chaos.postgres import MISSING, fresh_database, is_installed, server
from tests.proofs.chaos.together import together

BOB: Final = "U0BOB"
HERS: Final = "D0ALICE"
TEAM: Final = "FLASHDUTY_TEAMS__PAYMENTS__"
# A bot that has just been started is ready, and its database broken, before the digest is due.
BEFORE: Final = timedelta(seconds=25)
# The bot looks at each full minute.
A_TICK: Final = 75.0
PATIENCE: Final = 110.0
DIGEST: Final = "Digest of team *payments*"


async def lines() -> AsyncIterator[Line]:
    """Wait for digests, several at once; the clock of the process is the real one."""
    async with AsyncExitStack() as stack:
        makings = [_due_while_locked("socket"), _missed_while_down("http")]
        if is_installed():
            own = stack.enter_context(server())
            makings.append(_due_while_read_only("http", await fresh_database(own.address)))
        else:
            yield Line("a digest that is due while PostgreSQL is read-only", "http", {}, (MISSING,))
        async for line in together(makings):
            yield line


def _wanting(at: datetime, **more: str) -> dict[str, str]:
    """Give the settings of a team that wants its digest every day at that minute, and of somebody who is told."""
    own = {"DIGEST_CHANNEL": PAYMENTS, "DIGEST_DAYS": "mon-sun", "DIGEST_TIME": f"{at:%H:%M}", "TIMEZONE": "UTC"}
    return {f"{TEAM}{name}": value for name, value in (own | more).items()} | {"ADMINS": ALICE}


def _next_minute() -> datetime:
    soon = datetime.now(UTC) + BEFORE
    return soon.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def _due_while_locked(transport: Transport) -> Line:
    with faults.folder_for_a_database() as folder:
        path = folder / "bot.db"
        wanted = _wanting(_next_minute()) | {"DATABASE_URL": f"sqlite:///{path}"}
        async with place(transport, **wanted) as here, AsyncExitStack() as stack:
            stack.enter_context(faults.locked(path))
            return await _due_while(here, "the SQLite file is locked", stack)


async def _due_while_read_only(transport: Transport, address: str) -> Line:
    async with place(transport, **_wanting(_next_minute()), DATABASE_URL=address) as here, AsyncExitStack() as stack:
        broken: AbstractAsyncContextManager[Any] = faults.read_only(address)
        await stack.enter_async_context(broken)
        return await _due_while(here, "PostgreSQL is read-only", stack)


async def _due_while(here: Place, what: str, broken: AsyncExitStack) -> Line:
    """Let a digest become due while nothing can be written, and mend it; it comes at the next minute, once."""
    told = await here.comes(lambda: _heard(here, "database has been unavailable"), PATIENCE)
    named = _heard(here, "the digest of team payments")
    _, ready = await here.bot.readiness()
    early = _digests(here)
    await broken.aclose()
    await here.comes(lambda: _digests(here) > early, A_TICK)
    over = await here.comes(lambda: _heard(here, "database is available again"), A_TICK)
    # Another look of the bot's: nothing comes twice.
    await here.comes(lambda: _digests(here) > early + 1, A_TICK)
    posted, tracebacks = _digests(here), here.bot.tracebacks
    broken_lines = [
        *([] if told and named else ["ADMINS were not told that the digest waits for the database"]),
        *([] if over else ["ADMINS were not told that the database is back"]),
        *([] if ready["database"] == "away" else ["/readyz said nothing of it"]),
        *([f"the digest was posted {posted} times"] if posted != 1 else []),
        *(["it was posted while nothing could be noted"] if early else []),
        *([f"{tracebacks} tracebacks"] if tracebacks else []),
    ]
    counts = {"told": named, "told of the end": int(over), "digests": posted}
    return Line(f"a digest that is due while {what}", here.transport, counts, tuple(broken_lines))


async def _missed_while_down(transport: Transport) -> Line:
    """Let a bot that has wanted its digest since yesterday start when the whole time of the digest is over."""
    over = datetime.now(UTC) - timedelta(minutes=20)
    async with place(transport, **_wanting(over, DIGEST_CATCH_UP="1m")) as here, AsyncExitStack() as stack:
        early = _heard(here, "Not posted")
        noted = await _noted(here)
        here.bot.terminate()
        await here.bot.ended()
        _as_of_yesterday(here.settings)
        here.bot = await start(here.settings, here.folder / "bot.log")
        stack.push_async_callback(here.bot.ended)
        stack.callback(here.bot.terminate)
        await until_ready(here.bot)
        await here.comes(lambda: _heard(here, "Not posted in time"), 30)
        told, posted = _heard(here, "the digest of team payments"), _digests(here)
        # The count in /readyz is as old as the last look.
        standing = await _counted(here.bot.readiness)
    broken = [
        *([] if noted else ["since when the digest is wanted was not noted"]),
        *(["it was told to a team that had just come"] if early else []),
        *([f"ADMINS were told {told} times"] if told != 1 else []),
        *([] if standing == 1 else [f"/readyz counts {standing}"]),
        *([f"the digest was posted {posted} times"] if posted else []),
    ]
    counts = {"told": told, "not posted": standing, "digests": posted}
    return Line("a digest whose whole time passed while nothing ran", transport, counts, tuple(broken))


async def _counted(readiness: Any) -> int:
    for _ in range(int(A_TICK * 2)):
        _, ready = await readiness()
        if ready["not_posted"]:
            break
        await asyncio.sleep(0.5)
    return int(ready["not_posted"])


def _rows(settings: Mapping[str, str], statement: str, *values: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(settings["DATABASE_URL"].removeprefix("sqlite:///"), timeout=20)
    try:
        with connection:
            return connection.execute(statement, values).fetchall()
    finally:
        connection.close()


async def _noted(here: Place) -> bool:
    for _ in range(200):
        if _rows(here.settings, "SELECT since FROM watched_plans"):
            return True
        await asyncio.sleep(0.1)
    return False


def _as_of_yesterday(settings: Mapping[str, str]) -> None:
    """Put back by two days what the first start noted: the clock of a process cannot be moved."""
    ((since,),) = _rows(settings, "SELECT since FROM watched_plans")
    earlier = datetime.fromisoformat(since) - timedelta(days=2)
    _rows(settings, "UPDATE watched_plans SET since = ?", f"{earlier:%Y-%m-%d %H:%M:%S.%f}")


def _heard(here: Place, words: str) -> int:
    return sum(words in message["text"] for message in here.slack.seen_by(ALICE, HERS))


def _digests(here: Place) -> int:
    return sum(DIGEST in message["text"] for message in here.slack.seen_by(BOB, PAYMENTS))
