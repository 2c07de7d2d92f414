"""Surfaces of one person: their shifts and their incidents."""

from dataclasses import replace
from datetime import timedelta

from bot.home import messages as me
from bot.home.model import MatchProblem, Me, MyShift
from bot.people.directory import PartialPeople
from tests.bot.recorded import ALICE, NOW, PEOPLE, ago, incident, responder
from tests.bot.samples import HOSTILE_NAME


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


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "me": me.me(readers.alone, myself((ON_NOW,), NEXT, MINE), "payments"),
        "me-free": me.me(readers.alone, myself(), "payments"),
        "me-from-then-on": me.me(readers.alone, myself((), (*NEXT[:1], FROM_THEN_ON)), "payments"),
        "me-unread": me.me(
            readers.alone, replace(myself((ON_NOW,), NEXT, MINE[:1]), people=PartialPeople()), "payments"
        ),
        "me-for-ever": me.me(readers.alone, myself((FOR_EVER,), NEXT[:1], MINE[:1], complete=False), "payments"),
        **{f"me-{why.name.lower()}": me.not_matched(readers.alone, why, "payments") for why in MatchProblem},
    }
