"""Builds and connects the services, with `bot.app.shared_services`; no other module does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.card_services import CardServices, build_cards
from bot.app.jobs import Job, PeriodicJobs, Stage
from bot.app.replica_job import replica_jobs
from bot.app.schedule_jobs import ScheduleJobs
from bot.app.shared_services import Foundation, SharedServices, build_shared
from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.delivery.database.database_alerts import DatabaseAlerts
from bot.delivery.missed import MissedPosts
from bot.digest.gather import DigestDependencies
from bot.digest.job import DigestJob
from bot.flashduty import Pool
from bot.handoff.job import ShiftNoticeJob
from bot.home.present_limits import PresentLimits
from bot.incidents.actions.claims import ChangeClaims
from bot.incidents.actions.runner import CommandRunner
from bot.incidents.open_list import OpenIncidentList
from bot.people.mention_choices import MentionChoices
from bot.report.job import ReportJob
from bot.runtime.tasks import BackgroundTasks
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.storage.alerts.watched_plans import WatchedPlanTable
from bot.storage.cards.cards import CardTable
from bot.storage.engine.write_probe import WriteProbe
from bot.storage.oncall.problems import ProblemTable
from bot.storage.oncall.usergroup_decisions import UserGroupDecisionTable
from bot.storage.outbox import OutboxTable
from bot.storage.people.form_drafts import FormDrafts
from bot.storage.people.preferences import PreferenceTable
from bot.storage.requests.pending_actions import PendingActionTable
from bot.storage.requests.seen_requests import SeenRequests
from bot.storage.retention import Retention
from bot.storage.transactions import Database
from bot.topic.job import TopicSync
from bot.usergroups.job import UserGroupSync
from handlers.dispatch.dispatcher import Dispatcher
from handlers.dispatch.services import Services
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.deduplicator import Deduplicator
from handlers.recovery.job import RecoveryJob
from handlers.recovery.pending_actions import PendingActions
from handlers.routes import draw


@dataclass(frozen=True, kw_only=True)
class AppServices:
    """The services that the process runs, reports in its health and releases at its end."""

    dispatcher: Dispatcher
    jobs: PeriodicJobs
    shared: SharedServices
    cards: CardServices


def build_services(
    *,
    settings: Settings,
    keys: KeyFiles,
    pool: Pool,
    workspace: Workspace,
    database: Database,
    work: BackgroundTasks,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
    time_limits: TimeLimits,
) -> AppServices:
    """Build every service of the process."""
    base = Foundation(
        settings=settings,
        keys=keys,
        pool=pool,
        workspace=workspace,
        database=database,
        work=work,
        clock=clock,
        monotonic=monotonic,
    )
    shared = build_shared(base)
    digests, reports, user_groups = _digests(base, shared), _reports(base, shared), _user_groups(base, shared)
    cards = build_cards(base, shared)
    services = _services(base, shared, digests=digests, reports=reports, user_groups=user_groups, cards=cards)
    pending = PendingActions(
        PendingActionTable(base.database), shared.replicas, on_reported=shared.audit.comments.answered
    )
    recovery = _recovery(base, shared, services=services, pending=pending, limits=time_limits)
    jobs = (
        *_jobs(base, shared, digests=digests, reports=reports, user_groups=user_groups),
        *replica_jobs(base, shared, recovery=recovery, cards=cards),
    )
    return AppServices(
        dispatcher=_dispatcher(base, shared, services=services, pending=pending, limits=time_limits),
        jobs=PeriodicJobs(jobs, leases=shared.leases),
        shared=shared,
        cards=cards,
    )


def _dispatcher(
    base: Foundation, shared: SharedServices, *, services: Services, pending: PendingActions, limits: TimeLimits
) -> Dispatcher:
    return Dispatcher(
        teams=shared.teams,
        workspace=base.workspace,
        views=Views(base.workspace.calls),
        tasks=base.work,
        deduplicator=Deduplicator(SeenRequests(base.database), now=base.clock),
        pending=pending,
        services=services,
        now=base.clock,
        draw=draw,
        audiences=shared.audiences,
        limits=limits,
    )


def _services(
    base: Foundation,
    shared: SharedServices,
    *,
    digests: DigestJob,
    reports: ReportJob,
    user_groups: UserGroupSync,
    cards: CardServices,
) -> Services:
    return Services(
        audit=shared.audit.trail,
        audit_desk=shared.audit.desk,
        key_permissions=shared.audit.key_permissions,
        acknowledgements=shared.acknowledgements,
        attributions=shared.attributions,
        commands=CommandRunner(
            base.clock,
            on_change=cards.changed,
            trail=shared.audit.trail,
            attribution=shared.audit.words,
            claims=ChangeClaims(SeenRequests(base.database), now=base.clock),
        ),
        workspace=base.workspace,
        languages=shared.audiences.people,
        mention_choices=MentionChoices(PreferenceTable(base.database)),
        cards=CardTable(base.database),
        drafts=FormDrafts(base.database),
        open_incidents=OpenIncidentList(base.clock),
        schedules=shared.schedule_cache,
        digest_dependencies=DigestDependencies(
            snapshots=shared.snapshots,
            profiles=shared.profiles,
            attributions=shared.attributions,
            takeovers=shared.takeovers,
        ),
        takeovers=shared.takeovers,
        digests=digests,
        reports=reports,
        user_groups=user_groups,
        present_limits=PresentLimits(ProblemTable(base.database), base.clock),
        card_hints=cards.hints,
        summary_sources=cards.summary_sources,
        own_comments=shared.own_comments,
        learnt_actions=shared.learnt_actions,
    )


def _recovery(
    base: Foundation, shared: SharedServices, *, services: Services, pending: PendingActions, limits: TimeLimits
) -> RecoveryJob:
    return RecoveryJob(
        table=PendingActionTable(base.database),
        pending=pending,
        replicas=shared.replicas,
        teams=shared.teams,
        workspace=base.workspace,
        views=Views(base.workspace.calls),
        services=services,
        audiences=shared.audiences,
        limits=limits,
        now=base.clock,
        attribution=shared.audit.words,
    )


def _digests(base: Foundation, shared: SharedServices) -> DigestJob:
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
        audiences=shared.audiences,
        takeovers=shared.takeovers,
        now=base.clock,
    )


def _reports(base: Foundation, shared: SharedServices) -> ReportJob:
    return ReportJob(
        teams=shared.teams,
        publisher=shared.publisher,
        workspace=base.workspace,
        rate_limiter=shared.rate_limiter,
        tasks=base.work,
        outbox=OutboxTable(base.database),
        audiences=shared.audiences,
        now=base.clock,
    )


def _user_groups(base: Foundation, shared: SharedServices) -> UserGroupSync:
    return UserGroupSync(
        publisher=shared.publisher,
        workspace=base.workspace,
        slack_groups=base.workspace,
        profiles=shared.profiles,
        decisions=UserGroupDecisionTable(base.database),
        rate_limiter=shared.rate_limiter,
        schedule_cache=shared.schedule_cache,
        problem_notices=shared.problem_notices,
        audiences=shared.audiences,
        now=base.clock,
    )


def _jobs(
    base: Foundation, shared: SharedServices, *, digests: DigestJob, reports: ReportJob, user_groups: UserGroupSync
) -> tuple[Job, ...]:
    """List the periodic jobs."""
    database = DatabaseAlerts(
        WriteProbe(base.database),
        base.workspace,
        user_ids=base.settings.admins,
        audiences=shared.audiences,
        now=base.clock,
    )
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
        Job(name="languages", run=lambda: shared.audiences.channels.tick(shared.teams), stage=Stage.BEFORE),
        Job(name="digests", run=digests.tick),
        Job(name="reports", run=reports.tick, follows="digests"),
        Job(name="outbox", run=lambda: outbox.catch_up(publisher.address)),
        Job(name="timeline comments", run=shared.audit.comments.tick),
        Job(name="key owners", run=shared.audit.key_owners.tick),
        Job(name="operator alerts", run=shared.operator_alerts.catch_up),
        Job(name="missed posts", run=missed.tick),
        Job(name="retention", run=_retention(base).tick),
        Job(name="schedules", run=_schedule_jobs(base, shared, user_groups).tick),
        Job(name="audit loss", run=shared.audit.loss.send, stage=Stage.AFTER),
        Job(name="database alerts", run=lambda: database.send(publisher.unclaimed()), stage=Stage.AFTER),
    )


def _retention(base: Foundation) -> Retention:
    return Retention(base.database, base.clock, retention=timedelta(days=base.settings.retention_days))


def _schedule_jobs(base: Foundation, shared: SharedServices, user_groups: UserGroupSync) -> ScheduleJobs:
    """Build the jobs that follow the schedules of each team."""
    shift_notices = ShiftNoticeJob(
        publisher=shared.publisher,
        workspace=base.workspace,
        profiles=shared.profiles,
        attributions=shared.attributions,
        report=shared.operator_alerts.report,
        may_act=shared.teams.may_act,
        audiences=shared.audiences,
        takeovers=shared.takeovers,
        now=base.clock,
    )
    topics = TopicSync(
        slack_channels=base.workspace,
        problem_notices=shared.problem_notices,
        rate_limiter=shared.rate_limiter,
        audiences=shared.audiences,
        now=base.clock,
    )
    return ScheduleJobs(
        (shift_notices.tick, user_groups.tick, topics.tick, shared.responder_alerts.tick),
        teams=shared.teams,
        schedule_cache=shared.schedule_cache,
        problem_notices=shared.problem_notices,
        audiences=shared.audiences,
    )
