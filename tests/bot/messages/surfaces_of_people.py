"""Surfaces about somebody: who is on call when, a week of it, and oneself."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, incident, responder, schedule, shift

from bot.flashduty import Person, Schedule
from bot.home import messages as me
from bot.home.model import MatchProblem, Me, MyShift
from bot.oncall.messages import now
from bot.oncall.messages.week import no_at_in_a_week, no_week, week_table
from bot.oncall.shifts import on_call as at_instant
from bot.oncall.time_expressions import TimeExpression, TimeProblem
from bot.oncall.week import week_of
from bot.people.directory import PartialPeople

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada:"
PRIMARY = schedule(
    "Payments primary",
    shift(ago(hours=20), ahead(hours=4), ALICE),
    shift(ahead(hours=4), ahead(hours=28), BOB),
    shift(ahead(hours=28), ahead(days=9), ALICE, WANG),
)
# Flashduty tells of this one what is now and next, and no shifts of the days ahead.
THIS_MOMENT = Schedule.model_validate(
    {"id": 9, "name": "Payments follow the sun", "cur_oncall": shift(ago(hours=3), ahead(hours=4), ALICE)}
)
NIGHT = schedule("支付夜班", shift(ahead(days=1), ahead(days=2), WANG), shift(ahead(days=3), ahead(days=5), CAROL))


def at_time(moment, words="", rota=PRIMARY):
    entries = (at_instant(rota, moment, moment + timedelta(days=15)),)
    return now.OnCallAnswer(words, entries, PEOPLE, NOW, ("Payments primary",), moment.astimezone(SHANGHAI))


def no_moment(said, trouble):
    return now.no_moment(TimeExpression(None, "", said, trouble), "payments", NOW.astimezone(SHANGHAI))


def invited():
    """Somebody without a name yet has the pager."""
    person = Person.model_validate({"person_id": 7006, "person_name": "", "email": "new@harbor.example"})
    entries = (at_instant(schedule("Search", shift(ago(days=1), ahead(hours=4), 7006, 7009)), NOW, ahead_of(15)),)
    return now.OnCallAnswer("", entries, {7006: person}, NOW)


def ahead_of(days):
    return NOW + timedelta(days=days)


def myself(now=(), following=(), incidents=(), *, complete=True):
    return Me(PEOPLE[ALICE], now, following, incidents, complete, NOW, NOW + timedelta(days=44))


ON_NOW = MyShift("Payments primary", NOW - timedelta(hours=2), NOW + timedelta(hours=4))
FOR_EVER = MyShift(HOSTILE, NOW - timedelta(days=2), NOW + timedelta(days=44))
NEXT = tuple(MyShift(f"Rota {n}", NOW + timedelta(days=n), NOW + timedelta(days=n + 1)) for n in (1, 3, 8))
FROM_THEN_ON = MyShift("Payments backup", NOW + timedelta(days=40), NOW + timedelta(days=44))
MINE = tuple(
    incident(n, progress="Processing", responders=[responder(ALICE, acknowledged=ago(hours=1))]) for n in range(1, 8)
)

SURFACES = {
    "on-call-at": now.answer(at_time(NOW + timedelta(hours=10), "primary"), "payments"),
    "on-call-at-not-understood": no_moment(HOSTILE, TimeProblem.NOT_UNDERSTOOD),
    "on-call-at-nothing": no_moment("", TimeProblem.NOT_UNDERSTOOD),
    "on-call-at-over": no_moment("today 08:00", TimeProblem.OVER),
    "on-call-at-too-far": no_moment("2027-03-01", TimeProblem.TOO_FAR),
    "on-call-at-not-known": now.answer(at_time(NOW + timedelta(hours=10), rota=THIS_MOMENT), "payments"),
    "on-call-invited": now.answer(invited(), "payments"),
    "on-call-unread": now.answer(replace(invited(), people=PartialPeople()), "payments"),
    "on-call-week": week_table(week_of([PRIMARY, NIGHT], NOW, SHANGHAI), PEOPLE, "", "payments"),
    "on-call-week-many": week_table(week_of([PRIMARY] * 120, NOW, SHANGHAI), PEOPLE, "p", "payments", is_public=True),
    "on-call-week-hostile": week_table(week_of([schedule(HOSTILE)], NOW, SHANGHAI), {}, HOSTILE, "payments"),
    "on-call-week-not-known": week_table(week_of([THIS_MOMENT], NOW, SHANGHAI), PEOPLE, "", "payments"),
    "on-call-week-at": no_at_in_a_week(SHANGHAI, "primary", "payments"),
    "on-call-week-no-match": no_week(HOSTILE, "payments"),
    "on-call-week-no-schedule": no_week("", "payments"),
    "me": me.me(myself((ON_NOW,), NEXT, MINE), "payments"),
    "me-free": me.me(myself(), "payments"),
    "me-from-then-on": me.me(myself((), (*NEXT[:1], FROM_THEN_ON)), "payments"),
    "me-unread": me.me(replace(myself((ON_NOW,), NEXT, MINE[:1]), people=PartialPeople()), "payments"),
    "me-for-ever": me.me(myself((FOR_EVER,), NEXT[:1], MINE[:1], complete=False), "payments"),
    **{f"me-{why.name.lower()}": me.not_matched(why, "payments") for why in MatchProblem},
}
