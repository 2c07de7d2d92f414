"""What outlives a request: what is looked after every minute, and what handlers share with it; built once."""

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.app.jobs import PeriodicJobs
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
from bot.handoff.job import ShiftNoticeJob
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.attribution import Attributions
from bot.incidents.commands import CommandRunner
from bot.oncall.schedules import ScheduleCache
from bot.people.slack_profiles import SlackProfiles
from bot.report.job import ReportJob
from bot.runtime.tasks import BackgroundTasks
from bot.slack.noticeboard import Noticeboard
from bot.slack.workspace import Workspace
from bot.storage.memory import ScheduleSnapshots, ShiftTakeovers
from bot.storage.notes import Notes
from bot.storage.postings import Store
from bot.storage.retention import Retention
from bot.teams.access import Teams
from bot.topic.job import TopicSync
from bot.usergroups.job import UserGroupSync
from bot.usergroups.members import GroupMembers

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class AppServices:
    """The rounds, and what handlers need of what they use."""

    rounds: PeriodicJobs
    acknowledgements: Acknowledgements
    attributions: Attributions
    commands: CommandRunner
    digest_dependencies: DigestDependencies
    takeovers: ShiftTakeovers
    digests: DigestJob
    reports: ReportJob
    followers: UserGroupSync


def build_services(
    settings: Settings,
    teams: Teams,
    store: Store,
    workspace: Workspace,
    schedule_cache: ScheduleCache,
    *,
    work: BackgroundTasks,
    clock: Clock,
) -> AppServices:
    """Build what outlives a request."""
    # One name for each process, also where the host and the process id come back after a restart.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    notes, board = Notes(store), Noticeboard(workspace.calls)
    admins = OperatorAlerts(settings.admins, workspace, notes, clock, owner)
    ledger = Ledger(store, owner=owner, monotonic=time.monotonic, random=random.random)
    publisher = _poster(store, ledger, admins, workspace, clock)
    turns, kept, known = schedule_cache.turns, ScheduleSnapshots(notes), SlackProfiles(workspace, notes, clock)
    problem_notices = ProblemNotices(notes, publisher, workspace, clock, owner)
    acknowledgements = Acknowledgements(notes, clock)
    attributions = Attributions(acknowledgements)
    threads = ThreadOutbox(notes, workspace, clock, owner)
    on_call = ResponderAlerts(known, admins, teams.may_act, clock)
    digests = DigestJob(teams, publisher, workspace, threads, turns, clock, kept, known, attributions, on_call)
    followers = UserGroupSync(
        publisher,
        workspace,
        board,
        known,
        GroupMembers(known, clock),
        notes,
        turns,
        schedule_cache,
        problem_notices,
        clock,
    )
    reports = ReportJob(teams, publisher, workspace, turns, work, notes, clock)
    rounds = PeriodicJobs(
        teams=teams,
        database=DatabaseAlerts(store, settings.admins, workspace, clock),
        publisher=publisher,
        threads=threads,
        digests=digests,
        reports=reports,
        schedule_cache=schedule_cache,
        shifts=ShiftNoticeJob(publisher, workspace, known, attributions, admins.report, teams.may_act, clock),
        followers=followers,
        on_call=on_call,
        topics=TopicSync(board, problem_notices, turns, clock),
        problem_notices=problem_notices,
        admins=admins,
        missed=MissedPosts(teams, ledger, notes, admins, clock),
        clearing=Retention(notes, clock),
    )
    return AppServices(
        rounds=rounds,
        acknowledgements=acknowledgements,
        attributions=attributions,
        commands=CommandRunner(clock),
        digest_dependencies=DigestDependencies(kept, known, attributions),
        takeovers=ShiftTakeovers(notes),
        digests=digests,
        reports=reports,
        followers=followers,
    )


def _poster(store: Store, ledger: Ledger, admins: OperatorAlerts, workspace: Workspace, clock: Clock) -> Publisher:
    return Publisher(
        ledger,
        clock,
        report=admins.report,
        heard=admins.posted,
        look=workspace.find,
        made_anew_at=lambda: store.state.made_anew_at,
    )
