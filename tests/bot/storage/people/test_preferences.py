"""What people chose, on both kinds of database."""

import pytest

from bot.storage.people.preferences import PreferenceTable

ALICE, BOB = "U0ALICE", "U0BOB"


@pytest.fixture
def preferences(database):
    return PreferenceTable(database)


async def test_a_choice__is_given_back_to_its_person_only(preferences):
    await preferences.choose_language(ALICE, "zh-CN")
    assert await preferences.language_of(ALICE) == "zh-CN"
    assert await preferences.language_of(BOB) is None


async def test_a_choice__made_again__takes_the_place_of_the_first(preferences):
    await preferences.choose_language(ALICE, "zh-CN")
    await preferences.choose_language(ALICE, "en")
    assert await preferences.language_of(ALICE) == "en"


async def test_a_choice__withdrawn__is_gone(preferences):
    await preferences.choose_language(ALICE, "zh-CN")
    await preferences.forget_language(ALICE)
    await preferences.forget_language(BOB)
    assert await preferences.language_of(ALICE) is None


async def test_where_somebody_is_mentioned__is_theirs_alone__and_can_be_withdrawn(preferences):
    await preferences.choose_mention(ALICE, "dm")
    await preferences.choose_mention(ALICE, "off")
    await preferences.choose_language(BOB, "en")
    assert await preferences.mentions_of([ALICE, BOB, "U0CAROL"]) == {ALICE: "off"}
    await preferences.choose_mention(ALICE, None)
    await preferences.choose_mention(BOB, None)
    assert await preferences.mentions_of([ALICE, BOB]) == {}
    assert await preferences.language_of(BOB) == "en"


async def test_the_two_choices__do_not_touch_each_other(preferences):
    await preferences.choose_mention(ALICE, "dm")
    assert await preferences.language_of(ALICE) is None
    await preferences.choose_language(ALICE, "zh-CN")
    await preferences.choose_language(ALICE, "en")
    assert await preferences.mentions_of([ALICE]) == {ALICE: "dm"}
    await preferences.forget_language(ALICE)
    assert await preferences.language_of(ALICE) is None
    assert await preferences.mentions_of([ALICE]) == {ALICE: "dm"}
