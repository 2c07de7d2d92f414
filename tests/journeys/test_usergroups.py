"""User groups that follow who is on call: shown first, agreed to by a button, then kept equal."""

import asyncio
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of

from sandbox.faults import Fault

GROUPS = "FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS"
XIAOMING = "U0XIAOMING"
# 6001 is the primary with two roles, 6002 the backup, 6006 has nobody, 6003 belongs to another team.
BACKUP = {GROUPS: "S0PAYONCALL=6002"}
NO_DIGEST = {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}


async def minutes_later(place, minutes=1):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()


def members(place):
    return set(place.slack.workspace.groups["S0PAYONCALL"].users)


def calls(place, method):
    return [call for call in place.slack.calls if call.method == method]


def button(message, name):
    return next(
        element["action_id"]
        for block in message["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id", "").startswith(name)
    )


async def agreed(place, user=ALICE):
    await place.bot.tick()
    proposal = place.shown(user)[-1]
    await place.presses(proposal, button(proposal, "follow_group"), user)
    return next(message for message in place.shown(user) if message["ts"] == proposal["ts"])


async def test_the_first_run_shows_what_would_change__and_changes_nothing():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await place.bot.tick()
        await minutes_later(place)
        (proposal,) = place.shown(CAROL)
        assert "Keep @payments-oncall in sync with on-call?" in proposal["text"]
        assert "Schedules: Payments backup" in proposal["text"]
        assert "• Added: 王小明" in proposal["text"] or "• Added: Bob" in proposal["text"]
        assert "• Removed: Carol Diaz" in proposal["text"]
        assert proposal["mentions"] == []
        assert members(place) == {CAROL}
        assert calls(place, "usergroups.users.update") == []


async def test_after_the_button_it_is_equal_and_stays_so():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        said = await agreed(place)
        assert "@payments-oncall is synced with on-call" in said["text"]
        assert "Approved by Alice Chen" in said["text"]
        before = members(place)
        assert len(before) == 1
        assert CAROL not in before
        await minutes_later(place, 30)
        assert len(members(place)) == 1
        assert members(place) != before


async def test_an_unchanged_group_costs_no_write_and_is_looked_at_every_quarter_of_an_hour():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        reads, writes = len(calls(place, "usergroups.users.list")), len(calls(place, "usergroups.users.update"))
        for _ in range(14):
            await minutes_later(place)
        assert len(calls(place, "usergroups.users.list")) == reads
        await minutes_later(place)
        assert len(calls(place, "usergroups.users.list")) == reads + 1
        assert len(calls(place, "usergroups.users.update")) == writes == 1


async def test_what_somebody_changed_by_hand__is_put_right():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        right = members(place)
        place.slack.workspace.groups["S0PAYONCALL"].users.append(CAROL)
        await minutes_later(place, 16)
        assert members(place) == right


async def test_two_replicas_write_once_at_a_hand_over():
    async with (
        harbor_at(**NO_DIGEST, **BACKUP) as place,
        replica_of(place) as other,
    ):
        await agreed(place)
        place.clock.shift(timedelta(minutes=30))
        await asyncio.gather(place.bot.tick(), other.tick())
        assert len(calls(place, "usergroups.users.update")) == 2
        assert len(place.sees(CAROL)) == 1


async def test_several_schedules_and_roles_feed_one_group__and_whoever_is_pinned_stays():
    async with harbor_at(**NO_DIGEST, **{GROUPS: "S0PAYONCALL=6001/1,6002,U0CAROL"}) as place:
        await agreed(place)
        primary_and_backup = members(place)
        assert CAROL in primary_and_backup
        assert len(primary_and_backup) >= 2


async def test_no__leaves_it_alone_for_good():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await place.bot.tick()
        proposal = place.shown()[-1]
        await place.presses(proposal, button(proposal, "leave_group"))
        assert "is not synced with on-call" in place.shown()[-1]["text"]
        await minutes_later(place, 60 * 24 * 8)
        assert members(place) == {CAROL}
        assert len(place.shown()) == 1


def now_shown(place, message, user=ALICE):
    return next(one for one in place.shown(user) if one["ts"] == message["ts"])


async def stopped(place, user=BOB):
    decided = await agreed(place)
    await place.presses(decided, button(decided, "stop_group"), user)
    return now_shown(place, decided)


async def test_stop__leaves_the_members_as_they_are_from_then_on():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        after = await stopped(place)
        assert after["text"].startswith("*@payments-oncall is not synced with on-call.* Decided by Bob Müller, ")
        assert "You will be asked again if the schedules in the settings change." in after["text"]
        kept, writes = members(place), len(calls(place, "usergroups.users.update"))
        await minutes_later(place, 30)
        await minutes_later(place, 60 * 24 * 8)
        assert members(place) == kept
        assert len(calls(place, "usergroups.users.update")) == writes
        assert len(place.shown()) == 1, "no other proposal comes by itself"


async def test_stop__asks_first():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        decided = await agreed(place)
        (stop,) = [one for block in decided["blocks"] for one in block.get("elements", []) if "stop_group" in str(one)]
        assert stop["confirm"]["title"]["text"] == "Stop the sync?"
        assert stop["confirm"]["deny"]["text"] == "Keep in sync"


async def test_whoever_may_only_look__cannot_stop_it():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        decided = await agreed(place)
        await place.presses(decided, button(decided, "stop_group"), CAROL)
        assert "is synced with on-call" in now_shown(place, decided)["text"]
        await minutes_later(place, 30)
        assert len(calls(place, "usergroups.users.update")) == 2


async def test_a_stop__holds_on_the_other_replica_and_after_a_restart():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        async with replica_of(place) as other:
            await stopped(place)
            kept = members(place)
            place.clock.shift(timedelta(minutes=30))
            await asyncio.gather(place.bot.tick(), other.tick())
        async with replica_of(place) as after:
            place.clock.shift(timedelta(minutes=30))
            await after.tick()
        assert members(place) == kept
        assert len(place.shown()) == 1


async def test_two_who_stop_it_at_once__read_the_same():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        decided = await agreed(place)
        name = button(decided, "stop_group")
        await asyncio.gather(*(place.presses({**decided}, name, user) for user in (ALICE, BOB, ALICE)))
        text = now_shown(place, decided)["text"]
        await place.presses({**decided}, name, BOB)
        assert now_shown(place, decided)["text"] == text


async def test_propose_again__brings_the_proposal_back_in_place_and_syncs_after_the_button():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        after = await stopped(place)
        await minutes_later(place, 30)
        await place.presses(after, button(after, "propose_group"), ALICE)
        again = now_shown(place, after)
        assert again["text"].startswith("*Keep @payments-oncall in sync with on-call?*")
        kept = members(place)
        await minutes_later(place)
        assert members(place) == kept
        await place.presses(again, button(again, "follow_group"), ALICE)
        assert "is synced with on-call" in now_shown(place, after)["text"]
        assert members(place) != kept


async def test_propose_again_after_somebody_agreed__shows_what_counts():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        after = await stopped(place)
        name = button(after, "propose_group")
        await place.presses({**after}, name, ALICE)
        again = now_shown(place, after)
        await place.presses(again, button(again, "follow_group"), BOB)
        await place.presses({**after}, name, ALICE)
        assert "is synced with on-call.* Approved by Bob Müller" in now_shown(place, after)["text"]


async def test_propose_again_while_flashduty_is_down__says_why_and_changes_nothing():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        after = await stopped(place)
        place.flashduty.fail("*", Fault.reset(), times=None)
        place.clock.shift(timedelta(minutes=30))
        await place.presses(after, button(after, "propose_group"), ALICE)
        told = place.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]
        assert told.startswith("*No proposal for @payments-oncall could be made.*")
        assert now_shown(place, after)["text"] == after["text"]


async def test_whoever_may_only_look__cannot_agree():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await place.bot.tick()
        proposal = place.shown(CAROL)[-1]
        await place.presses(proposal, button(proposal, "follow_group"), CAROL)
        assert members(place) == {CAROL}
        assert "Only its responders" in place.slack.seen_by(CAROL, PAYMENTS)[-1]["text"]


async def test_the_second_to_press_is_shown_who_was_first():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await place.bot.tick()
        proposal = place.shown()[-1]
        await place.presses(proposal, button(proposal, "leave_group"), ALICE)
        await place.presses({**proposal}, button(proposal, "follow_group"), BOB)
        assert "Decided by Alice Chen" in place.shown()[-1]["text"]
        assert members(place) == {CAROL}


async def test_other_schedules_in_the_settings__ask_again():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        old = place.shown()[-1]
        environ = {**place.settings.model_dump()}
        team = environ["flashduty_teams"]["payments"]
        changed = place.settings.model_copy(
            update={
                "flashduty_teams": {
                    **place.settings.flashduty_teams,
                    "payments": type(place.settings.flashduty_teams["payments"])(
                        **{**team, "oncall_usergroups": "S0PAYONCALL=6001"}
                    ),
                }
            }
        )
        async with replica_of(place, changed) as other:
            await other.tick()
            assert "Schedules: Payments primary" in place.shown()[-1]["text"]
            assert place.shown()[-1]["ts"] != old["ts"]


async def test_an_empty_schedule__leaves_the_group_alone_and_says_so_once():
    async with harbor_at(**NO_DIGEST, **{GROUPS: "S0PAYONCALL=6006"}) as place:
        said = await agreed(place)
        assert said["text"].startswith("⚠️ *Approved by Alice Chen, but the group could not be changed*")
        assert "Nobody is on call on its schedules" in said["text"]
        for _ in range(3):
            await minutes_later(place)
        told = [text for text in place.sees(CAROL) if "is not in sync with the on-call schedules" in text]
        assert len(told) == 1
        assert members(place) == {CAROL}


async def test_a_schedule_that_is_not_there__is_told():
    async with harbor_at(**NO_DIGEST, **{GROUPS: "S0PAYONCALL=6002,6003"}) as place:
        said = await agreed(place)
        assert "One of its schedules does not exist" in said["text"]
        assert members(place) == {CAROL}


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        ("permission_denied", "Ask an administrator of the workspace to allow it"),
        ("missing_scope", "usergroups:write"),
        ("paid_teams_only", "paid plan"),
        ("something_new", "something_new"),
    ],
)
async def test_a_failure__is_told_in_the_channel_once_and_again_after_it_was_right(code, cure):
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        place.slack.fail("usergroups.users.update", Fault.error(code), times=None)
        place.clock.shift(timedelta(minutes=30))
        for _ in range(4):
            await minutes_later(place)
        told = [text for text in place.sees(CAROL) if "is not in sync with the on-call schedules" in text]
        assert len(told) == 1
        assert cure in told[0]
        place.slack.mend()
        await minutes_later(place)
        assert len(members(place)) == 1


async def test_when_slack_is_asked_too_often__nobody_is_bothered_and_it_is_tried_again():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        before = members(place)
        place.slack.fail("usergroups.users.update", Fault.rate_limited(retry_after=30))
        await minutes_later(place, 30)
        assert members(place) == before
        await minutes_later(place)
        assert members(place) != before
        assert len(place.sees(CAROL)) == 1


async def test_nothing_is_taken_out__when_flashduty_or_slack_cannot_tell_who_somebody_is():
    async with harbor_at(**NO_DIGEST, **BACKUP) as place:
        await agreed(place)
        before = members(place)
        place.flashduty.fail("*", Fault.reset(), times=None)
        await minutes_later(place, 30)
        assert members(place) == before
        place.flashduty.mend()
        place.slack.fail("users.lookupByEmail", Fault.error("internal_error"), times=None)
        place.clock.shift(timedelta(days=3))
        await place.bot.tick()
        assert members(place) == before
        place.slack.mend()
        await minutes_later(place)
        assert members(place) != before


async def test_somebody_on_call_whom_slack_does_not_know__is_told_once():
    def strange(slack):
        slack.workspace.people[BOB].email = "robert@harbor.example"

    async with harbor_at(prepare=strange, **NO_DIGEST, **{GROUPS: "S0PAYONCALL=6001,6002"}) as place:
        proposal = place.shown()[-1]
        assert "not in Slack by their e-mail: Bob Müller" in proposal["text"]
        await agreed(place)
        for _ in range(3):
            await minutes_later(place, 16)
        assert BOB not in members(place)
        told = [text for text in place.sees(CAROL) if "lacks people who are on call" in text]
        assert len(told) == 1
        assert "Bob Müller" in told[0]


async def test_somebody_who_has_left_since_they_were_looked_up__is_looked_up_again():
    async with harbor_at(**NO_DIGEST, **{GROUPS: "S0PAYONCALL=6002"}) as place:
        await agreed(place)
        place.clock.shift(timedelta(minutes=30))
        place.slack.workspace.people[BOB].is_deleted = True
        await place.bot.tick()
        for _ in range(3):
            await minutes_later(place)
        told = [text for text in place.sees(CAROL) if "is not in sync with the on-call schedules" in text]
        assert any("Nobody in Slack has the e-mail of those on call" in text for text in told)
        assert BOB not in members(place)
