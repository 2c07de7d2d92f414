"""What repositories keep, on both kinds of database, and who is first when several ask at once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from recorded import NOW

from bot.storage.acknowledgements import AcknowledgementTable, StoredPress
from bot.storage.oncall.shift_takeovers import ShiftKey, ShiftTakeoverTable, StoredTakeover
from bot.storage.oncall.usergroup_decisions import GroupPlanKey, StoredDecision, UserGroupDecisionTable
from bot.storage.outbox import OutboxTable, OutboxThread
from bot.storage.people.slack_profiles import SlackProfileTable, StoredProfile
from bot.storage.postings import PostingKey, PostingKind

LATER = NOW + timedelta(hours=1)
DIGEST = PostingKey("payments", PostingKind.DIGEST, date(2026, 11, 24))
BENT = "Bob \0 \ud800 🦀"
MENDED = "Bob \N{REPLACEMENT CHARACTER} ? 🦀"


def pressed(press, user="U0BOB", name="Bob Müller"):
    return StoredPress(slack_user_id=user, slack_user_name=name, acknowledged_at=NOW, press=press)


async def claimed(table, press, stale=None, now=NOW, **who):
    return await table.claim(
        "payments", "id1", pressed(press, **who), stale=stale, now=now, kept_until=now + timedelta(days=31)
    )


@pytest.fixture
def acknowledgements(database):
    return AcknowledgementTable(database)


async def stored_press(acknowledgements):
    return (await acknowledgements.read("payments", ["id1"], NOW))["id1"].press


async def test_claim__by_many_at_once__is_the_first_ones(acknowledgements):
    outcomes = await asyncio.gather(*(claimed(acknowledgements, f"press {n}", user=f"U{n}") for n in range(8)))
    assert outcomes.count(None) == 1
    winner = f"U{outcomes.index(None)}"
    assert {one.slack_user_id for one in outcomes if one} == {winner}


async def test_claim__over_a_stale_press_by_many_at_once__is_the_first_ones(acknowledgements):
    """The first write wins, in the database."""
    await claimed(acknowledgements, "of before")
    stale = await stored_press(acknowledgements)
    outcomes = await asyncio.gather(
        *(claimed(acknowledgements, f"press {n}", stale=stale, user=f"U{n}") for n in range(8))
    )
    assert outcomes.count(None) == 1
    winner = f"U{outcomes.index(None)}"
    assert {one.slack_user_id for one in outcomes if one} == {winner}
    assert (await acknowledgements.read("payments", ["id1"], NOW))["id1"].slack_user_id == winner


async def test_claim__again_by_the_same_press__is_still_its_own(acknowledgements):
    assert await claimed(acknowledgements, "press") is None
    assert await claimed(acknowledgements, "press") is None
    assert (await claimed(acknowledgements, "another press")).slack_user_id == "U0BOB"


async def test_claim__after_it_was_withdrawn_or_kept_too_long__is_free(acknowledgements):
    await claimed(acknowledgements, "press")
    await acknowledgements.withdraw("payments", "id1", press=await stored_press(acknowledgements))
    assert await claimed(acknowledgements, "next press", user="U0CAROL") is None
    assert await claimed(acknowledgements, "much later", now=NOW + timedelta(days=32)) is None


async def test_withdraw__leaves_who_was_put_there(acknowledgements):
    await claimed(acknowledgements, "press")
    await acknowledgements.attribute(
        "payments", "id1", slack_user_id="U0BOB", person_id=7, owner_id=8, put_there_at=NOW
    )
    await acknowledgements.withdraw("payments", "id1", press=await stored_press(acknowledgements))
    await claimed(acknowledgements, "next press", user="U0CAROL")
    stored = (await acknowledgements.read("payments", ["id1"], NOW))["id1"]
    assert (stored.owner_id, stored.put_there_at, stored.person_id) == (8, NOW, None)


async def test_claim__while_the_one_before_is_being_withdrawn__is_free(acknowledgements):
    await claimed(acknowledgements, "press")
    before = await stored_press(acknowledgements)
    await acknowledgements.withdraw("payments", "id1", press=before)
    assert await claimed(acknowledgements, "next press", user="U0CAROL", stale=before) is None


async def test_withdraw__of_an_earlier_press__leaves_the_one_that_came_since(acknowledgements):
    await claimed(acknowledgements, "press")
    before = await stored_press(acknowledgements)
    await claimed(acknowledgements, "next press", user="U0CAROL", stale=before)
    await acknowledgements.withdraw("payments", "id1", press=before)
    assert (await acknowledgements.read("payments", ["id1"], NOW))["id1"].slack_user_id == "U0CAROL"
    assert await stored_press(acknowledgements) not in {None, before}


async def test_attribute__after_somebody_else_has_pressed__changes_nothing(acknowledgements):
    await claimed(acknowledgements, "press")
    await acknowledgements.attribute(
        "payments", "id1", slack_user_id="U0ALICE", person_id=7, owner_id=8, put_there_at=None
    )
    assert (await acknowledgements.read("payments", ["id1"], NOW))["id1"].owner_id is None


async def test_pressed_by__is_of_one_team_and_person(acknowledgements):
    await claimed(acknowledgements, "press")
    assert await acknowledgements.pressed_by("payments", "U0BOB", NOW) == {"id1"}
    assert await acknowledgements.pressed_by("search", "U0BOB", NOW) == frozenset()
    assert await acknowledgements.pressed_by("payments", "U0ALICE", NOW) == frozenset()


async def test_names__of_any_content__are_stored_on_either_database(acknowledgements, database):
    await claimed(acknowledgements, "press", name=BENT)
    assert (await acknowledgements.read("payments", ["id1"], NOW))["id1"].slack_user_name == MENDED
    profiles = SlackProfileTable(database)
    await profiles.put(
        "bob@harbor.example", StoredProfile(slack_user_id="U0BOB", slack_user_name=BENT), kept_until=LATER
    )
    assert (await profiles.read(["bob@harbor.example"], NOW))["bob@harbor.example"].slack_user_name == MENDED


async def test_profiles__of_nobody_of_somebody_and_not_stored__are_three_things(database):
    profiles, bob = SlackProfileTable(database), StoredProfile(slack_user_id="U0BOB", slack_user_name="Bob Müller")
    await profiles.put("bob@harbor.example", bob, kept_until=LATER)
    await profiles.put("nobody@harbor.example", None, kept_until=LATER)
    await profiles.put("over@harbor.example", bob, kept_until=NOW)
    asked = [f"{name}@harbor.example" for name in ("bob", "nobody", "over", "new")]
    assert await profiles.read(asked, NOW) == {"bob@harbor.example": bob, "nobody@harbor.example": None}
    await profiles.forget(asked)
    assert await profiles.read(asked, NOW) == {}


def taken(user, *, is_theirs=False):
    return StoredTakeover(slack_user_id=user, slack_user_name=user, taken_at=NOW, is_theirs=is_theirs)


async def test_takeovers__the_first_counts_until_the_shifts_own_person_takes_it(database):
    table, shift = ShiftTakeoverTable(database), ShiftKey(team="payments", schedule_id=6001, starts_at=NOW)
    first = await asyncio.gather(*(table.take(shift, taken(f"U{n}"), kept_until=LATER) for n in range(4)))
    assert len({counts for counts, _ in first}) == 1
    own = taken("U0ALICE", is_theirs=True)
    assert await table.take(shift, own, kept_until=LATER) == (own, first[0][0])
    assert await table.take(shift, taken("U0BOB", is_theirs=True), kept_until=LATER) == (own, own)
    other = replace(shift, starts_at=LATER)
    assert await table.take(other, taken("U0BOB"), kept_until=LATER) == (taken("U0BOB"), None)
    assert await table.read_all([shift, other, replace(shift, schedule_id=6002)]) == {
        shift: own,
        other: taken("U0BOB"),
    }


async def test_decisions__the_first_answer_to_a_plan_counts(database):
    table = UserGroupDecisionTable(database)
    plan = GroupPlanKey(team="payments", group_id="S0ONCALL", signature="8f4e2a10")
    yes = StoredDecision(
        handle="payments-oncall", follows=True, decided_by="Alice Chen", slack_user_id="U0ALICE", decided_at=NOW
    )
    no = replace(yes, follows=False, decided_by="Bob Müller", slack_user_id="U0BOB")
    assert await table.read(plan) is None
    assert await table.add(plan, yes) == yes
    assert await table.add(plan, no) == yes
    assert await table.add(replace(plan, signature="00000000"), no) == no


async def test_outbox__a_thread_is_one_postings_and_in_its_order(database):
    table = OutboxTable(database)
    owed = OutboxThread(posting=DIGEST, messages=tuple({"text": str(n)} for n in range(12)), created_at=NOW)
    await table.put_thread(replace(owed, messages=({"text": "old"},) * 14), kept_until=LATER)
    await table.put_thread(owed, kept_until=LATER)
    assert await table.thread(DIGEST, NOW) == owed
    assert await table.thread(DIGEST._replace(kind=PostingKind.REPORT), NOW) is None
    assert await table.threads(NOW, created_before=NOW) == [DIGEST]
    assert await table.threads(NOW, created_before=NOW - timedelta(seconds=1)) == []
    assert await table.threads(LATER, created_before=LATER) == []
    await table.drop_thread(DIGEST)
    assert await table.thread(DIGEST, NOW) is None


async def test_outbox__messages_of_an_alert_are_stored_once_whoever_stores_them(database):
    table = OutboxTable(database)

    async def put(at, *users):
        return await table.put_messages(
            "is_archived C0PAY", payloads={user: {"text": "x"} for user in users}, created_at=at, kept_until=LATER
        )

    assert await put(NOW, "U0ALICE", "U0BOB") == NOW
    assert await put(NOW + timedelta(minutes=1), "U0CAROL") == NOW
    alice, bob = await table.messages(NOW)
    assert (alice.slack_user_id, bob.slack_user_id) == ("U0ALICE", "U0BOB")
    await table.drop_message(alice)
    assert await table.messages(NOW, alert_key="is_archived C0PAY") == [bob]
    assert await table.drop_messages("is_archived C0PAY")
    assert not await table.drop_messages("is_archived C0PAY")
