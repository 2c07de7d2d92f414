"""The services that several features use."""

import os
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.teams import build_teams
from bot.audit.audited import AttributionWords
from bot.audit.closers import Closers
from bot.audit.desk import AuditDesk
from bot.audit.key_owners import KeyOwners
from bot.audit.key_permissions import ChangePermissions
from bot.audit.loss import AuditLossAlerts
from bot.audit.model import AuditAction
from bot.audit.trail import AuditTrail
from bot.cards.last_look import LastLook
from bot.cards.timeline.presses import ActionPresses
from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.delivery.ledger import Ledger
from bot.delivery.operator_alerts import OperatorAlerts
from bot.delivery.outbox import ThreadOutbox
from bot.delivery.problem_notices import ProblemNotices
from bot.delivery.publisher import Publisher
from bot.digest.previous_schedules import PreviousSchedules
from bot.flashduty import Pool
from bot.handoff.takeovers import Takeovers
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.attribution import Attributions
from bot.incidents.commenting.attribution_words import attribution_comment
from bot.incidents.commenting.own_comments import OwnComments
from bot.incidents.commenting.timeline_comments import TimelineComments
from bot.oncall.current import CurrentOnCall
from bot.oncall.responder_alerts import ResponderAlerts
from bot.oncall.schedules import ScheduleCache
from bot.people.audiences import Audiences
from bot.people.channel_languages import ChannelLanguages
from bot.people.languages import PersonLanguages
from bot.people.slack_profiles import SlackProfiles
from bot.runtime.tasks import BackgroundTasks
from bot.slack.workspace import Workspace
from bot.storage.account.learnt_actions import LearntActionTable
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.alerts.operator_alerts import OperatorAlertTable
from bot.storage.audit.audit_trail import AuditTable
from bot.storage.audit.owed_comments import OwedComments
from bot.storage.cards.cards import CardTable
from bot.storage.leases import Leases
from bot.storage.oncall.problems import ProblemTable
from bot.storage.oncall.schedule_snapshots import ScheduleSnapshotTable
from bot.storage.oncall.shift_takeovers import ShiftTakeoverTable
from bot.storage.oncall.sync_states import SyncStateTable
from bot.storage.outbox import OutboxTable
from bot.storage.people.preferences import PreferenceTable
from bot.storage.people.slack_profiles import SlackProfileTable
from bot.storage.postings import PostingTable
from bot.storage.rate_limits import RateLimitTable, SharedRateLimiter
from bot.storage.replicas import Replicas
from bot.storage.requests.written_comments import WrittenComments
from bot.storage.transactions import Database
from bot.teams.access import Teams
from bot.teams.learnt_actions import LearntActions
from bot.teams.team import SlackPerson, Team


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """The dependencies of services: the settings, the keys, open connections, the database, the clock."""

    settings: Settings
    keys: KeyFiles
    pool: Pool
    workspace: Workspace
    database: Database
    work: BackgroundTasks
    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    """Judges leases: no replica compares its clock with another's."""


@dataclass(frozen=True, kw_only=True)
class AuditServices:
    """The audit trail, and what Flashduty's timelines say about who did something."""

    trail: AuditTrail
    key_permissions: ChangePermissions
    words: AttributionWords
    comments: TimelineComments
    key_owners: KeyOwners
    presses: ActionPresses
    desk: AuditDesk
    loss: AuditLossAlerts


@dataclass(frozen=True, kw_only=True)
class SharedServices:
    """The services that several features use."""

    leases: Leases
    replicas: Replicas
    ledger: Ledger
    rate_limiter: SharedRateLimiter
    schedule_cache: ScheduleCache
    teams: Teams
    audiences: Audiences
    profiles: SlackProfiles
    operator_alerts: OperatorAlerts
    publisher: Publisher
    problem_notices: ProblemNotices
    outbox: ThreadOutbox
    responder_alerts: ResponderAlerts
    acknowledgements: Acknowledgements
    attributions: Attributions
    own_comments: OwnComments
    learnt_actions: LearntActions
    snapshots: PreviousSchedules
    takeovers: Takeovers
    audit: AuditServices


def build_shared(base: Foundation) -> SharedServices:
    """Build each shared service once."""
    # Unique to the process, even if a restart reuses the host name and the process id.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    clock, workspace, database = base.clock, base.workspace, base.database
    leases = Leases(database, owner=owner, now=clock, monotonic=base.monotonic)
    audiences = _audiences(base)
    channels = audiences.channels
    schedule_cache = ScheduleCache(now=clock, tasks=base.work, language_of=lambda team: channels.known(team).code)
    teams = Teams(
        build_teams(base.settings, base.pool, base.keys, monotonic=base.monotonic),
        group_members=workspace.group_members,
        channel_members=workspace.channel_members,
        on_call=CurrentOnCall(schedule_cache=schedule_cache, now=clock).may_act,
    )
    profiles = SlackProfiles(workspace=workspace, table=SlackProfileTable(database), now=clock)
    ledger = Ledger(PostingTable(database), owner=owner, monotonic=base.monotonic, random=random.random)
    operator_alerts = _operator_alerts(base, leases, audiences)
    publisher = _publisher(base, ledger, operator_alerts)
    return SharedServices(
        leases=leases,
        replicas=Replicas(database, owner=owner, now=clock, monotonic=base.monotonic),
        ledger=ledger,
        rate_limiter=SharedRateLimiter(RateLimitTable(database), clock),
        schedule_cache=schedule_cache,
        teams=teams,
        audiences=audiences,
        profiles=profiles,
        operator_alerts=operator_alerts,
        publisher=publisher,
        problem_notices=_problem_notices(base, publisher, leases),
        outbox=ThreadOutbox(OutboxTable(database), workspace, leases=leases, now=clock),
        responder_alerts=ResponderAlerts(profiles, operator_alerts, may_act=teams.may_act, now=clock),
        acknowledgements=Acknowledgements(AcknowledgementTable(database), clock),
        attributions=Attributions(AcknowledgementTable(database), Closers(AuditTable(database), clock), clock),
        own_comments=_own_comments(base),
        learnt_actions=_learnt_actions(base),
        snapshots=PreviousSchedules(ScheduleSnapshotTable(database)),
        takeovers=Takeovers(ShiftTakeoverTable(database)),
        audit=_audit(base, teams, leases, audiences=audiences),
    )


def _audiences(base: Foundation) -> Audiences:
    return Audiences(
        command=base.settings.command,
        now=base.clock,
        people=PersonLanguages(PreferenceTable(base.database)),
        channels=ChannelLanguages(),
        workspace=base.workspace,
    )


def _attribution_words(channels: ChannelLanguages) -> AttributionWords:
    """Speak in the timeline as in the channels of the team, unless the team wants no such comments."""

    def words(team: Team, action: AuditAction, person: SlackPerson) -> str:
        is_wanted = team.settings.attribution == "comment"
        return attribution_comment(channels.known(team), action, person.name) if is_wanted else ""

    return words


def _audit(base: Foundation, teams: Teams, leases: Leases, audiences: Audiences) -> AuditServices:
    comments = TimelineComments(
        OwedComments(base.database),
        teams=teams,
        leases=leases,
        tasks=base.work,
        own_comments=_own_comments(base),
        now=base.clock,
    )
    trail = AuditTrail(
        AuditTable(base.database),
        workspace=base.workspace.installation.workspace,
        retention=timedelta(days=base.settings.audit_days),
        now=base.clock,
        owe=comments.owe,
    )
    return AuditServices(
        trail=trail,
        key_permissions=ChangePermissions(AuditTable(base.database), base.clock),
        words=_attribution_words(audiences.channels),
        comments=comments,
        key_owners=KeyOwners(teams),
        presses=ActionPresses(AuditTable(base.database), base.clock),
        desk=AuditDesk(AuditTable(base.database), base.workspace, admins=base.settings.admins, tasks=base.work),
        loss=AuditLossAlerts(trail, base.workspace, user_ids=base.settings.admins, audiences=audiences),
    )


def _own_comments(base: Foundation) -> OwnComments:
    retention = timedelta(days=base.settings.retention_days)
    return OwnComments(WrittenComments(base.database), base.clock, retention=retention)


def _learnt_actions(base: Foundation) -> LearntActions:
    retention = timedelta(days=base.settings.retention_days)
    return LearntActions(LearntActionTable(base.database), base.clock, retention=retention)


def _problem_notices(base: Foundation, publisher: Publisher, leases: Leases) -> ProblemNotices:
    return ProblemNotices(
        publisher,
        base.workspace,
        states=SyncStateTable(base.database),
        problems=ProblemTable(base.database),
        leases=leases,
        now=base.clock,
    )


def _operator_alerts(base: Foundation, leases: Leases, audiences: Audiences) -> OperatorAlerts:
    return OperatorAlerts(
        base.settings.admins,
        base.workspace,
        alerts=OperatorAlertTable(base.database),
        outbox=OutboxTable(base.database),
        leases=leases,
        now=base.clock,
        audiences=audiences,
    )


def _publisher(base: Foundation, ledger: Ledger, operator_alerts: OperatorAlerts) -> Publisher:
    last_look = LastLook(base.workspace, CardTable(base.database))
    return Publisher(
        ledger,
        base.clock,
        report=operator_alerts.report,
        on_posted=operator_alerts.posted,
        find_message=last_look.find,
        is_superseded=last_look.is_superseded,
        recreated_at=lambda: base.database.state.recreated_at,
    )
