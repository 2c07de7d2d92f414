"""What outlives a request: what is looked after every minute, and what handlers share with it; built once."""

import os
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.acquaintances import AcquaintedBySlack
from bot.admins import Admins
from bot.attributions import KeptAttributions
from bot.clearing import Clearing
from bot.clicks import Clicks
from bot.database_watch import DatabaseWatch
from bot.digest import Surroundings
from bot.group_followers import GroupFollowers
from bot.group_members import GroupMembers
from bot.ledger import Ledger
from bot.memory import KeptSchedules, KeptTakeOvers
from bot.missed import Missed
from bot.morning import MorningDigests
from bot.notes import Notes
from bot.noticeboard import Noticeboard
from bot.on_call_watch import OnCallWatch
from bot.poster import Poster
from bot.rotas import Rotas
from bot.rounds import Rounds
from bot.settings import Settings
from bot.shift_notices import ShiftNotices
from bot.store import Store
from bot.teams import Teams
from bot.threads import Threads
from bot.topic_keeper import TopicKeeper
from bot.upkeep import Upkeep
from bot.weekly import WeeklyReports
from bot.work import Work
from bot.workspace import Workspace

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
