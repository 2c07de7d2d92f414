"""The process starts, waits, is stopped and ends, as an operator and a container engine see it."""

import asyncio
import signal
import socket
import sqlite3
from contextlib import asynccontextmanager, contextmanager

import pytest
from structlog.testing import capture_logs

from bot.app.startup import CannotStart, waiting_for
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack
from tests.proofs.chaos.place import ALICE, PAYMENTS, environment, place, start, until_ready

# What comes at once, on a busy machine.
PROMPTLY = 5.0
# Docker kills after ten seconds.
BEFORE_DOCKER = 9.0
SAYS_SECONDS = 20.0


@asynccontextmanager
async def starting(folder, transport="socket", prepare=lambda _slack: None, **settings):
    """The bot as a process that has just been started."""
    async with PretendSlack() as slack, PretendFlashduty() as flashduty:
        prepare(slack)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        given = environment(slack, flashduty, transport, port) | {"DATABASE_URL": f"sqlite:///{folder}/bot.db"}
        bot = await start(given | settings, folder / "bot.log")
        try:
            yield bot
        finally:
            if bot.is_running:
                bot.process.kill()
                await bot.process.wait()


async def says(bot, words):
    async with asyncio.timeout(SAYS_SECONDS):
        while not bot.count_logged(words):  # noqa: ASYNC110 - the line comes from another process
            await asyncio.sleep(0.05)


@contextmanager
def locked_file(folder):
    other = sqlite3.connect(folder / "locked.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    yield f"sqlite:///{folder}/locked.db"
    other.close()


@contextmanager
def silent_server(_folder):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield f"postgresql://bot:made-up-password@127.0.0.1:{silent.getsockname()[1]}/bot"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("database", [locked_file, silent_server])
async def test_a_signal__while_the_start_waits_for_the_database__ends_it_promptly(tmp_path, database, signum):
    with database(tmp_path) as address:
        async with starting(tmp_path, DATABASE_URL=address) as bot:
            await says(bot, "the database of DATABASE_URL")
            bot.process.send_signal(signum)
            assert await bot.ended(PROMPTLY) == 0
        assert bot.count_logged("process.start_cancelled") == 1
        assert bot.count_logged("process.waiting") == 1
        assert bot.tracebacks == 0


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_signal__while_the_start_waits_for_slack__ends_it_promptly(tmp_path, method):
    async with starting(tmp_path, prepare=lambda slack: slack.fail(method, Fault.hang(), times=None)) as bot:
        await says(bot, "process.waiting")
        bot.terminate()
        assert await bot.ended(PROMPTLY) == 0
    assert bot.tracebacks == 0


async def test_a_slack__that_never_answers__ends_the_start_with_a_sentence(tmp_path):
    async with starting(tmp_path, prepare=lambda slack: slack.fail("auth.test", Fault.hang(), times=None)) as bot:
        assert await bot.ended(40) == 1
    assert bot.count_logged("Slack cannot be reached at SLACK_API_URL") == 1
    assert bot.tracebacks == 0


async def test_a_database__that_stays_locked__ends_the_start_with_its_own_sentence(tmp_path):
    """It once took 75 s, and on a slow machine the sentence about the whole start came before this one."""
    with locked_file(tmp_path) as address:
        async with starting(tmp_path, DATABASE_URL=address) as bot:
            assert await bot.ended(60) == 1
    assert bot.count_logged("stays locked by another program") == 1
    assert bot.tracebacks == 0


async def test_waiting__without_end__is_given_up_with_a_sentence():
    with capture_logs() as lines, pytest.raises(CannotStart, match=r"0 s for Slack at SLACK_API_URL and gave up"):
        async with waiting_for("Slack at SLACK_API_URL", log_after=0, give_up_after=0.1):
            await asyncio.Event().wait()
    assert [(line["event"], line["waits_for"]) for line in lines] == [("process.waiting", "Slack at SLACK_API_URL")]


async def test_waiting__that_is_over_at_once__is_not_worth_a_line():
    with capture_logs() as lines:
        async with waiting_for("Slack at SLACK_API_URL", log_after=0.01):
            pass
        await asyncio.sleep(0.02)
    assert lines == []


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_sigterm__while_no_call_to_slack_comes_back__ends_before_docker_kills(transport):
    """Docker kills after 10 s; the exit once took 10.2 s."""
    async with place(transport) as here:
        here.slack.fail("*", Fault.hang(), times=None)
        acked = await asyncio.gather(*(here.slack.command(ALICE, PAYMENTS, "/flashduty help") for _ in range(20)))
        assert all(delivery.acked for delivery in acked)
        here.bot.terminate()
        assert await here.bot.ended(BEFORE_DOCKER) == 0
        assert here.bot.tracebacks == 0


async def test_readyz__from_start_to_end__is_true(tmp_path):
    """It is 503 before the first start is done."""
    async with starting(tmp_path, "http") as bot:
        await until_ready(bot)
        assert (await bot.readiness())[1]["state"] == "running"
        bot.terminate()
        assert await bot.ended(PROMPTLY) == 0
