"""Surfaces of who is on call, and of a week of it."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.flashduty import Person, Schedule
from bot.oncall.messages import now
from bot.oncall.messages.week import no_schedule_for_week, week_table, week_takes_no_time
from bot.oncall.shifts import on_call as at_instant
from bot.oncall.time_expressions import TimeExpression, TimeProblem
from bot.oncall.week import week_of
from bot.people.directory import PartialPeople
from tests.bot.recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, schedule, shift
from tests.bot.samples import BOTH_ROLES, GAP, HOSTILE_NAME, PRIMARY

NEVER = schedule("Payments 长期")


def on_call_answer(*schedules, words=""):
    entries = tuple(at_instant(each, NOW, NOW + timedelta(days=15)) for each in schedules)
    return now.OnCallAnswer(words, entries, PEOPLE, NOW, ("Payments primary", "Payments backup"))


SHANGHAI = ZoneInfo("Asia/Shanghai")

LONG_PRIMARY = schedule(
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


def at_time(moment, words="", rota=LONG_PRIMARY):
    entries = (at_instant(rota, moment, moment + timedelta(days=15)),)
    return now.OnCallAnswer(words, entries, PEOPLE, NOW, ("Payments primary",), moment.astimezone(SHANGHAI))


def no_moment(to, said, trouble):
    return now.unknown_time(to, TimeExpression(None, "", said, trouble), "payments", now=NOW.astimezone(SHANGHAI))


def ahead_of(days):
    return NOW + timedelta(days=days)


def invited():
    """Somebody without a name yet has the pager."""
    person = Person.model_validate({"person_id": 7006, "person_name": "", "email": "new@harbor.example"})
    entries = (at_instant(schedule("Search", shift(ago(days=1), ahead(hours=4), 7006, 7009)), NOW, ahead_of(15)),)
    return now.OnCallAnswer("", entries, {7006: person}, NOW)


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "on-call": now.on_call_answer(readers.alone, on_call_answer(PRIMARY, BOTH_ROLES, GAP, NEVER), "payments"),
        "on-call-no-match": now.on_call_answer(readers.alone, on_call_answer(words="<!here>"), "payments"),
        "on-call-no-schedule": now.on_call_answer(
            readers.alone, replace(on_call_answer(), known_schedules=()), "payments"
        ),
        "on-call-in-public": now.on_call_answer(readers.everybody, on_call_answer(PRIMARY, BOTH_ROLES), "payments"),
        "on-call-may-be-more": now.on_call_answer(
            readers.alone, replace(on_call_answer(PRIMARY), may_be_more=True), "payments"
        ),
        "on-call-many": now.on_call_answer(readers.everybody, on_call_answer(*[PRIMARY] * 40), "payments"),
        "on-call-at": now.on_call_answer(readers.alone, at_time(NOW + timedelta(hours=10), "primary"), "payments"),
        "on-call-at-not-understood": no_moment(readers.alone, HOSTILE_NAME, TimeProblem.NOT_UNDERSTOOD),
        "on-call-at-nothing": no_moment(readers.alone, "", TimeProblem.NOT_UNDERSTOOD),
        "on-call-at-over": no_moment(readers.alone, "today 08:00", TimeProblem.OVER),
        "on-call-at-too-far": no_moment(readers.alone, "2027-03-01", TimeProblem.TOO_FAR),
        "on-call-at-not-known": now.on_call_answer(
            readers.alone, at_time(NOW + timedelta(hours=10), rota=THIS_MOMENT), "payments"
        ),
        "on-call-invited": now.on_call_answer(readers.alone, invited(), "payments"),
        "on-call-unread": now.on_call_answer(readers.alone, replace(invited(), people=PartialPeople()), "payments"),
        "on-call-week": week_table(
            readers.alone, week_of([LONG_PRIMARY, NIGHT], NOW, SHANGHAI), PEOPLE, words="", team="payments"
        ),
        "on-call-week-many": week_table(
            readers.everybody, week_of([LONG_PRIMARY] * 120, NOW, SHANGHAI), PEOPLE, words="p", team="payments"
        ),
        "on-call-week-hostile": week_table(
            readers.alone, week_of([schedule(HOSTILE_NAME)], NOW, SHANGHAI), {}, words=HOSTILE_NAME, team="payments"
        ),
        "on-call-week-not-known": week_table(
            readers.alone, week_of([THIS_MOMENT], NOW, SHANGHAI), PEOPLE, words="", team="payments"
        ),
        "on-call-week-at": week_takes_no_time(readers.alone, SHANGHAI, "primary", team="payments"),
        "on-call-week-no-match": no_schedule_for_week(readers.alone, HOSTILE_NAME, "payments"),
        "on-call-week-no-schedule": no_schedule_for_week(readers.alone, "", "payments"),
    }
