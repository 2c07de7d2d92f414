"""What a digest says first, and that it says each thing once."""

import re
from dataclasses import replace

import pytest

from bot.digest.messages.digest import digest, digest_failed, posted_digest
from bot.flashduty import Code
from bot.flashduty.api.schedules import SCHEDULE_LIST
from tests.bot.digest.days import bad_day, hand_over_day, many_schedules, morning, quiet_day, steady
from tests.bot.recorded import ALICE
from tests.bot.samples import ALONE, EVERYBODY, LONELY, PROCESSING, SNOOZED, TRIGGERED, failure, many, unreachable

NOTIFICATION = 100


def first(found):
    return posted_digest(EVERYBODY, found).first.text[:NOTIFICATION]


NOTIFICATIONS = {
    "quiet": (
        quiet_day(),
        "No open incidents · on call: Alice Chen\nDigest of team *payments*, Tuesday, 24 November 2026",
    ),
    "bad": (
        bad_day(),
        "102 or more unacknowledged (102 critical) · on call: Alice Chen, 王小明\nDigest of team *payments*, Tue",
    ),
    "acknowledged": (
        morning(PROCESSING, schedules=(steady("Payments primary", ALICE),)),
        "Nothing unacknowledged · on call: Alice Chen\n",
    ),
    "not critical": (morning(LONELY, schedules=()), "1 unacknowledged\n"),
    "uncovered": (
        morning(TRIGGERED),
        "1 unacknowledged (1 critical) · on call: Alice Chen, 王小明 and 2 others · 1 schedule uncovered\nDigest",
    ),
    "many people": (
        many_schedules(),
        "500 unacknowledged (500 critical) · on call: Alice Chen\n",
    ),
    "no incidents read": (
        replace(quiet_day(), incidents=unreachable("timed_out").error),
        "Open incidents could not be read · on call: Alice Chen\n",
    ),
    "no schedules read": (
        replace(quiet_day(), on_call=failure(Code.ACCESS_DENIED, SCHEDULE_LIST).error),
        "No open incidents · on call could not be read\n",
    ),
}


@pytest.mark.parametrize("name", NOTIFICATIONS)
def test_notification__says_what_is_unacknowledged_who_is_on_call_and_what_is_uncovered(name):
    found, said = NOTIFICATIONS[name]
    assert first(found).startswith(said[:NOTIFICATION])


def test_notification_of_a_failed_digest__says_of_which_team():
    text = digest_failed(EVERYBODY, "payments", unreachable("timed_out")).text
    assert text[:NOTIFICATION].startswith("*The digest of team payments could not be read from Flashduty.*\n*Flashduty")


def numbers(messages):
    return [number for message in messages for number in re.findall(r"\|#([0-9A-F]{6}) ", message.text)]


@pytest.mark.parametrize(
    "found", [hand_over_day(), morning(*many(9), SNOOZED, PROCESSING, LONELY)], ids=["handoff", "long"]
)
def test_each_incident__is_there_once(found):
    posted = posted_digest(EVERYBODY, found)
    shown = numbers((posted.first, *posted.thread))
    assert sorted(shown) == sorted(one.num for one in found.incidents.incidents)
    assert sorted(numbers([digest(ALONE, found, has_thread=False)])) == sorted(shown)


def test_marks__say_that_a_snooze_ends_today_and_what_is_open_for_long():
    said = digest(ALONE, morning(SNOOZED, PROCESSING), has_thread=False).text
    (snoozed,) = [line for line in said.splitlines() if "#000004" in line]
    assert "💤 snooze ends today <!date^" in snoozed
    assert "⏳ open for more than a day" in snoozed
    assert "1 snooze ends today" in said
