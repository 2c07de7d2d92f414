"""Trouble that keeps groups, topics, reminders or words to admins from being right: told once, never for nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at

from sandbox.faults import Fault

NO_DIGEST = {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}
BACKUP = {**NO_DIGEST, "FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS": "S0PAYONCALL=6002"}
TOPIC = {**NO_DIGEST, "FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true"}


async def minutes_later(place, minutes=1, steps=1):
    for _ in range(steps):
        place.clock.shift(timedelta(minutes=minutes))
        await place.bot.tick()


def members(place):
    return set(place.slack.workspace.groups["S0PAYONCALL"].users)


def told(place, words, user=CAROL, channel=PAYMENTS):
    return [message["text"] for message in place.slack.seen_by(user, channel) if words in message["text"]]


async def agreed(place):
    proposal = place.shown()[-1]
    action = next(
        element["action_id"]
        for block in proposal["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id", "").startswith("follow_group")
    )
    await place.presses(proposal, action)


async def test_slack_that_does_not_tell_who_somebody_is__is_told_after_half_an_hour_and_when_it_is_over():
    async with harbor_at(**BACKUP) as place:
        await agreed(place)
        place.slack.fail("users.lookupByEmail", Fault.error("missing_scope"), times=None)
        place.clock.shift(timedelta(days=3, minutes=40))
        await minutes_later(place, 5, steps=5)
        assert told(place, "is not in sync with the on-call schedules") == []
        await minutes_later(place, 5, steps=4)
        (said,) = told(place, "is not in sync with the on-call schedules")
        assert "users:read.email" in said
        place.slack.mend()
        await minutes_later(place, 5, steps=3)
        assert len(told(place, "is in sync with on-call again")) == 1


@pytest.mark.parametrize("fault", [Fault.html(502), Fault.reset(), Fault.error("internal_error")])
async def test_a_passing_failure__is_nobodys_business_and_one_that_lasts_is_told_once(fault):
    async with harbor_at(**BACKUP) as place:
        await agreed(place)
        place.slack.fail("usergroups.users.update", fault)
        await minutes_later(place, 30)
        await minutes_later(place)
        assert told(place, "is not in sync with the on-call schedules") == []
        place.slack.fail("usergroups.users.update", fault, times=None)
        place.clock.shift(timedelta(days=1))
        await minutes_later(place, 10, steps=12)
        assert len(told(place, "is not in sync with the on-call schedules")) == 1


async def test_trouble_that_comes_back_the_same_day__is_told_again():
    async with harbor_at(**BACKUP) as place:
        await agreed(place)
        for hours in (0.5, 1):
            place.clock.shift(timedelta(hours=hours))
            place.slack.fail("usergroups.users.update", Fault.error("permission_denied"), times=None)
            place.slack.workspace.groups["S0PAYONCALL"].users[:] = [CAROL]
            await minutes_later(place, 16, steps=2)
            place.slack.mend()
            await minutes_later(place)
        assert len(told(place, "is not in sync with the on-call schedules")) == 2
        assert len(told(place, "is in sync with on-call again")) == 2


async def test_a_proposal_that_cannot_be_made__is_told():
    def poor(slack):
        slack.fail("usergroups.list", Fault.error("paid_teams_only"), times=None)

    async with harbor_at(prepare=poor, **BACKUP) as place:
        await minutes_later(place, 15, steps=3)
        (said,) = told(place, "is not in sync with the on-call schedules")
        assert "paid plan" in said


async def test_schedules_that_cannot_be_read__are_told_once_with_the_cure():
    async with harbor_at(**BACKUP) as place:
        place.flashduty.fail("/schedule/list", Fault.code("AccessDenied"), times=None)
        await minutes_later(place, 6, steps=4)
        (said,) = told(place, "did not return the schedules of team payments")
        assert "Not allowed: the Flashduty key" in said
        place.flashduty.mend()
        await minutes_later(place, 6)
        assert len(told(place, "returns the schedules of team payments again")) == 1


async def test_a_short_outage_of_flashduty__is_not_told():
    async with harbor_at(**BACKUP) as place:
        place.flashduty.fail("*", Fault.reset(), times=None)
        await minutes_later(place, 6, steps=3)
        place.flashduty.mend()
        await minutes_later(place, 6)
        assert told(place, "read again") == told(place, "cannot be read") == []


async def test_an_answer_without_somebodys_address__takes_nobody_out():
    async with harbor_at(**BACKUP) as place:
        await agreed(place)
        before = members(place)
        for person in place.flashduty.account.persons.values():
            person.pop("email", None)
        await minutes_later(place, 6, steps=2)
        assert members(place) == before


async def test_words_people_write_while_a_topic_waits_for_its_turn__stay():
    async with harbor_at(**TOPIC) as place:
        channel = place.slack.workspace.channels[PAYMENTS]
        channel.topic = "Edited by a person"
        await minutes_later(place, 31)
        assert channel.topic.startswith("Edited by a person [on call: ")


async def test_an_admin_whom_slack_would_not_let_us_tell__is_told_later_and_once():
    async with harbor_at(ADMINS=ALICE) as place:
        place.slack.workspace.channels[PAYMENTS].is_archived = True
        place.slack.fail("chat.postMessage", Fault.error("is_archived"))
        place.slack.fail("chat.postMessage", Fault.rate_limited(retry_after=30))
        await minutes_later(place, 30)
        await minutes_later(place, 1, steps=4)
        assert len(told(place, "was not posted in", ALICE, "D0ALICE")) == 1


async def test_a_conversation_that_cannot_be_opened__does_not_keep_a_reminder_away():
    def poor(slack):
        slack.workspace.app.scopes = tuple(one for one in slack.workspace.app.scopes if one != "im:write")

    dm = {**NO_DIGEST, "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "dm"}
    async with harbor_at(prepare=poor, **dm) as place:
        await minutes_later(place)
        assert len(told(place, "Your Payments backup shift", BOB, "D0BOB")) == 1


async def test_a_clock_that_steps_back_while_flashduty_is_down__invents_no_hand_over():
    channel = {**NO_DIGEST, "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "channel"}
    async with harbor_at(**channel) as place:
        place.flashduty.fail("*", Fault.reset(), times=None)
        await minutes_later(place, -90)
        assert place.shown(CAROL) == []


async def test_a_large_group__asks_for_the_names_that_are_shown_and_no_more():
    def crowded(slack):
        people, carol = slack.workspace.people, slack.workspace.people[CAROL]
        people.update(
            (f"U0MANY{n}", replace(carol, id=f"U0MANY{n}", email=f"many{n}@harbor.example")) for n in range(60)
        )
        slack.workspace.groups["S0PAYONCALL"].users.extend(f"U0MANY{n}" for n in range(60))

    async with harbor_at(prepare=crowded, **BACKUP) as place:
        (proposal,) = told(place, "• Removed: ")
        assert "and 41 others" in proposal
        assert len([call for call in place.slack.calls if call.method == "users.info"]) <= 25


async def test_a_clock_that_is_far_ahead_for_a_moment__brings_no_digest_twice(quay):
    await minutes_later(quay, 30)
    assert len(told(quay, "Digest of team")) == 1
    quay.clock.shift(timedelta(days=62))
    await quay.bot.tick()
    quay.clock.shift(timedelta(days=-62))
    await minutes_later(quay)
    assert len([text for text in told(quay, "Digest of team") if "24 November" in text]) == 1


async def test_digest_post_whose_answer_was_lost__is_found_and_said_to_be_there():
    async with harbor_at() as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer())
        await place.types("/flashduty digest post")
        await place.slack.settled()
        assert len(told(place, "Digest of team")) == 1
        assert len(told(place, "Today's digest is in", ALICE)) == 1
