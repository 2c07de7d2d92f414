"""The command line, and the wiring: settings, clients, teams, app, timer, web. Builds everything, decides nothing."""

import asyncio
import gc
import os
import random
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import digest_calendar, logs
from bot.acquaintances import AcquaintedBySlack
from bot.admins import Admins
from bot.clicks import Clicks
from bot.command_line import WRONG_SETTINGS, parser, print_check, print_manifest, with_uvloop
from bot.database import open_store
from bot.digest import Surroundings
from bot.flashduty import open_pool
from bot.group_followers import GroupFollowers
from bot.guard import Guard
from bot.health import Health
from bot.ledger import Ledger
from bot.memory import KeptSchedules, KeptTakeOvers
from bot.morning import MorningDigests
from bot.notes import Notes
from bot.noticeboard import Noticeboard
from bot.once import Once
from bot.poster import Poster
from bot.roster import teams_of
from bot.rotas import Rotas
from bot.rounds import Rounds
from bot.scheduling import Timer
from bot.settings import Settings, WrongSettings
from bot.shift_notices import ShiftNotices
from bot.slack_calls import SlackCalls, code_of
from bot.socket_mode import OF_THE_TOKEN, CannotConnect, connect
from bot.store import Store, StoreUnavailable
from bot.teams import Teams
from bot.threads import Threads
from bot.topic_keeper import TopicKeeper
from bot.turns import Turns
from bot.upkeep import Upkeep
from bot.web import CannotListen, GuardedSlack, serve, surface
from bot.weekly import WeeklyReports
from bot.work import Work
from bot.workspace import Installation, Workspace
from handlers.desk import Desk
from handlers.request import AtHand

log = structlog.get_logger(__name__)

T = TypeVar("T")
Clock = Callable[[], datetime]

START_SECONDS: Final = 10.0
SLACK_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
DRAIN_SECONDS: Final = 10.0
REMEMBERED_SECONDS: Final = 900.0
CANNOT_START: Final = 1


class CannotStart(Exception):  # noqa: N818 - the sentence an operator reads
    """The bot cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Bot:
    """A running bot: where it listens, `tick`, which does at once whatever is due, and what it has under way."""

    url: str
    tick: Callable[[], Awaitable[None]]
    work: Work


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock = utc_now) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, then finish what people have asked for.

    Raises CannotStart, CannotConnect or CannotListen with a sentence for the operator.
    """
    async with AsyncExitStack() as stack:
        # slack_sdk does not apply its own time limit to a session it is given.
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=SLACK_TIMEOUT))
        pool = await stack.enter_async_context(open_pool(settings.flashduty_api_url))
        client = _slack_client(settings, session)
        workspace = Workspace(
            SlackCalls(client, session), await _installation(client), response_urls=settings.slack_response_urls
        )
        store = await _store(stack, settings)
        work = Work()
        stack.push_async_callback(_drain, work)
        teams = Teams(teams_of(settings, pool), workspace.group_members)
        rounds, at_hand = _what_lasts(settings, teams, store, workspace, clock)
        desk = Desk(
            teams=teams,
            workspace=workspace,
            work=work,
            once=Once(REMEMBERED_SECONDS),
            at_hand=at_hand,
            now=clock,
            draw=handlers.draw,
        )
        timer = Timer(rounds.tick, work)
        health = Health()
        health.add("scheduler", timer.complaint)
        health.tell("seconds since the scheduler woke up", timer.age)
        health.add("database", rounds.poster.complaint)
        health.tell("not posted", rounds.poster.standing)
        app = _app(client, workspace.installation)
        handlers.register(app, desk)
        if settings.slack_app_token is not None:
            health.add("socket mode", lambda: "not connected to Slack yet")
        server = await serve(surface(slack=_guarded(settings, app, clock), health=health), settings.host, settings.port)
        stack.push_async_callback(server.stop)
        if settings.slack_app_token is not None:
            line = await connect(app, settings.slack_app_token, settings.slack_api_url, session)
            health.add("socket mode", lambda: None if line.is_connected else "not connected to Slack")
            stack.push_async_callback(line.stop)
        timer.start()
        stack.push_async_callback(timer.stop)
        stack.callback(health.drain)
        yield Bot(f"http://{settings.host}:{server.port}", rounds.tick, work)


def _why_not(code: str) -> str:
    if code in OF_THE_TOKEN:
        return (
            f"Slack does not accept SLACK_BOT_TOKEN ({code}). Install the app again and copy the Bot User OAuth Token"
            " from its page “OAuth & Permissions”."
        )
    return f"Slack did not answer as it should ({code}). Try again in a minute; if it stays, look at SLACK_API_URL."


async def _store(stack: AsyncExitStack, settings: Settings) -> Store:
    try:
        return await stack.enter_async_context(open_store(settings.database_url.get_secret_value()))
    except StoreUnavailable as why:
        raise CannotStart(
            f"The database of DATABASE_URL cannot be used ({why}). Look at its address and rights."
        ) from None


def _what_lasts(
    settings: Settings, teams: Teams, store: Store, workspace: Workspace, clock: Clock
) -> tuple[Rounds, AtHand]:
    """Build what outlives a request: what is looked after every minute, and what handlers share with it."""
    # One name for each process, also where the host and the process id come back after a restart.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    notes, board = Notes(store), Noticeboard(workspace.calls)
    admins = Admins(settings.admins, workspace, notes, clock)
    ledger = Ledger(store, owner=owner, monotonic=time.monotonic, random=random.random)
    poster = Poster(ledger, clock, report=admins.report)
    turns, kept, known = Turns(notes, clock), KeptSchedules(notes), AcquaintedBySlack(workspace, notes, clock)
    rotas, upkeep = Rotas(turns, clock), Upkeep(notes, poster, workspace, clock, owner)
    threads = Threads(notes, workspace, clock, owner)
    mornings = MorningDigests(teams, poster, workspace, threads, turns, clock, kept, known)
    followers = GroupFollowers(poster, workspace, board, known, notes, turns, rotas, upkeep, clock)
    rounds = Rounds(
        teams=teams,
        poster=poster,
        threads=threads,
        mornings=mornings,
        reports=WeeklyReports(teams, poster, workspace, turns, clock),
        rotas=rotas,
        shifts=ShiftNotices(poster, workspace, known, admins.report, clock),
        followers=followers,
        topics=TopicKeeper(board, upkeep, turns, clock),
        notes=notes,
        now=clock,
    )
    return rounds, AtHand(Clicks(notes, clock), Surroundings(kept, known), KeptTakeOvers(notes), mornings, followers)


async def _drain(work: Work) -> None:
    left = await work.drain(DRAIN_SECONDS)
    if left:
        log.warning("stopped with work left", left=left)


def _slack_client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    # slack_sdk sends a request again when the line drops, and a message would then come twice.
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        session=session,
        retry_handlers=[],
    )


async def _installation(client: AsyncWebClient) -> Installation:
    try:
        async with asyncio.timeout(START_SECONDS):
            told = await client.auth_test()
    except SlackApiError as error:
        raise CannotStart(_why_not(code_of(error))) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise CannotStart(
            f"Slack cannot be reached at SLACK_API_URL ({type(error).__name__}). Look at the network."
        ) from None
    return Installation(
        workspace=str(told.get("team_id")),
        enterprise=told.get("enterprise_id"),
        bot_user=str(told.get("user_id")),
        bot_id=str(told.get("bot_id")),
    )


def _app(client: AsyncWebClient, installation: Installation) -> AsyncApp:
    known = AuthorizeResult(
        enterprise_id=installation.enterprise,
        team_id=installation.workspace,
        bot_user_id=installation.bot_user,
        bot_id=installation.bot_id,
        bot_token=client.token,
    )

    async def authorize() -> AuthorizeResult:
        return known

    return AsyncApp(
        # Without a token: Bolt takes it from `authorize`, and warns of a second one.
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        signing_secret="",
        authorize=authorize,
        # The guard in front has verified the raw bytes; a listener hands its work on, so its end is the answer.
        request_verification_enabled=False,
        process_before_response=True,
    )


def _guarded(settings: Settings, app: AsyncApp, clock: Clock) -> GuardedSlack | None:
    secret = settings.slack_signing_secret
    if secret is None or settings.uses_socket_mode:
        return None
    return GuardedSlack(Guard(secret.get_secret_value(), now=clock), app)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with running(settings) as bot:
        log.info("ready", url=bot.url, teams=list(settings.flashduty_teams))
        # What start-up has made stays for good: not looking through it again saves pauses of 45 ms on the event loop.
        gc.freeze()
        await stop.wait()
        log.info("stopping")
    log.info("stopped")


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run one command and give its exit code: 2 for wrong settings, 1 for anything else that is wrong."""
    asked = parser().parse_args(arguments)
    if asked.command == "manifest":
        return print_manifest(asked.mode, asked.url, asked.features)
    if asked.command == "digest":
        return digest_calendar.show(asked)
    try:
        settings = Settings.load(environ, Path(".env"))
    except WrongSettings as wrong:
        print(wrong.report(), file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_SETTINGS
    # The table of `check` says what is wrong; the log would say it a second time in between.
    level = "critical" if asked.command == "check" else settings.log_level
    logs.configure(level, settings.log_format, secrets=settings.secrets)
    return print_check(settings) if asked.command == "check" else _run(settings)


def _run(settings: Settings) -> int:
    try:
        with_uvloop(run(settings))
    except (CannotStart, CannotConnect, CannotListen) as why:
        print(why, file=sys.stderr)  # noqa: T201 - the operator's screen
        return CANNOT_START
    except Exception:
        log.exception("the bot stopped because of a defect")
        return CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
