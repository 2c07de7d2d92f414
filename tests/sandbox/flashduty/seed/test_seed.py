"""What Harbor's account is filled with."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.flashduty import PretendFlashduty, harbor_account
from sandbox.flashduty.seed.demo import demo_account

START = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
DAY = 86_400
PAYMENTS = (5001, 5002)


@pytest.fixture(scope="module")
def account():
    return harbor_account(START)


def open_ones(account, channels, days=31):
    since = START.timestamp() - days * DAY
    return [
        one
        for one in account.incidents.values()
        if one["channel_id"] in channels and one["progress"] != "Closed" and one["start_time"] >= since
    ]


def test_the_fill__for_the_same_start__is_the_same():
    one, other = harbor_account(START), harbor_account(START)
    assert (one.incidents, one.persons, one.schedules) == (other.incidents, other.persons, other.schedules)
    later = harbor_account(START + timedelta(days=1))
    assert later.incidents != one.incidents


def test_the_demo__has_a_form_of_one_team_and_people_who_differ():
    account = demo_account(START)
    assert [sorted(form.team_ids) for form in account.forms] == [[4002]]
    assert len({account.preferences.get(one, ("voice",)) for one in account.persons}) > 2
    assert account.unreachable.keys() <= account.persons.keys()
    assert harbor_account(START).forms == []


def test_payments__have_fourteen_open_ones_and_one_no_list_reaches(account):
    assert len(open_ones(account, PAYMENTS)) == 14
    assert len(open_ones(account, PAYMENTS, days=60)) == 15


def test_search__has_a_hundred_and_twenty_open_ones(account):
    assert len(open_ones(account, (5003,))) == 120


def test_payments__have_one_of_every_kind_that_is_hard_to_show(account):
    found = open_ones(account, PAYMENTS)
    titles = [one["title"] for one in found]
    assert any(len(title) == 500 for title in titles)
    for hard in ("<!channel>", "<@U0ALICE>", "> ```", "\u202e", "🔥", "支付网关超时率升高"):
        assert any(hard in title for title in titles), hard
    assert {one["incident_severity"] for one in found} == {"Critical", "Warning", "Info"}
    assert Counter(one["num"] for one in found)["5C0DE5"] == 2
    assert [one["num"] for one in found if one["snoozed_before"] > START.timestamp()] == ["44D2AB"]
    assert [one["num"] for one in found if one["incident_status"] == "Ok" and one["end_time"]] == ["E0A5ED"]
    assert any(sum(1 for it in one["responders"] if it["acknowledged_at"]) == 2 for one in found)
    assert any(not one["responders"] for one in found)
    assert sum(one["progress"] == "Processing" for one in found) >= 3


def test_every_incident__is_consistent_with_itself(account):
    now = START.timestamp()
    for incident_id, one in account.incidents.items():
        acked = [it["acknowledged_at"] for it in one["responders"] if it["acknowledged_at"]]
        assert one["incident_id"] == incident_id
        assert one["num"] == incident_id[-6:].upper()
        assert one["start_time"] <= max(acked, default=one["start_time"]) <= now
        assert one["ack_time"] == min(acked, default=0)
        assert (one["progress"] == "Closed") == bool(one["close_time"])
        assert (one["progress"] == "Triggered") <= (not acked)
        assert one["close_time"] <= now
        assert {it["person_id"] for it in one["responders"]} <= account.persons.keys()
        assert account.channels[one["channel_id"]]["channel_name"] == one["channel_name"]


@pytest.mark.parametrize("hour", range(24))
def test_every_start__gives_a_whole_account(hour):
    account = harbor_account(START.replace(hour=hour) + timedelta(days=hour))
    assert len(account.incidents) == 15 + 2 + 120 + 45


def test_an_incident_raised__without_a_title__is_a_plausible_trouble():
    flashduty = PretendFlashduty(clock=Clock(START, frozen=True))
    raised = [flashduty.raise_incident() for _ in range(3)]
    assert len({one["title"] for one in raised}) == len({one["incident_id"] for one in raised}) == 3
    assert all(one["start_time"] == int(START.timestamp()) for one in raised)
    assert all(one["labels"]["check"] for one in raised)


def test_an_incident_raised__by_hand__is_as_wished():
    flashduty = PretendFlashduty(clock=Clock(START, frozen=True))
    one = flashduty.raise_incident("Broken", severity="Info", flashduty_channel="Checkout", impact="Nobody can pay")
    assert (one["title"], one["incident_severity"], one["channel_id"]) == ("Broken", "Info", 5002)
    assert flashduty.account.incidents[one["incident_id"]] is one


@pytest.mark.parametrize("wrong", [{"severity": "Fatal"}, {"flashduty_channel": 1}, {"colour": "red"}])
def test_an_incident_raised__with_something_unknown__is_refused(wrong):
    with pytest.raises((LookupError, ValueError)):
        PretendFlashduty(clock=Clock()).raise_incident(**wrong)
