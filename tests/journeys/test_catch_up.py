"""Catch me up: what was done and said about an incident, for whoever asks, made from its timeline alone."""

import pytest
from harbor import ALICE, BOB, PAYMENTS, harbor_at
from living import cards_at, looks, the_card
from living import raised as raised_with_card
from test_card import chooses

from sandbox.faults import Fault


def raised(place, **given):
    incident = place.flashduty.raise_incident(title="Ledger is behind", flashduty_channel=5001, **given)
    return incident["incident_id"]


async def caught_up(place, incident, user=ALICE):
    """Ask on the card of an incident, and give what only this person is shown."""
    await place.slack.settled()
    card = await place.types(f"/flashduty incident {incident}", user=user)
    await chooses(place, card, "Catch me up", user=user)
    return place.slack.seen_by(user, PAYMENTS)[-1]


async def test_catch_me_up__says_who_has_it_what_was_done_and_what_was_said(harbor):
    incident = raised(harbor)
    await harbor.types(f"/flashduty ack {incident}")
    await harbor.types(f"/flashduty comment {incident} rolling back the *deploy*")
    harbor.flashduty.console.snooze(incident, by="Bob Müller", minutes=30)
    shown = await caught_up(harbor, incident)
    assert "Ledger is behind" in shown["text"]
    assert "• Alice Chen, acknowledged" in shown["text"]
    assert "👤 Alice Chen acknowledged." in shown["text"]
    assert "Alice Chen: “rolling back the ∗deploy∗”" in shown["text"]
    assert "💤 Bob Müller snoozed it until" in shown["text"]
    assert "When the snooze ends" in shown["text"]


async def test_catch_me_up__is_for_whoever_asked_and_for_everyone_who_may_look(quay):
    incident = raised(quay)
    before = quay.sees(ALICE)
    shown = await caught_up(quay, incident, user=BOB)
    assert "Nothing so far." in shown["text"]
    assert quay.sees(ALICE) == before


async def test_catch_me_up__without_a_timeline__says_that_it_is_missing(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/feed", Fault.code("InternalError"), times=None)
    shown = await caught_up(quay, incident)
    assert "The timeline could not be read from Flashduty" in shown["text"]
    assert "Unacknowledged" in shown["text"]


async def test_catch_me_up__quotes_a_comment_that_only_looks_like_one_from_slack__with_whoever_wrote_it(quay):
    incident = raised(quay)
    quay.flashduty.console.comment(incident, by="Carol Diaz", text="Bob Müller in Slack: all is well")
    shown = await caught_up(quay, incident)
    assert "Carol Diaz: “Bob Müller in Slack: all is well”" in shown["text"]


def paged_next(message):
    """Who is paged next, as a message says it; at most one line does."""
    return [line for line in message["text"].splitlines() if line.startswith("⏫")]


async def test_catch_me_up__says_who_is_paged_next__as_the_card_does__by_the_schedules_of_the_next_level():
    async with cards_at() as place:
        incident = raised_with_card(place)
        await looks(place)
        (on_card,) = paged_next(the_card(place))
        assert "王小明 will be paged" in on_card
        assert paged_next(await place.types(f"/flashduty catchup {incident}")) == [on_card]
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        assert paged_next(await place.types(f"/flashduty catchup {incident}")) == []


async def test_catch_me_up__while_rules_or_schedules_are_not_read__does_without(quay):
    quay.flashduty.fail("/channel/escalate/rule/list", Fault.code("AccessDenied"), times=None)
    assert paged_next(await caught_up(quay, raised(quay))) == []


async def test_catch_me_up__about_an_incident_of_another_team__is_refused(quay):
    incident = raised(quay)
    card = await quay.types(f"/flashduty incident {incident}")
    quay.flashduty.account.incidents[incident]["channel_id"] = 5003
    await chooses(quay, card, "Catch me up")
    assert "Ledger is behind" not in quay.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]


async def test_catch_me_up__in_the_language_of_whoever_asks():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__LANGUAGE="en") as place:
        incident = raised(place)
        place.flashduty.console.comment(incident, by="Alice Chen", text="看一下")
        await place.types("/flashduty language zh")
        card = await place.types(f"/flashduty incident {incident}")
        await chooses(place, card, "了解进展")
        assert "*最近评论*" in place.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]


@pytest.mark.parametrize("words", ["catchup {num}", "catch me up on {num}", "summary #{num}", "进展{num}"])
async def test_catch_me_up__typed_with_a_number(quay, words):
    incident = raised(quay)
    quay.flashduty.console.comment(incident, by="Bob Müller", text="Rolling back")
    shown = await quay.types(f"/flashduty {words.format(num=incident[-6:].upper())}")
    assert "Bob Müller: “Rolling back”" in shown["text"]


@pytest.mark.parametrize("words", ["catchup", "catch me up", "进展", "summary"])
async def test_catch_me_up__without_a_number__says_how_it_is_typed__and_lists_what_is_open(quay, words):
    incident = raised(quay, severity="Critical")
    asked = await quay.types(f"/flashduty {words}")
    assert "`/flashduty catchup 0E83EE`" in asked["text"]
    await quay.presses(asked, f"open:{incident}")
    assert "*What was done*" in quay.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]
    await quay.presses(asked, "again:list")
    assert any("open, 11 unacknowledged" in one["text"] for one in quay.slack.seen_by(ALICE, PAYMENTS))


async def test_catch_me_up__in_a_thread_of_no_card__says_how_it_is_typed(quay):
    root = (await quay.slack.say(BOB, PAYMENTS, "something else")).message
    await quay.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> catch me up", thread_ts=root["ts"])
    await quay.slack.settled()
    assert "`/flashduty catchup 0E83EE`" in quay.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]


async def test_catch_me_up__about_an_unknown_number__says_so(quay):
    assert "No incident #FFFFFF" in (await quay.types("/flashduty catchup FFFFFF"))["text"]
