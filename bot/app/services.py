"""What outlives a request: what is looked after every minute, and what handlers share with it; built once."""

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.app.jobs import Rounds
from bot.config.settings import Settings
from bot.delivery.database_alerts import DatabaseWatch
from bot.delivery.ledger import Ledger
from bot.delivery.missed import Missed
from bot.delivery.operator_alerts import Admins
from bot.delivery.outbox import Threads
from bot.delivery.problem_notices import Upkeep
from bot.delivery.publisher import Poster
from bot.delivery.responder_alerts import OnCallWatch
from bot.digest.gather import Surroundings
from bot.digest.job import MorningDigests
from bot.handoff.job import ShiftNotices
from bot.incidents.acknowledgements import Clicks
from bot.incidents.attribution import KeptAttributions
from bot.oncall.schedules import Rotas
from bot.people.slack_profiles import AcquaintedBySlack
from bot.report.job import WeeklyReports
from bot.runtime.tasks import Work
from bot.slack.noticeboard import Noticeboard
from bot.slack.workspace import Workspace
from bot.storage.memory import KeptSchedules, KeptTakeOvers
from bot.storage.notes import Notes
from bot.storage.postings import Store
from bot.storage.retention import Clearing
from bot.teams.access import Teams
from bot.topic.job import TopicKeeper
from bot.usergroups.job import GroupFollowers
from bot.usergroups.members import GroupMembers

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Lasting:
    """The rounds, and what handlers need of what they use."""

    rounds: Rounds
    clicks: Clicks
    attributions: KeptAttributions
    surroundings: Surroundings
    take_overs: KeptTakeOvers
    mornings: MorningDigests
    reports: WeeklyReports
    followers: GroupFollowers


def lasting(
    settings: Settings, teams: Teams, store: Store, workspace: Workspace, rotas: Rotas, *, work: Work, clock: Clock
) -> Lasting:
    """Build what outlives a request."""
    # One name for each process, also where the host and the process id come back after a restart.
    owner = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"
    notes, board = Notes(store), Noticeboard(workspace.calls)
    admins = Admins(settings.admins, workspace, notes, clock, owner)
    ledger = Ledger(store, owner=owner, monotonic=time.monotonic, random=random.random)
    poster = _poster(store, ledger, admins, workspace, clock)
    turns, kept, known = rotas.turns, KeptSchedules(notes), AcquaintedBySlack(workspace, notes, clock)
    upkeep = Upkeep(notes, poster, workspace, clock, owner)
    clicks = Clicks(notes, clock)
    attributions = KeptAttributions(clicks)
    threads = Threads(notes, workspace, clock, owner)
    on_call = OnCallWatch(known, admins, teams.may_act, clock)
    mornings = MorningDigests(teams, poster, workspace, threads, turns, clock, kept, known, attributions, on_call)
    followers = GroupFollowers(
        poster, workspace, board, known, GroupMembers(known, clock), notes, turns, rotas, upkeep, clock
    )
    reports = WeeklyReports(teams, poster, workspace, turns, work, notes, clock)
    rounds = Rounds(
        teams=teams,
        database=DatabaseWatch(store, settings.admins, workspace, clock),
        poster=poster,
        threads=threads,
        mornings=mornings,
        reports=reports,
        rotas=rotas,
        shifts=ShiftNotices(poster, workspace, known, attributions, admins.report, teams.may_act, clock),
        followers=followers,
        on_call=on_call,
        topics=TopicKeeper(board, upkeep, turns, clock),
        upkeep=upkeep,
        admins=admins,
        missed=Missed(teams, ledger, notes, admins, clock),
        clearing=Clearing(notes, clock),
    )
    return Lasting(
        rounds=rounds,
        clicks=clicks,
        attributions=attributions,
        surroundings=Surroundings(kept, known, attributions),
        take_overs=KeptTakeOvers(notes),
        mornings=mornings,
        reports=reports,
        followers=followers,
    )


def _poster(store: Store, ledger: Ledger, admins: Admins, workspace: Workspace, clock: Clock) -> Poster:
    return Poster(
        ledger,
        clock,
        report=admins.report,
        heard=admins.posted,
        look=workspace.find,
        made_anew_at=lambda: store.state.made_anew_at,
    )
