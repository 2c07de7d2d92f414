"""The process: start, run, drain, stop. `bot.app.services` builds its services."""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import aiohttp
import structlog

from bot.app.http import CannotListen, SlackEndpoint, asgi_app, serve
from bot.app.open_files import raise_limit
from bot.app.services import AppServices, build_services
from bot.app.signals import Stop, on_hangup
from bot.app.start_line import log_ready
from bot.app.startup import (
    SLACK,
    CannotStart,
    bolt_app,
    find_installation,
    slack_client,
    wait_for_database,
    waiting_for,
)
from bot.cards.watch import CardWatch
from bot.cards.webhooks.receiver import WebhookReceiver
from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.flashduty import Pool, open_pool
from bot.runtime.event_loop import run_on_uvloop
from bot.runtime.health import HEALTHY, Health
from bot.runtime.scheduler import Scheduler
from bot.runtime.tasks import CANCEL_TIMEOUT, BackgroundTasks, Countdown
from bot.slack.api import CannotConnect, SlackApi
from bot.slack.incoming.payloads import PayloadIntake
from bot.slack.incoming.request_verifier import RequestVerifier
from bot.slack.session import open_session
from bot.slack.workspace import Installation, Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.leases import Leases
from bot.storage.transactions import DatabaseState
from handlers.bolt import register
from handlers.dispatch.time_limits import TimeLimits

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]

# Docker kills the process ten seconds after SIGTERM. Intake and drain share this; the database may take two more.
SHUTDOWN_TIMEOUT: Final = 7.0
RELEASE_TIMEOUT: Final = 0.5
# Python's default; a start raises it, as hardly anything of what it allocates is garbage.
GARBAGE_THRESHOLD: Final = 700
CANNOT_START: Final = 1
NOT_CONNECTED: Final = "not_connected"


@dataclass(frozen=True)
class Bot:
    """A running bot: its address, its tasks and installation, and its periodic jobs.

    `tick` runs every job; `rounds` has a function for each interval that runs its jobs. `reread_keys` begins to read
    the files of keys again.
    """

    url: str
    tick: Callable[[], Awaitable[None]]
    rounds: Mapping[timedelta, Callable[[], Awaitable[None]]]
    work: BackgroundTasks
    installation: Installation
    reread_keys: Callable[[], object]
    cards: CardWatch


def utc_now() -> datetime:
    """Read the system clock."""
    return datetime.now(UTC)


def start(settings: Settings) -> int:
    """Run until a signal ends the process, and give the exit code."""
    raise_limit()
    try:
        run_on_uvloop(run(settings))
    except (CannotStart, CannotConnect, CannotListen) as why:
        print(settings.redaction(str(why)), file=sys.stderr)  # noqa: T201 - the operator's screen
        return CANNOT_START
    except Exception:
        log.exception("process.crashed")
        return CANNOT_START
    return 0


async def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT, which also cancel the start; SIGHUP has the files of keys read again."""
    stop = Stop()
    # The files were read a moment ago.
    on_hangup(lambda: None)
    try:
        async with running(settings) as bot:
            stop.finish_start()
            on_hangup(partial(_hang_up, bot))
            log_ready(settings, bot.installation, bot.url, now=utc_now())
            # Objects of the start are permanent: collections that skip them save pauses of 45 ms.
            gc.freeze()
            gc.set_threshold(GARBAGE_THRESHOLD)
            await stop.wait()
            log.info("process.stopping")
    except asyncio.CancelledError:
        if not stop.cancelled_start:
            raise
        log.info("process.start_cancelled")
    else:
        log.info("process.stopped")


def _hang_up(bot: Bot) -> None:
    log.info("process.hangup_received")
    bot.reread_keys()


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    time_limits: TimeLimits | None = None,
    work: BackgroundTasks | None = None,
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, then finish the requests in progress.

    `monotonic` judges leases and the scheduler; `work` bounds how many requests are in progress at once.
    Raises CannotStart, CannotConnect or CannotListen with a sentence for the operator.
    """
    async with AsyncExitStack() as stack:
        session, pool = await _open_connections(stack, settings)
        client = slack_client(settings, session)
        installation = await find_installation(client)
        database_state = DatabaseState(clock)
        database = await wait_for_database(stack, settings, database_state)
        keys = KeyFiles(settings)
        work, shutdown = work or BackgroundTasks(), Countdown(SHUTDOWN_TIMEOUT)
        calls = SlackApi(client, session, redact=settings.key_redaction)
        workspace = Workspace(calls, installation, response_urls=settings.slack_response_urls)
        services = build_services(
            settings=settings,
            keys=keys,
            pool=pool,
            workspace=workspace,
            database=database,
            work=work,
            clock=clock,
            monotonic=monotonic,
            time_limits=time_limits or TimeLimits(),
        )
        stack.push_async_callback(_release, services.shared.leases)
        stack.push_async_callback(services.cards.hints.close)
        stack.push_async_callback(_drain, work, shutdown)
        scheduler = Scheduler(services.jobs.rounds, work, monotonic=monotonic)
        health = _health(scheduler, services, database_state)
        app = bolt_app(client, installation)
        register(app, services.dispatcher)
        intake = PayloadIntake(app, work)
        webhooks = _webhooks(settings, keys, services, work=work)
        web = asgi_app(slack=_endpoint(settings, intake, clock), health=health, webhooks=webhooks)
        server = await serve(web, settings.listens_on, settings.port)
        stack.push_async_callback(server.stop)
        await _open_socket_mode(stack, settings, session, intake=intake, health=health)
        _begin(stack, scheduler, services.cards.watch, health=health, shutdown=shutdown)
        yield _bot(server.url, services, keys, work=work, installation=installation)


def _begin(
    stack: AsyncExitStack, scheduler: Scheduler, cards: CardWatch, *, health: Health, shutdown: Countdown
) -> None:
    """Run the periodic jobs and the cards until the stack ends, which begins with telling that no work is taken."""
    scheduler.start()
    stack.push_async_callback(scheduler.stop)
    cards.start()
    stack.push_async_callback(cards.stop)
    stack.callback(health.drain)
    stack.callback(shutdown.begin)
    health.mark_started()


def _bot(url: str, services: AppServices, keys: KeyFiles, *, work: BackgroundTasks, installation: Installation) -> Bot:
    return Bot(
        url=url,
        tick=services.jobs.tick,
        rounds=services.jobs.rounds,
        work=work,
        installation=installation,
        reread_keys=keys.begin_reread,
        cards=services.cards.watch,
    )


async def _open_connections(stack: AsyncExitStack, settings: Settings) -> tuple[aiohttp.ClientSession, Pool]:
    """Open the connections to Slack and to Flashduty until the stack ends."""
    session = await stack.enter_async_context(open_session(settings.outbound))
    pool = open_pool(settings.flashduty_api_url, settings.outbound, redaction=settings.redaction)
    return session, await stack.enter_async_context(pool)


def _endpoint(settings: Settings, intake: PayloadIntake, clock: Clock) -> SlackEndpoint | None:
    """Make the endpoint of the Request URL; None in Socket Mode."""
    secret = settings.slack_signing_secret
    if secret is None or settings.uses_socket_mode:
        return None
    return SlackEndpoint(RequestVerifier(secret.get_secret_value(), now=clock), intake)


def _webhooks(
    settings: Settings, keys: KeyFiles, services: AppServices, *, work: BackgroundTasks
) -> WebhookReceiver | None:
    """Make the receiver of Flashduty's webhooks; None where no team with cards has a secret for them."""
    teams = settings.flashduty_teams.items()
    team_secrets = {name: keys.webhook_secrets(name) for name, team in teams if team.card_plan and team.webhook_secret}

    def report(team: str) -> None:
        work.start(services.shared.operator_alerts.webhook_unreadable(team), name="webhook alert")

    return WebhookReceiver(team_secrets, services.cards.hints, report_unreadable=report) if team_secrets else None


async def _open_socket_mode(
    stack: AsyncExitStack,
    settings: Settings,
    session: aiohttp.ClientSession,
    *,
    intake: PayloadIntake,
    health: Health,
) -> None:
    """Connect in Socket Mode until the stack ends, if there is an app-level token."""
    if settings.slack_app_token is None:
        return
    from bot.slack.incoming.socket_mode import connect  # noqa: PLC0415 - 1 MB that HTTP mode does not use

    async with waiting_for(SLACK):
        connection = await connect(
            intake,
            settings.slack_app_token,
            settings.slack_api_url,
            session=session,
            outbound=settings.outbound,
            redact=settings.redaction,
            is_alone=settings.database_kind == "SQLite",
        )
    stack.push_async_callback(connection.stop)
    health.add_probe("socket_mode", lambda: None if connection.is_connected else NOT_CONNECTED)


def _health(scheduler: Scheduler, services: AppServices, database: DatabaseState) -> Health:
    health = Health()
    health.add_fact("scheduler", scheduler.state)
    health.add_fact("seconds_since_scheduler", scheduler.age)
    health.add_fact("database", lambda: HEALTHY if database.since is None else "away")
    health.add_fact("database_away_since", lambda: None if database.since is None else database.since.isoformat())
    health.add_fact("seconds_since_lease", services.shared.replicas.age)
    health.add_fact("seconds_since_cards", services.cards.watch.age)
    health.add_fact("not_posted", services.shared.publisher.not_posted)
    health.add_fact("hints_not_written", lambda: services.cards.hints.unwritten)
    health.add_fact("audit_not_written", lambda: services.shared.audit.trail.lost)
    health.add_fact("lines_not_confirmed", lambda: services.dispatcher.unconfirmed_lines.count)
    return health


async def _release(leases: Leases) -> None:
    """Release the leases, so that other replicas need not wait until they expire."""
    try:
        async with asyncio.timeout(RELEASE_TIMEOUT):
            await leases.release_all()
    except (DatabaseUnavailable, TimeoutError) as error:
        log.warning("leases.not_released", why=str(error) or "no answer in time")


async def _drain(work: BackgroundTasks, shutdown: Countdown) -> None:
    left = await work.drain(max(0.0, shutdown.left() - CANCEL_TIMEOUT))
    if left:
        log.warning("process.work_cancelled", left=left)
