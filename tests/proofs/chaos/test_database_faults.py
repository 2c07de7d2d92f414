"""A database that was away for a moment is whole again without a restart."""

import asyncio
import threading
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.config.network_parsers import database_url
from bot.storage import transactions
from bot.storage.database import inspect_database, open_database
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.engine.write_probe import WriteProbe
from bot.storage.oncall.sync_states import SyncState, SyncStateTable
from bot.storage.tables import sync_states
from bot.storage.transactions import MAX_TRANSACTIONS
from tests.proofs.chaos import database_faults as faults
from tests.proofs.chaos.postgres import fresh_database, server, skip_or_fail_without

MANY = 3 * MAX_TRANSACTIONS


@pytest.fixture(scope="module")
def own_server():
    skip_or_fail_without()
    with server() as own:
        yield own


class Notes:
    """Rows that are written and read while the database fails."""

    def __init__(self, database):
        self.database = database
        self.prove = WriteProbe(database).prove
        self._table = SyncStateTable(database)

    async def write(self, team, kind, name, body):
        now = self.database.state.now()
        seen = SyncState(state=body, checked_at=now)
        await self._table.put(team, f"{kind} {name}", seen, kept_until=now + timedelta(days=1))

    async def read(self, team, kind, name):
        return await self._table.read(team, f"{kind} {name}", self.database.state.now())

    async def all_of(self, kind):
        async def names(connection):
            found = await connection.execute(select(sync_states.c.subject))
            return [name.removeprefix(f"{kind} ") for name in found.scalars() if name.startswith(f"{kind} ")]

        return await self.database.carry_out(names)


@asynccontextmanager
async def opened(address):
    """Notes in a database, one of which is there already."""
    async with open_database(database_url(SecretStr(address)).get_secret_value()) as database:
        notes = Notes(database)
        await notes.write("payments", "kept", "before", "1")
        yield notes


@pytest.fixture
def path():
    """Where a file may be, for a database that modes stop."""
    with faults.folder_for_a_database() as folder, faults.stopped_by_modes_here():
        yield folder / "bot.db"


async def written(notes, count=MANY):
    """How many of so many notes, written at once, were written."""
    writing = (notes.write("payments", "tried", str(n), "1") for n in range(count))
    outcomes = await asyncio.gather(*writing, return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, DatabaseUnavailable) for outcome in outcomes)
    return outcomes.count(None)


async def is_whole(notes):
    """Everything is written: many at once, so that every connection of the pool is one of them."""
    for _ in range(3):
        assert await written(notes) == MANY
    await notes.prove()
    assert notes.database.state.since is None


async def remembers(notes):
    return bool(await notes.all_of("kept"))


@contextmanager
def with_rights(fault):
    """Break and mend with the rights of the tests, while modes stop the database."""
    with faults.stopped_by_modes_here(are_stopped=False), fault, faults.stopped_by_modes_here():
        yield


async def test_an_sqlite_file__unwritable_for_a_moment__is_written_again(path):
    async with opened(f"sqlite:///{path}") as notes:
        # Opened one after another by whoever comes while the first is busy: these find the file read-only.
        with with_rights(faults.unwritable(path)):
            assert await written(notes) < MANY
            assert notes.database.state.since is not None
        await is_whole(notes)
        assert await remembers(notes)


@pytest.mark.parametrize("disk", [faults.small_disk, faults.folder_for_a_database])
async def test_an_sqlite_file__on_a_full_disk__is_written_again(disk):
    with disk() as folder, faults.stopped_by_modes_here():
        path = folder / "bot.db"
        async with opened(f"sqlite:///{path}") as notes:
            with with_rights(faults.full(folder)):
                big = "x" * 400_000
                with pytest.raises(DatabaseUnavailable):
                    await notes.write("payments", "tried", "big", big)
                assert notes.database.state.since is not None
            assert await written(notes, 12) == 12
            await notes.prove()
            assert notes.database.state.since is None
            assert await remembers(notes)


async def test_an_sqlite_file__locked_by_another__lets_everybody_go_and_is_written_again(path):
    async with opened(f"sqlite:///{path}") as notes:
        before = threading.active_count()
        with with_rights(faults.locked(path)):
            for _ in range(4):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.1):
                        await notes.write("payments", "kept", "while locked", "1")
            waiting = [asyncio.create_task(notes.write("payments", "tried", str(n), "1")) for n in range(MANY)]
            await asyncio.sleep(0.2)
            for task in waiting:
                task.cancel()
            # All of them end while the file is locked; at most ten go on waiting for it.
            ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(outcome) for outcome in ended} == {asyncio.CancelledError}
            assert threading.active_count() - before <= MAX_TRANSACTIONS
        await is_whole(notes)
        # What nobody waited for any more was done all the same, once it could be.
        assert await notes.read("payments", "kept", "while locked")


async def test_an_sqlite_file__locked_for_longer_than_a_statement_may_take__fails_in_words(path, monkeypatch):
    monkeypatch.setattr("bot.storage.database.STATEMENT_TIMEOUT", 0.2)
    async with opened(f"sqlite:///{path}") as notes:
        with with_rights(faults.locked(path)), pytest.raises(DatabaseUnavailable, match="locked"):
            await notes.write("payments", "tried", "1", "1")
        assert await written(notes, 1) == 1


@pytest.mark.parametrize("fault", [faults.deleted, faults.replaced, faults.without_tables])
async def test_an_sqlite_file__gone_or_another__is_noticed_at_once_and_its_tables_are_made(path, fault):
    async with opened(f"sqlite:///{path}") as notes:
        await written(notes)
        with with_rights(fault(path)):
            assert await written(notes) == MANY
        await is_whole(notes)
        assert not await remembers(notes)
    async with opened(f"sqlite:///{path}") as notes:
        # It was written to the file that is there, not to one without a name.
        assert len(await notes.all_of("tried")) == MANY


async def test_an_sqlite_file__replaced_by_an_older_copy__is_read_as_it_is(path):
    async with opened(f"sqlite:///{path}"):
        pass
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    async with opened(f"sqlite:///{path}") as notes:
        await notes.write("payments", "kept", "later", "x" * 10_000)
        assert path.with_name("bot.db-wal").exists()
        copy.replace(path)
        # Without the changes of the other file, which are in a log of that name.
        assert await notes.all_of("kept") == ["before"]
        await is_whole(notes)


async def test_postgresql__read_only_for_a_moment__is_written_again(own_server):
    address = await fresh_database(own_server.address)
    async with opened(address) as notes:
        async with faults.read_only(address):
            assert await written(notes) == 0
            with pytest.raises(DatabaseUnavailable, match="read-only"):
                await notes.prove()
            assert notes.database.state.since is not None
            # Opened meanwhile, for reading.
            assert await remembers(notes)
        await is_whole(notes)
        assert await remembers(notes)


async def test_postgresql__that_is_well_but_read_only__is_noticed_without_writing(own_server):
    """A database that can be read and not written looks well, and no digest can be claimed in it."""
    address = await fresh_database(own_server.address)
    async with opened(address) as notes, faults.read_only(address):
        assert notes.database.state.since is None
        assert await notes.all_of("kept")
        with pytest.raises(DatabaseUnavailable, match="read-only"):
            await notes.prove()


async def test_postgresql__that_crashed_and_was_started_again__is_written_again(own_server):
    address = await fresh_database(own_server.address)
    async with opened(address) as notes:
        await written(notes)
        with faults.crashed(own_server):
            assert await written(notes) == 0
        await is_whole(notes)
        assert await remembers(notes)


async def test_postgresql__that_stands_still__lets_everybody_go_and_is_written_again(own_server, monkeypatch):
    monkeypatch.setattr("bot.storage.database.STATEMENT_TIMEOUT", 2.0)
    monkeypatch.setattr(transactions, "TRANSACTION_TIMEOUT", 3.0)
    address = await fresh_database(own_server.address)
    async with opened(address) as notes:
        await written(notes)
        with faults.stopped(own_server):
            waiting = [asyncio.create_task(notes.write("payments", "tried", str(n), "1")) for n in range(MANY)]
            await asyncio.sleep(0.1)
            for task in waiting:
                task.cancel()
            ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(outcome) for outcome in ended} == {asyncio.CancelledError}
            assert await written(notes) == 0
        monkeypatch.undo()
        await is_whole(notes)
        assert await remembers(notes)


async def test_postgresql__out_of_connections_for_a_moment__is_written_again(own_server):
    address = await fresh_database(own_server.address)
    async with opened(address) as notes:
        async with faults.out_of_connections(address):
            assert await written(notes) == 0
        await is_whole(notes)


async def test_postgresql__whose_tables_are_gone__has_them_made(own_server):
    address = await fresh_database(own_server.address)
    async with opened(address) as notes:
        async with faults.without_its_tables(address):
            assert await written(notes) == MANY
        await is_whole(notes)
        assert not await remembers(notes)


@pytest.mark.parametrize("is_made", [True, False])
async def test_an_sqlite_file__in_a_place_that_cannot_be_written__is_a_sentence_at_start_and_in_a_look(path, is_made):
    address = database_url(SecretStr(f"sqlite:///{path}")).get_secret_value()
    if is_made:
        async with open_database(address):
            pass
    else:
        path.touch()
    with with_rights(faults.unwritable(path)):
        for ask in (inspect_database(address), open_database(address).__aenter__()):
            with pytest.raises(DatabaseUnavailable) as told:
                await ask
            assert "DATABASE_URL" in str(told.value)
            assert "cannot be written. The file and its folder must belong to the bot's user (uid" in str(told.value)


async def test_a_folder__that_cannot_be_written__is_a_sentence_at_start_and_in_a_look(path):
    address = database_url(SecretStr(f"sqlite:///{path.parent}/new/bot.db")).get_secret_value()
    path.touch()
    with with_rights(faults.unwritable(path)):
        for ask in (inspect_database(address), open_database(address).__aenter__()):
            with pytest.raises(DatabaseUnavailable, match="folder of DATABASE_URL's file cannot be made or used"):
                await ask
