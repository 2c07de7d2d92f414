"""The services that several features use."""

import os
import random
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.app.teams import build_teams
from bot.cards.last_look import LastLook
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
from bot.incidents.commenting.own_comments import OwnComments
from bot.oncall.current import CurrentOnCall
from bot.oncall.responder_alerts import ResponderAlerts
from bot.oncall.schedules import ScheduleCache
from bot.people.audiences import Audiences
from bot.people.channel_languages import ChannelLanguages
from bot.people.languages import PersonLanguages
from bot.people.slack_profiles import SlackProfiles
from bot.runtime.tasks import BackgroundTasks
from bot.slack.workspace import Workspace
from bot.storage.acknowledgements import AcknowledgementTable
from bot.storage.alerts.operator_alerts import OperatorAlertTable
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
    snapshots: PreviousSchedules
    takeovers: Takeovers


def build_shared(base: Foundation) -> SharedServices:
    """Build each shared service once."""
    # Unique to the process, even if a restart reuses the host name and the process id.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    clock, workspace, database = base.clock, base.workspace, base.database
    leases = Leases(database, owner=owner, now=clock, monotonic=base.monotonic)
    channels = ChannelLanguages()
    audiences = Audiences(
        command=base.settings.command,
        now=clock,
        people=PersonLanguages(PreferenceTable(database)),
        channels=channels,
        workspace=workspace,
    )
    rate_limiter = SharedRateLimiter(RateLimitTable(database), clock)
    schedule_cache = ScheduleCache(now=clock, tasks=base.work, language_of=lambda team: channels.known(team).code)
    teams = Teams(
        build_teams(base.settings, base.pool, base.keys),
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
        rate_limiter=rate_limiter,
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
        attributions=Attributions(AcknowledgementTable(database), clock),
        own_comments=_own_comments(base),
        snapshots=PreviousSchedules(ScheduleSnapshotTable(database)),
        takeovers=Takeovers(ShiftTakeoverTable(database)),
    )


def _own_comments(base: Foundation) -> OwnComments:
    retention = timedelta(days=base.settings.retention_days)
    return OwnComments(WrittenComments(base.database), base.clock, retention=retention)


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
