"""The command line, and the wiring: settings, clients, teams, app, timer, web. Builds everything, decides nothing."""

import asyncio
import gc
import os
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
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.http import CannotListen, SlackEndpoint, serve, surface
from bot.app.jobs import PeriodicJobs
from bot.app.open_files import raise_limit
from bot.app.services import AppServices, build_services
from bot.app.signals import Stop
from bot.app.start_line import tell_ready
from bot.app.startup import SLACK, CannotStart, find_installation, open_database, slack_client, waiting_for
from bot.app.teams import build_teams
from bot.cli import digest_times
from bot.cli.arguments import WRONG_SETTINGS, parser, print_check, print_manifest, with_uvloop
from bot.config.settings import Settings, WrongSettings
from bot.flashduty import Pool, open_pool
from bot.oncall.current import CurrentOnCall
from bot.oncall.schedules import ScheduleCache
from bot.runtime import logs
from bot.runtime.dedupe import SeenKeys
from bot.runtime.health import WELL, Health
from bot.runtime.scheduler import Scheduler
from bot.runtime.tasks import LAST_SECONDS, BackgroundTasks, Countdown
from bot.slack.api import SlackApi
from bot.slack.payloads import PayloadIntake
from bot.slack.request_verifier import RequestVerifier
from bot.slack.session import open_session
from bot.slack.socket_mode import CannotConnect, SocketMode, connect
from bot.slack.workspace import Installation, Workspace
from bot.storage.notes import Notes
from bot.storage.rate_limits import SharedRateLimiter
from bot.storage.transactions import DatabaseState
from bot.teams.access import Teams
from handlers.bolt import register
from handlers.dispatch.context import Services
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.time_limits import TimeLimits
from handlers.routes import draw

log = structlog.get_logger(__name__)

T = TypeVar("T")
Clock = Callable[[], datetime]

# Docker kills ten seconds after SIGTERM. This is for intake and drain together; the database may take two more.
LEAVING_SECONDS: Final = 7.0
REMEMBERED_SECONDS: Final = 900.0
CANNOT_START: Final = 1
NOT_CONNECTED: Final = "not_connected"


@dataclass(frozen=True)
class Bot:
    """A running bot: where it listens, `tick`, which does whatever is due, what it has under way, and for whom."""

    url: str
    tick: Callable[[], Awaitable[None]]
    work: BackgroundTasks
    installation: Installation


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    patience: TimeLimits | None = None,
    work: BackgroundTasks | None = None,
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, then finish what people have asked for.

    `monotonic` tells whether the scheduler still wakes up; `work` knows how much is taken on at once.
    Raises CannotStart, CannotConnect or CannotListen with a sentence for the operator.
    """
    async with AsyncExitStack() as stack:
        session, pool = await _ways_out(stack, settings)
        client = slack_client(settings, session)
        workspace = Workspace(
            SlackApi(client, session, hide=settings.key_redaction),
            await find_installation(client),
            response_urls=settings.slack_response_urls,
        )
        database = DatabaseState(clock)
        store = await open_database(stack, settings, database)
        work, leaving = work or BackgroundTasks(), Countdown(LEAVING_SECONDS)
        stack.push_async_callback(_drain, work, leaving)
        schedule_cache = ScheduleCache(SharedRateLimiter(Notes(store), clock), clock, work)
        teams = _teams(settings, pool, workspace, CurrentOnCall(schedule_cache, clock))
        lasts = build_services(settings, teams, store, workspace, schedule_cache, work=work, clock=clock)
        rounds = lasts.rounds
        timer = Scheduler(rounds.tick, work, monotonic=monotonic)
        health = _health(timer, rounds, database)
        app = _app(client, workspace.installation)
        desk = _desk(teams, workspace, work, lasts, clock=clock, patience=patience or TimeLimits())
        health.tell("lines_not_confirmed", lambda: desk.doubts.count)
        register(app, desk)
        arrivals = PayloadIntake(app, work)
        web = surface(slack=_guarded(settings, arrivals, clock), health=health)
        server = await serve(web, settings.listens_on, settings.port)
        stack.push_async_callback(server.stop)
        if settings.slack_app_token is not None:
            async with waiting_for(SLACK):
                line = await _connected(arrivals, settings.slack_app_token, settings, session)
            stack.push_async_callback(line.stop)
            health.add("socket_mode", lambda: None if line.is_connected else NOT_CONNECTED)
        timer.start()
        stack.push_async_callback(timer.stop)
        stack.callback(health.drain)
        stack.callback(leaving.begin)
        health.started()
        yield Bot(server.url, rounds.tick, work, workspace.installation)


async def _ways_out(stack: AsyncExitStack, settings: Settings) -> tuple[aiohttp.ClientSession, Pool]:
    """Open the connections to Slack and to Flashduty until the stack ends."""
    session = await stack.enter_async_context(open_session(settings.outbound))
    pool = open_pool(settings.flashduty_api_url, settings.outbound, hide=settings.redaction)
    return session, await stack.enter_async_context(pool)


def _desk(
    teams: Teams, workspace: Workspace, work: BackgroundTasks, lasts: AppServices, *, clock: Clock, patience: TimeLimits
) -> Dispatcher:
    return Dispatcher(
        teams=teams,
        workspace=workspace,
        work=work,
        once=SeenKeys(REMEMBERED_SECONDS),
        services=_at_hand(lasts),
        now=clock,
        draw=draw,
        patience=patience,
    )


def _teams(settings: Settings, pool: Pool, workspace: Workspace, on_call: CurrentOnCall) -> Teams:
    return Teams(build_teams(settings, pool), workspace.group_members, workspace.channel_members, on_call.may_act)


async def _connected(
    arrivals: PayloadIntake, app_token: SecretStr, settings: Settings, session: aiohttp.ClientSession
) -> SocketMode:
    is_alone = settings.database_kind == "SQLite"
    return await connect(
        arrivals,
        app_token,
        settings.slack_api_url,
        session,
        outbound=settings.outbound,
        hide=settings.redaction,
        is_alone=is_alone,
    )


def _at_hand(lasts: AppServices) -> Services:
    return Services(
        acknowledgements=lasts.acknowledgements,
        attributions=lasts.attributions,
        commands=lasts.commands,
        digest_dependencies=lasts.digest_dependencies,
        takeovers=lasts.takeovers,
        digests=lasts.digests,
        reports=lasts.reports,
        followers=lasts.followers,
    )


def _health(timer: Scheduler, rounds: PeriodicJobs, database: DatabaseState) -> Health:
    health = Health()
    health.tell("scheduler", timer.state)
    health.tell("seconds_since_scheduler", timer.age)
    health.tell("database", lambda: WELL if database.since is None else "away")
    health.tell("database_away_since", lambda: None if database.since is None else database.since.isoformat())
    health.tell("not_posted", rounds.publisher.not_posted)
    return health


async def _drain(work: BackgroundTasks, leaving: Countdown) -> None:
    left = await work.drain(max(0.0, leaving.left() - LAST_SECONDS))
    if left:
        log.warning("stopped with work left", left=left)


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


def _guarded(settings: Settings, arrivals: PayloadIntake, clock: Clock) -> SlackEndpoint | None:
    secret = settings.slack_signing_secret
    if secret is None or settings.uses_socket_mode:
        return None
    return SlackEndpoint(RequestVerifier(secret.get_secret_value(), now=clock), arrivals)


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, which end the start as well."""
    stop = Stop()
    try:
        async with running(settings) as bot:
            stop.start_is_done()
            tell_ready(settings, bot.installation, bot.url, utc_now())
            # What start-up has made stays for good: not looking through it again saves pauses of 45 ms on the loop.
            gc.freeze()
            await stop.wait()
            log.info("stopping")
    except asyncio.CancelledError:
        if not stop.has_cut_the_start:
            raise
        log.info("stopped before the start was done")
    else:
        log.info("stopped")


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run one command and give its exit code: 2 for wrong settings, 1 for anything else that is wrong."""
    asked = parser().parse_args(arguments)
    if asked.command == "manifest":
        return print_manifest(asked.mode, asked.url, asked.features)
    if asked.command == "digest":
        return digest_times.show(asked)
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
    raise_limit()
    try:
        with_uvloop(run(settings))
    except (CannotStart, CannotConnect, CannotListen) as why:
        print(settings.redaction(str(why)), file=sys.stderr)  # noqa: T201 - the operator's screen
        return CANNOT_START
    except Exception:
        log.exception("the bot stopped because of a defect")
        return CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
