"""Builds every service once and connects them: the only place where services are wired."""

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.app.jobs import Job, PeriodicJobs, Stage
from bot.app.schedule_jobs import ScheduleJobs
from bot.app.teams import build_teams
from bot.config.settings import Settings
from bot.delivery.database_alerts import DatabaseAlerts
from bot.delivery.ledger import Ledger
from bot.delivery.missed import MissedPosts
from bot.delivery.operator_alerts import OperatorAlerts
from bot.delivery.outbox import ThreadOutbox
from bot.delivery.problem_notices import ProblemNotices
from bot.delivery.publisher import Publisher
from bot.delivery.responder_alerts import ResponderAlerts
from bot.digest.gather import DigestDependencies
from bot.digest.job import DigestJob
from bot.flashduty import Pool
from bot.handoff.job import ShiftNoticeJob
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.attribution import Attributions
from bot.incidents.commands import CommandRunner
from bot.oncall.current import CurrentOnCall
from bot.oncall.schedules import ScheduleCache
from bot.people.slack_profiles import SlackProfiles
from bot.report.job import ReportJob
from bot.runtime.dedupe import SeenKeys
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.storage.leases import Leases
from bot.storage.memory import ScheduleSnapshots, ShiftTakeovers
from bot.storage.notes import Notes
from bot.storage.postings import Store
from bot.storage.rate_limits import SharedRateLimiter
from bot.storage.retention import Retention
from bot.teams.access import Teams
from bot.topic.job import TopicSync
from bot.usergroups.job import UserGroupSync
from handlers.dispatch.context import Services
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.time_limits import TimeLimits
from handlers.routes import draw

# How long a second delivery of a request is recognised.
SEEN_REQUEST_SECONDS: Final = 900.0


@dataclass(frozen=True, kw_only=True)
class _Foundation:
    """What services are built on: the settings, open connections, the database, the clock."""

    settings: Settings
    pool: Pool
    workspace: Workspace
    store: Store
    work: BackgroundTasks
    clock: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class AppServices:
    """What the process runs: requests, periodic jobs, and the publisher, which health asks."""

    dispatcher: Dispatcher
    jobs: PeriodicJobs
    publisher: Publisher


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What several features are built on."""

    notes: Notes
    leases: Leases
    ledger: Ledger
    rate_limiter: SharedRateLimiter
    schedule_cache: ScheduleCache
    teams: Teams
    profiles: SlackProfiles
    operator_alerts: OperatorAlerts
    publisher: Publisher
    problem_notices: ProblemNotices
    outbox: ThreadOutbox
    responder_alerts: ResponderAlerts
    acknowledgements: Acknowledgements
    attributions: Attributions
    snapshots: ScheduleSnapshots


def build_services(
    *,
    settings: Settings,
    pool: Pool,
    workspace: Workspace,
    store: Store,
    work: BackgroundTasks,
    clock: Callable[[], datetime],
    time_limits: TimeLimits,
) -> AppServices:
    """Build every service of the process."""
    base = _Foundation(settings=settings, pool=pool, workspace=workspace, store=store, work=work, clock=clock)
    shared = _shared(base)
    digests, reports, user_groups = _digests(base, shared), _reports(base, shared), _user_groups(base, shared)
    return AppServices(
        dispatcher=Dispatcher(
            teams=shared.teams,
            workspace=base.workspace,
            views=Views(base.workspace.calls),
            work=base.work,
            once=SeenKeys(SEEN_REQUEST_SECONDS),
            services=Services(
                acknowledgements=shared.acknowledgements,
                attributions=shared.attributions,
                commands=CommandRunner(base.clock),
                digest_dependencies=DigestDependencies(
                    snapshots=shared.snapshots, profiles=shared.profiles, attributions=shared.attributions
                ),
                takeovers=ShiftTakeovers(shared.notes),
                digests=digests,
                reports=reports,
                user_groups=user_groups,
            ),
            now=base.clock,
            draw=draw,
            patience=time_limits,
        ),
        jobs=PeriodicJobs(
            _jobs(base, shared, digests=digests, reports=reports, user_groups=user_groups), leases=shared.leases
        ),
        publisher=shared.publisher,
    )


def _shared(base: _Foundation) -> _Shared:
    # One name for each process, also where the host and the process id come back after a restart.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    clock, workspace, notes = base.clock, base.workspace, Notes(base.store)
    rate_limiter = SharedRateLimiter(notes=notes, now=clock)
    schedule_cache = ScheduleCache(rate_limiter=rate_limiter, now=clock, tasks=base.work)
    teams = Teams(
        build_teams(base.settings, base.pool),
        group_members=workspace.group_members,
        channel_members=workspace.channel_members,
        on_call=CurrentOnCall(schedule_cache=schedule_cache, now=clock).may_act,
    )
    profiles = SlackProfiles(workspace=workspace, notes=notes, now=clock)
    operator_alerts = OperatorAlerts(
        user_ids=base.settings.admins, workspace=workspace, notes=notes, now=clock, owner=owner
    )
    ledger = Ledger(base.store, owner=owner, monotonic=time.monotonic, random=random.random)
    publisher = Publisher(
        ledger,
        clock,
        report=operator_alerts.report,
        heard=operator_alerts.posted,
        look=workspace.find,
        made_anew_at=lambda: base.store.state.made_anew_at,
    )
    acknowledgements = Acknowledgements(notes, clock)
    return _Shared(
        notes=notes,
        leases=Leases(base.store.database, owner=owner, now=clock, monotonic=time.monotonic),
        ledger=ledger,
        rate_limiter=rate_limiter,
        schedule_cache=schedule_cache,
        teams=teams,
        profiles=profiles,
        operator_alerts=operator_alerts,
        publisher=publisher,
        problem_notices=ProblemNotices(notes=notes, publisher=publisher, workspace=workspace, now=clock, owner=owner),
        outbox=ThreadOutbox(notes=notes, workspace=workspace, now=clock, owner=owner),
        responder_alerts=ResponderAlerts(profiles=profiles, admins=operator_alerts, may_act=teams.may_act, now=clock),
        acknowledgements=acknowledgements,
        attributions=Attributions(acknowledgements),
        snapshots=ScheduleSnapshots(notes),
    )


def _digests(base: _Foundation, shared: _Shared) -> DigestJob:
    return DigestJob(
        teams=shared.teams,
        publisher=shared.publisher,
        workspace=base.workspace,
        outbox=shared.outbox,
        rate_limiter=shared.rate_limiter,
        snapshots=shared.snapshots,
        profiles=shared.profiles,
        attributions=shared.attributions,
        responder_alerts=shared.responder_alerts,
        now=base.clock,
    )


def _reports(base: _Foundation, shared: _Shared) -> ReportJob:
    return ReportJob(
        teams=shared.teams,
        publisher=shared.publisher,
        workspace=base.workspace,
        rate_limiter=shared.rate_limiter,
        tasks=base.work,
        notes=shared.notes,
        now=base.clock,
    )


def _user_groups(base: _Foundation, shared: _Shared) -> UserGroupSync:
    return UserGroupSync(
        publisher=shared.publisher,
        workspace=base.workspace,
        noticeboard=base.workspace,
        profiles=shared.profiles,
        notes=shared.notes,
        rate_limiter=shared.rate_limiter,
        schedule_cache=shared.schedule_cache,
        problem_notices=shared.problem_notices,
        now=base.clock,
    )


def _jobs(
    base: _Foundation, shared: _Shared, *, digests: DigestJob, reports: ReportJob, user_groups: UserGroupSync
) -> tuple[Job, ...]:
    """List what the bot does by itself."""
    database = DatabaseAlerts(store=base.store, user_ids=base.settings.admins, workspace=base.workspace, now=base.clock)
    publisher, outbox = shared.publisher, shared.outbox
    missed = MissedPosts(
        teams=shared.teams, ledger=shared.ledger, notes=shared.notes, admins=shared.operator_alerts, now=base.clock
    )
    return (
        Job(name="database", run=database.look, stage=Stage.BEFORE),
        Job(name="postings", run=publisher.catch_up, stage=Stage.BEFORE),
        Job(name="digests", run=digests.tick),
        Job(name="reports", run=reports.tick, follows="digests"),
        Job(name="outbox", run=lambda: outbox.catch_up(publisher.address)),
        Job(name="operator alerts", run=shared.operator_alerts.catch_up),
        Job(name="missed posts", run=missed.tick),
        Job(name="retention", run=Retention(notes=shared.notes, now=base.clock).tick),
        Job(name="schedules", run=_schedule_jobs(base, shared, user_groups).tick),
        Job(name="database alerts", run=lambda: database.tell(publisher.unclaimed()), stage=Stage.AFTER),
    )


def _schedule_jobs(base: _Foundation, shared: _Shared, user_groups: UserGroupSync) -> ScheduleJobs:
    """List what follows the schedules of each team."""
    shift_notices = ShiftNoticeJob(
        publisher=shared.publisher,
        workspace=base.workspace,
        profiles=shared.profiles,
        attributions=shared.attributions,
        report=shared.operator_alerts.report,
        may_act=shared.teams.may_act,
        now=base.clock,
    )
    topics = TopicSync(
        noticeboard=base.workspace,
        problem_notices=shared.problem_notices,
        rate_limiter=shared.rate_limiter,
        now=base.clock,
    )
    return ScheduleJobs(
        (shift_notices.tick, user_groups.tick, topics.tick, shared.responder_alerts.tick),
        teams=shared.teams,
        schedule_cache=shared.schedule_cache,
        problem_notices=shared.problem_notices,
    )
