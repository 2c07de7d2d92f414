"""Databases that are away for a moment: people are answered meanwhile, and all is whole again without a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, AsyncExitStack
from pathlib import Path
from typing import Any, Final

from tests.proofs.chaos import database_faults as faults
from tests.proofs.chaos.line import Line
from tests.proofs.chaos.place import ALICE, PAYMENTS, Place, Transport, place
from tests.proofs.chaos.postgres import MISSING, Server, fresh_database, is_installed, server

BOB: Final = "U0BOB"
# Made at once, so that the pool opens connections that are new; a page of the list has ten.
PRESSES: Final = 8
COMMANDS: Final = 3
PATIENCE: Final = 60.0
# What does not answer is given up after 8 s.
NOTICE_SECONDS: Final = 20.0
NOTICED: Final = ("database.unavailable", "database.recreating")
Fault = AbstractContextManager[Any] | AbstractAsyncContextManager[Any]

FILES: Final[dict[str, Callable[[Path, Place], Fault]]] = {
    "cannot be written": lambda path, _here: faults.unwritable(path),
    "is locked": lambda path, _here: faults.locked(path),
    "is deleted": lambda path, _here: faults.deleted(path),
    "is replaced": lambda path, _here: faults.replaced(path),
    "has lost its tables": lambda path, _here: faults.without_tables(path),
    "is on a full disk": lambda path, here: faults.full(path.parent, here.bot.process.pid),
}
SERVERS: Final[dict[str, Callable[[str, Server], Fault]]] = {
    "is read-only": lambda address, _own: faults.read_only(address),
    "has crashed": lambda _address, own: faults.crashed(own),
    "stands still": lambda _address, own: faults.stopped(own),
    "is out of connections": lambda address, _own: faults.out_of_connections(address),
    "has lost its tables": lambda address, _own: faults.without_its_tables(address),
}


# What people meet is the same on both transports; one of each kind is tried on both.
ON_BOTH: Final = ("cannot be written", "has crashed")


async def lines() -> AsyncIterator[Line]:
    """Break an SQLite file and a PostgreSQL server in every way we know."""
    for name, broken in FILES.items():
        for transport in _transports(name):
            folder_of = faults.small_disk if "disk" in name else faults.folder_for_a_database
            with folder_of() as folder:
                path = Path(folder) / "bot.db"
                prefix = faults.stopped_by_modes([])
                async with place(transport, prefix=prefix, DATABASE_URL=f"sqlite:///{path}") as here:
                    yield await _broken(here, f"the SQLite file {name}", broken(path, here))
    if not is_installed():
        yield Line("PostgreSQL", "socket", {}, (MISSING,))
        return
    with server() as own:
        for name, at_server in SERVERS.items():
            for transport in _transports(name):
                address = await fresh_database(own.address)
                async with place(transport, DATABASE_URL=address) as here:
                    yield await _broken(here, f"PostgreSQL {name}", at_server(address, own))


def _transports(name: str) -> tuple[Transport, ...]:
    return ("socket", "http") if name in ON_BOTH else ("socket",)


async def _broken(here: Place, what: str, fault: Fault) -> Line:
    """Ask and press while the database is broken, and once more when it is mended."""
    await here.warm()
    ids = [_raised(here, f"Row {number}") for number in range(PRESSES)]
    shown = await here.listed(*ids)
    logged = _logged(here)
    async with AsyncExitStack() as stack:
        if isinstance(fault, AbstractAsyncContextManager):
            await stack.enter_async_context(fault)
        else:
            stack.enter_context(fault)
        await asyncio.gather(*(here.acknowledges(ALICE, shown, one) for one in ids))
        told = await here.comes(lambda: all(_told(here, one) for one in ids), PATIENCE)
        answered = await here.answered(COMMANDS)
        status, _ = await here.bot.readiness()
        noticed = await _is_noticed(here, logged)
    made = sum(here.flashduty.account.incidents[one]["progress"] == "Processing" for one in ids)
    known = sum(_told(here, one) for one in ids)
    whole = await _is_whole(here)
    tracebacks = here.bot.tracebacks
    broken = [
        *([f"{made - known} acknowledgements were made and not told"] if not told or known < made else []),
        *([f"{PRESSES - made} were not made"] if made < PRESSES else []),
        *([f"{COMMANDS - answered} commands were not answered"] if answered < COMMANDS else []),
        *([f"/readyz said {status}, which takes away what still works"] if status != 200 else []),
        *([] if noticed else ["neither the log nor /readyz said a word of it"]),
        *(["it was not whole again without a restart"] if not whole else []),
        *([f"{tracebacks} tracebacks"] if tracebacks else []),
    ]
    counts = {"presses": PRESSES, "made": made, "told": known, "answered": answered, "noticed": int(noticed)}
    counts["whole again"] = int(whole)
    return Line(what, here.transport, counts, tuple(broken))


async def _is_whole(here: Place) -> bool:
    """See whether a press is remembered: Flashduty names the key's owner, only the database knows who pressed."""
    for number in range(10):
        incident = _raised(here, f"Afterwards {number}")
        shown = await here.listed(incident)
        await here.acknowledges(ALICE, shown, incident)
        await here.comes(lambda: _told(here, incident), 20)  # noqa: B023 - awaited here
        await here.settled(40)
        if "Alice Chen" in await _card_of(here, incident):
            return True
        await asyncio.sleep(0.5)
    return False


async def _is_noticed(here: Place, logged: int) -> bool:
    """See whether the log or /readyz says it, while it lasts."""
    for _ in range(int(NOTICE_SECONDS * 4)):
        if _logged(here) > logged or (await here.bot.readiness())[1]["database"] == "away":
            return True
        await asyncio.sleep(0.25)
    return False


def _logged(here: Place) -> int:
    """Count the lines about the database."""
    return sum(here.bot.count_logged(words) for words in NOTICED)


def _raised(here: Place, title: str) -> str:
    record = here.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001)
    return str(record["incident_id"])


async def _card_of(here: Place, incident: str) -> str:
    await here.slack.command(BOB, PAYMENTS, f"/flashduty incident {incident}")
    await here.settled(30)
    return str(here.slack.seen_by(BOB, PAYMENTS)[-1]["text"])


def _told(here: Place, incident: str) -> bool:
    number = incident[-6:].upper()
    return any(
        number in message["text"] and "cknowledged" in message["text"]
        for message in here.slack.seen_by(ALICE, PAYMENTS)
        if len(message["text"]) < 600
    )
