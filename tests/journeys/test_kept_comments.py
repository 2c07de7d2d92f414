"""What people typed for a comment that was not added: kept for an hour, theirs alone, and offered again."""

from datetime import timedelta

import pytest
from comment_forms import comments, opens, raised, said, sends, typed_in, view_of
from harbor import ALICE, BOB, CAROL, replica_of

from sandbox.faults import Fault


async def test_an_answer_that_is_lost__is_told_as_unknown_and_the_words_are_kept(harbor):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    harbor.flashduty.fail("/incident/comment", Fault.lost_answer())
    await sends(harbor, view, words="restarting")
    back = view_of(harbor)
    assert f"We could not confirm that the comment was added to #{incident['num']}." in said(back)
    assert typed_in(back) == "restarting"
    assert len(harbor.called("/incident/comment")) == 1
    await harbor.slack.close_view(ALICE, back)
    again = await opens(harbor, f"/flashduty comment {incident['num']}")
    assert "it is not known whether it was added. Check the timeline" in said(again)
    assert typed_in(again) == "restarting"


async def test_typed_words__are_offered_for_an_hour__by_another_replica_as_well(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.code("InternalError"))
    await sends(quay, await opens(quay, f"/flashduty comment {incident['num']}"), words="restarting")
    await quay.slack.close_view(ALICE, view_of(quay))
    async with replica_of(quay):
        quay.clock.shift(timedelta(minutes=59))
        assert typed_in(await opens(quay, f"/flashduty comment {incident['num']}")) == "restarting"
        await quay.slack.close_view(ALICE, view_of(quay))
        quay.clock.shift(timedelta(minutes=1))
        assert typed_in(await opens(quay, f"/flashduty comment {incident['num']}")) == ""


async def test_typed_words__that_were_added__are_not_offered_again(quay):
    incident = raised(quay)
    await sends(quay, await opens(quay, f"/flashduty comment {incident['num']}"), words="restarting")
    await quay.slack.close_view(ALICE, view_of(quay))
    assert typed_in(await opens(quay, f"/flashduty comment {incident['num']}")) == ""


async def test_typed_words__behind_the_command__come_before_those_that_were_kept(quay):
    incident = raised(quay)
    view = await opens(quay, "/flashduty comment restarting the database")
    quay.flashduty.fail("/incident/comment", Fault.code("AccessDenied"))
    await sends(quay, view, incident=incident)
    await quay.slack.close_view(ALICE, view_of(quay))
    view = await opens(quay, "/flashduty comment the database is back")
    assert typed_in(view) == "the database is back"
    assert "You wrote this" not in said(view)
    await quay.slack.close_view(ALICE, view)
    assert typed_in(await opens(quay)) == "restarting the database"


async def test_words_typed_behind_a_number__that_is_no_incident__are_offered_in_the_form(quay):
    await quay.types("/flashduty comment facade is slow today")
    assert typed_in(await opens(quay)) == "facade is slow today"


async def test_words_typed_behind_a_number__that_cannot_be_looked_up__are_offered_in_the_form(quay):
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    await quay.types("/flashduty comment C0FFEE restarting the database")
    quay.flashduty.mend()
    assert typed_in(await opens(quay)) == "C0FFEE restarting the database"


async def test_words_refused_beside_their_field__are_offered_when_the_form_was_closed(harbor):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    delivery = await harbor.slack.submit(ALICE, view, {"comment": {"field": "x" * 1_100}})
    assert list(delivery.errors) == ["comment"]
    await harbor.slack.close_view(ALICE, view)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    assert typed_in(view) == "x" * 1_100
    assert "You wrote this" in said(view)


async def test_a_blank_field_that_is_refused__does_not_take_the_place_of_what_was_kept(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    await quay.slack.submit(ALICE, view, {"comment": {"field": "x" * 1_100}})
    await quay.slack.submit(ALICE, view, {"comment": {"field": "\u200b"}})
    await quay.slack.close_view(ALICE, view)
    assert typed_in(await opens(quay, f"/flashduty comment {incident['num']}")) == "x" * 1_100


@pytest.mark.parametrize("character", ["\0", "\ud83d"], ids=["NUL", "half a pair"])
async def test_a_character_that_cannot_be_stored__is_named_beside_the_field_and_the_rest_is_kept(harbor, character):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    delivery = await harbor.slack.submit(ALICE, view, {"comment": {"field": f"restarting{character} the database"}})
    told = "The character behind “restarting” cannot be stored. Delete it, and send the form again."
    assert delivery.errors == {"comment": told}
    assert comments(harbor) == []
    await harbor.slack.close_view(ALICE, view)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    assert typed_in(view) == "restarting\ufffd the database"


@pytest.mark.parametrize("words", ["restarting", "x" * 1_100], ids=["Flashduty refuses", "too long"])
async def test_kept_words__name_the_incident_that_was_chosen_for_them(quay, words):
    incident = raised(quay)
    view = await opens(quay)
    quay.flashduty.fail("/incident/comment", Fault.code("AccessDenied"))
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed=incident["num"])
    (option,) = told.answer["options"]
    values = {"incident": {"find_incident": option["value"]}, "comment": {"field": words}}
    await quay.slack.submit(ALICE, view, values)
    await quay.slack.settled(timeout=30)
    await quay.slack.close_view(ALICE, view_of(quay))
    assert f" for {option['text']['text']}, and it was not added." in said(await opens(quay))


async def test_a_chosen_number__with_flashduty_dead__is_told_as_not_added_with_the_text_kept(quay):
    incident = raised(quay)
    view = await opens(quay)
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    await sends(quay, view, words="restarting", incident=incident)
    back = view_of(quay)
    assert f"*The comment was not added to #{incident['num']}.* Your text is kept for an hour." in said(back)
    assert typed_in(back) == "restarting"
    await quay.slack.close_view(ALICE, back)
    view = await opens(quay)
    assert typed_in(view) == "restarting"
    assert f" for #{incident['num']}, and it was not added." in said(view)


async def test_the_form_for_a_typed_number__with_flashduty_dead__says_that_nothing_was_added(quay):
    incident = raised(quay)
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    assert f"*The comment was not added to #{incident['num']}.*" in said(view)
    assert "Your text is kept" not in said(view)
    message = await quay.types(f"/flashduty comment {incident['num']} restarting")
    assert f"*The comment was not added to #{incident['num']}.* Your text is kept for an hour." in message["text"]


async def test_the_words_of_somebody_who_may_not__are_not_told_as_kept(quay):
    incident = raised(quay)
    message = await quay.types(f"/flashduty comment {incident['num']} restarting", user=CAROL)
    assert "The comment was not added" in message["text"]
    assert "is kept" not in message["text"]


async def test_typed_words__are_nobody_elses(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.code("InternalError"))
    await sends(quay, await opens(quay, f"/flashduty comment {incident['num']}"), words="restarting")
    assert typed_in(await opens(quay, f"/flashduty comment {incident['num']}", user=BOB)) == ""
