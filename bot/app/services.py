"""Builds every service once and connects them: the only place where services are wired."""

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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
from bot.digest.gather import DigestDependencies
from bot.digest.job import DigestJob
from bot.digest.previous_schedules import PreviousSchedules
from bot.flashduty import Pool
from bot.handoff.job import ShiftNoticeJob
from bot.handoff.takeovers import Takeovers
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.attribution import Attributions
from bot.incidents.commands import CommandRunner
from bot.incidents.open_list import OpenIncidentList
from bot.oncall.current import CurrentOnCall
from bot.oncall.responder_alerts import ResponderAlerts
from bot.oncall.schedules import ScheduleCache
from bot.people.slack_profiles import SlackProfiles
from bot.report.job import ReportJob
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.alerts.operator_alerts import OperatorAlertTable
from bot.storage.alerts.watched_plans import WatchedPlanTable
from bot.storage.engine.write_probe import WriteProbe
from bot.storage.leases import Leases
from bot.storage.oncall.problems import ProblemTable
from bot.storage.oncall.schedule_snapshots import ScheduleSnapshotTable
from bot.storage.oncall.shift_takeovers import ShiftTakeoverTable
from bot.storage.oncall.sync_states import SyncStateTable
from bot.storage.oncall.usergroup_decisions import UserGroupDecisionTable
from bot.storage.outbox import OutboxTable
from bot.storage.people.form_drafts import FormDrafts
from bot.storage.people.slack_profiles import SlackProfileTable
from bot.storage.postings import PostingTable
from bot.storage.rate_limits import RateLimitTable, SharedRateLimiter
from bot.storage.retention import Retention
from bot.storage.seen_requests import SeenRequests
from bot.storage.transactions import Database
from bot.teams.access import Teams
from bot.topic.job import TopicSync
from bot.usergroups.job import UserGroupSync
from handlers.dispatch.context import Services
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.routes import draw


@dataclass(frozen=True, kw_only=True)
class _Foundation:
    """What services are built on: the settings, open connections, the database, the clock."""

    settings: Settings
    pool: Pool
    workspace: Workspace
    database: Database
    work: BackgroundTasks
    clock: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class AppServices:
    """What the process runs: requests, periodic jobs, the publisher, which health asks, and the leases it holds."""

    dispatcher: Dispatcher
    jobs: PeriodicJobs
    publisher: Publisher
    leases: Leases


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What several features are built on."""

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
    snapshots: PreviousSchedules


def build_services(
    *,
    settings: Settings,
    pool: Pool,
    workspace: Workspace,
    database: Database,
    work: BackgroundTasks,
    clock: Callable[[], datetime],
    time_limits: TimeLimits,
) -> AppServices:
    """Build every service of the process."""
    base = _Foundation(settings=settings, pool=pool, workspace=workspace, database=database, work=work, clock=clock)
    shared = _shared(base)
    digests, reports, user_groups = _digests(base, shared), _reports(base, shared), _user_groups(base, shared)
    return AppServices(
        dispatcher=Dispatcher(
            teams=shared.teams,
            workspace=base.workspace,
            views=Views(base.workspace.calls),
            work=base.work,
            deduplicator=Deduplicator(SeenRequests(base.database), now=base.clock),
            services=Services(
                acknowledgements=shared.acknowledgements,
                attributions=shared.attributions,
                commands=CommandRunner(base.clock),
                workspace=base.workspace,
                drafts=FormDrafts(base.database),
                open_incidents=OpenIncidentList(base.clock),
                digest_dependencies=DigestDependencies(
                    snapshots=shared.snapshots, profiles=shared.profiles, attributions=shared.attributions
                ),
                takeovers=Takeovers(ShiftTakeoverTable(base.database)),
                digests=digests,
                reports=reports,
                user_groups=user_groups,
            ),
            now=base.clock,
            draw=draw,
            command=base.settings.command,
            patience=time_limits,
        ),
        jobs=PeriodicJobs(
            _jobs(base, shared, digests=digests, reports=reports, user_groups=user_groups), leases=shared.leases
        ),
        publisher=shared.publisher,
        leases=shared.leases,
    )


def _shared(base: _Foundation) -> _Shared:
    # One name for each process, also where the host and the process id come back after a restart.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    clock, workspace, database = base.clock, base.workspace, base.database
    leases = Leases(database, owner=owner, now=clock, monotonic=time.monotonic)
    rate_limiter = SharedRateLimiter(RateLimitTable(database), clock)
    schedule_cache = ScheduleCache(rate_limiter=rate_limiter, now=clock, tasks=base.work)
    teams = Teams(
        build_teams(base.settings, base.pool),
        group_members=workspace.group_members,
        channel_members=workspace.channel_members,
        on_call=CurrentOnCall(schedule_cache=schedule_cache, now=clock).may_act,
    )
    profiles = SlackProfiles(workspace=workspace, table=SlackProfileTable(database), now=clock)
    ledger = Ledger(PostingTable(database), owner=owner, monotonic=time.monotonic, random=random.random)
    operator_alerts = _operator_alerts(base, leases)
    publisher = _publisher(base, ledger, operator_alerts)
    acknowledgements = AcknowledgementTable(database)
    return _Shared(
        leases=leases,
        ledger=ledger,
        rate_limiter=rate_limiter,
        schedule_cache=schedule_cache,
        teams=teams,
        profiles=profiles,
        operator_alerts=operator_alerts,
        publisher=publisher,
        problem_notices=ProblemNotices(
            publisher,
            workspace,
            states=SyncStateTable(database),
            problems=ProblemTable(database),
            leases=leases,
            now=clock,
        ),
        outbox=ThreadOutbox(OutboxTable(database), workspace, leases=leases, now=clock),
        responder_alerts=ResponderAlerts(profiles, operator_alerts, may_act=teams.may_act, now=clock),
        acknowledgements=Acknowledgements(acknowledgements, clock),
        attributions=Attributions(acknowledgements, clock),
        snapshots=PreviousSchedules(ScheduleSnapshotTable(database)),
    )


def _operator_alerts(base: _Foundation, leases: Leases) -> OperatorAlerts:
    return OperatorAlerts(
        base.settings.admins,
        base.workspace,
        alerts=OperatorAlertTable(base.database),
        outbox=OutboxTable(base.database),
        leases=leases,
        now=base.clock,
        command=base.settings.command,
    )


def _publisher(base: _Foundation, ledger: Ledger, operator_alerts: OperatorAlerts) -> Publisher:
    return Publisher(
        ledger,
        base.clock,
        report=operator_alerts.report,
        on_posted=operator_alerts.posted,
        look=base.workspace.find,
        recreated_at=lambda: base.database.state.recreated_at,
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
        command=base.settings.command,
    )


def _reports(base: _Foundation, shared: _Shared) -> ReportJob:
    return ReportJob(
        teams=shared.teams,
        publisher=shared.publisher,
        workspace=base.workspace,
        rate_limiter=shared.rate_limiter,
        tasks=base.work,
        outbox=OutboxTable(base.database),
        now=base.clock,
    )


def _user_groups(base: _Foundation, shared: _Shared) -> UserGroupSync:
    return UserGroupSync(
        publisher=shared.publisher,
        workspace=base.workspace,
        slack_groups=base.workspace,
        profiles=shared.profiles,
        decisions=UserGroupDecisionTable(base.database),
        rate_limiter=shared.rate_limiter,
        schedule_cache=shared.schedule_cache,
        problem_notices=shared.problem_notices,
        now=base.clock,
    )


def _jobs(
    base: _Foundation, shared: _Shared, *, digests: DigestJob, reports: ReportJob, user_groups: UserGroupSync
) -> tuple[Job, ...]:
    """List what the bot does by itself."""
    database = DatabaseAlerts(WriteProbe(base.database), base.workspace, user_ids=base.settings.admins, now=base.clock)
    publisher, outbox = shared.publisher, shared.outbox
    missed = MissedPosts(
        shared.teams,
        shared.ledger,
        table=WatchedPlanTable(base.database),
        alerts=shared.operator_alerts,
        now=base.clock,
    )
    return (
        Job(name="database", run=database.look, stage=Stage.BEFORE),
        Job(name="postings", run=publisher.catch_up, stage=Stage.BEFORE),
        Job(name="digests", run=digests.tick),
        Job(name="reports", run=reports.tick, follows="digests"),
        Job(name="outbox", run=lambda: outbox.catch_up(publisher.address)),
        Job(name="operator alerts", run=shared.operator_alerts.catch_up),
        Job(name="missed posts", run=missed.tick),
        Job(name="retention", run=Retention(base.database, base.clock).tick),
        Job(name="schedules", run=_schedule_jobs(base, shared, user_groups).tick),
        Job(name="database alerts", run=lambda: database.send(publisher.unclaimed()), stage=Stage.AFTER),
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
        command=base.settings.command,
    )
    topics = TopicSync(
        slack_channels=base.workspace,
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
