"""Surfaces of one person: their shifts and their incidents, and their Home tab."""

from dataclasses import replace
from datetime import timedelta

from bot.flashduty import Code
from bot.home import messages as me
from bot.home.model import MatchProblem, Me, MyShift
from bot.home.present_limits import LimitKind, PresentLimit
from bot.home.tab import OnCallNow, TeamTab
from bot.home.tab_messages import HomeContent, home_tab
from bot.incidents.model import OpenIncidents
from bot.messages.language import chinese
from bot.oncall.shifts import on_call
from bot.people.directory import PartialPeople
from tests.bot.recorded import ALICE, NOW, PEOPLE, ago, incident, responder, team_with
from tests.bot.samples import (
    BOTH_ROLES,
    GAP,
    HOSTILE,
    HOSTILE_NAME,
    LONELY,
    NASTY,
    PRIMARY,
    PROCESSING,
    SNOOZED,
    TRIGGERED,
    failure,
    many,
    unreachable,
)


def myself(now=(), following=(), incidents=(), *, complete=True):
    return Me(
        person=PEOPLE[ALICE],
        now=now,
        following=following,
        incidents=incidents,
        is_complete=complete,
        as_of=NOW,
        horizon=NOW + timedelta(days=44),
    )


ON_NOW = MyShift("Payments primary", NOW - timedelta(hours=2), NOW + timedelta(hours=4))

FOR_EVER = MyShift(HOSTILE_NAME, NOW - timedelta(days=2), NOW + timedelta(days=44))

NEXT = tuple(MyShift(f"Rota {n}", NOW + timedelta(days=n), NOW + timedelta(days=n + 1)) for n in (1, 3, 8))

FROM_THEN_ON = MyShift("Payments backup", NOW + timedelta(days=40), NOW + timedelta(days=44))

MINE = tuple(
    incident(n, progress="Processing", responders=[responder(ALICE, acknowledged=ago(hours=1))]) for n in range(1, 8)
)


HORIZON = NOW + timedelta(days=44)
LIMITS = (
    PresentLimit(kind=LimitKind.TOPIC, subject="C0PAYMENTS", since=NOW, code="not_in_channel"),
    PresentLimit(kind=LimitKind.TOPIC, subject="C0PAYMENTS", since=NOW, code=HOSTILE),
    PresentLimit(kind=LimitKind.USER_GROUP, subject="S0PAYONCALL", since=NOW, code="permission_denied"),
    PresentLimit(kind=LimitKind.DATABASE),
)


def part(
    team="payments", incidents=(), schedules=(PRIMARY, BOTH_ROLES), shifts=(), *, reader=PEOPLE[ALICE], **settings
):
    """One team's part of the tab."""
    return TeamTab(
        team=team_with(name=team, **settings),
        incidents=OpenIncidents(incidents, is_complete=True, as_of=NOW, people=PEOPLE),
        on_call=OnCallNow(
            entries=tuple(on_call(one, NOW, HORIZON) for one in schedules),
            people=PEOPLE,
            shifts=shifts,
            horizon=HORIZON,
        ),
        reader=reader,
    )


def tab(to, *parts, **more):
    """A Home tab of these parts."""
    return home_tab(to, HomeContent(**{"teams": parts, "limits": (), "slack_id": "U0ALICE", **more}))


def tabs(to):
    """The Home tab, in its telling states."""
    busy = part(incidents=(TRIGGERED, LONELY, PROCESSING, SNOOZED), shifts=(ON_NOW, *NEXT))
    away = unreachable("no_connection").error
    with_cards = part(cards_channel="C0PAYMENTS")
    refusing = replace(busy, incidents=failure(Code.ACCESS_DENIED).error)
    return {
        "home-tab": tab(to, busy),
        "home-tab-two-teams": tab(to, busy, part("search", (incident(5, incident_severity="Warning"),), (GAP,))),
        "home-tab-nothing-open": tab(to, part(), chosen=to.language),
        "home-tab-all-acknowledged": tab(to, part(incidents=(PROCESSING, SNOOZED))),
        "home-tab-refused": tab(to, refusing),
        "home-tab-away": tab(to, replace(busy, incidents=away, on_call=away, reader=away)),
        "home-tab-nobody-in-flashduty": tab(to, replace(busy, reader=None)),
        "home-tab-limits": tab(to, part(), limits=LIMITS),
        "home-tab-many": tab(to, part(incidents=many(45), schedules=(PRIMARY,) * 14, shifts=NEXT)),
        "home-tab-hostile": tab(to, part(incidents=(NASTY,), shifts=(FOR_EVER,))),
        "home-tab-language": tab(to, part(), chosen=chinese()),
        "home-tab-mention": tab(to, with_cards, mention="auto"),
        "home-tab-mention-thread": tab(to, with_cards, mention="thread"),
        "home-tab-mention-dm": tab(to, with_cards, mention="dm"),
        "home-tab-mention-off": tab(to, with_cards, mention="off"),
        "home-tab-mention-lost": tab(to, with_cards, limits=LIMITS[-1:], is_mention_lost=True),
        "home-tab-mention-unread": tab(to, with_cards, limits=LIMITS[-1:]),
        "home-tab-language-lost": tab(to, part(), limits=LIMITS[-1:], is_choice_lost=True),
    }


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        **tabs(readers.alone),
        "me": me.me(readers.alone, myself((ON_NOW,), NEXT, MINE), "payments"),
        "me-free": me.me(readers.alone, myself(), "payments"),
        "me-from-then-on": me.me(readers.alone, myself((), (*NEXT[:1], FROM_THEN_ON)), "payments"),
        "me-unread": me.me(
            readers.alone, replace(myself((ON_NOW,), NEXT, MINE[:1]), people=PartialPeople()), "payments"
        ),
        "me-for-ever": me.me(readers.alone, myself((FOR_EVER,), NEXT[:1], MINE[:1], complete=False), "payments"),
        **{f"me-{why.name.lower()}": me.not_matched(readers.alone, why, "payments") for why in MatchProblem},
    }
