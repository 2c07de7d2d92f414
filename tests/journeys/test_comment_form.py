"""The form of Add comment: opened, searched in, refused, sent and closed."""

import asyncio

import pytest
from comment_forms import comments, has_fields, opens, opens_from_card, raised, said, sends, typed_in, view_of
from harbor import ALICE, PAYMENTS

from sandbox.faults import Fault


async def test_the_form__from_the_card__is_filled_in_and_sent(harbor):
    incident = raised(harbor)
    view = await opens_from_card(harbor, incident)
    assert has_fields(view) == ["comment", "comment_type"]
    assert incident["num"] in said(view)
    delivery = await sends(harbor, view, words="restarting\n- *now*")
    assert delivery.answer["response_action"] == "update"
    assert f"Adding the comment to #{incident['num']} …" in str(delivery.answer["view"])
    assert comments(harbor) == [(incident["incident_id"], "Alice Chen in Slack: restarting\\\n\\- \\*now\\*")]
    assert harbor.flashduty.account.comments[0].shown == "Alice Chen in Slack: restarting\n- *now*"
    done = view_of(harbor)
    assert "💬 Comment added to" in said(done)
    assert done["submit"] is None


async def test_the_form__without_a_number__searches_the_open_incidents(harbor):
    incident = raised(harbor, title="支付网关 Gateway is down")
    view = await opens(harbor, "/flashduty comment restarting now")
    assert has_fields(view) == ["incident", "comment", "comment_type"]
    assert typed_in(view) == "restarting now"
    harbor.flashduty.calls.clear()
    for typed in ("gateway", "支付", incident["num"], ""):
        told = await harbor.slack.suggest(ALICE, view, action_id="find_incident", typed=typed)
        assert incident["incident_id"] in [one["value"] for one in told.answer["options"]], typed
    assert [call.path for call in harbor.flashduty.calls] == ["/incident/list"]
    await sends(harbor, view, incident=incident)
    assert comments(harbor) == [(incident["incident_id"], "Alice Chen in Slack: restarting now")]


async def test_the_search__while_flashduty_fails__wants_the_number_and_takes_it(quay):
    incident = raised(quay)
    view = await opens(quay)
    quay.flashduty.fail("/incident/list", Fault.code("InternalError"), times=None)
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed="check")
    (only,) = told.answer["options"]
    assert only["text"]["text"] == "Open incidents could not be read. Type a number, such as 0E83EE."
    values = {"incident": {"find_incident": only["value"]}, "comment": {"field": "restarting"}}
    delivery = await quay.slack.submit(ALICE, view, values)
    assert delivery.errors == {"incident": "Type the incident's number, for example 0E83EE, and choose it."}
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed=incident["num"])
    quay.flashduty.mend()
    await sends(quay, view, words="restarting", incident=incident)
    assert [number for number, _ in comments(quay)] == [incident["incident_id"]]


async def test_a_number__that_is_typed_while_the_list_cannot_be_read__is_not_said_to_be_missing_from_it(quay):
    incident = raised(quay)
    view = await opens(quay)
    quay.flashduty.fail("/incident/list", Fault.code("InternalError"), times=None)
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed=incident["num"])
    assert [one["text"]["text"] for one in told.answer["options"]] == [
        f"#{incident['num']} (open incidents could not be read)"
    ]


async def test_a_number_nobody_has__is_said_above_what_was_typed(quay):
    view = await opens(quay)
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed="FFFFFF")
    assert [one["text"]["text"] for one in told.answer["options"]] == ["#FFFFFF (not in the list of open incidents)"]
    values = {"incident": {"find_incident": "FFFFFF"}, "comment": {"field": "restarting"}}
    await quay.slack.submit(ALICE, view, values)
    await quay.slack.settled()
    back = view_of(quay)
    assert "No incident #FFFFFF in team payments" in said(back)
    assert typed_in(back) == "restarting"
    assert comments(quay) == []


async def test_the_search__while_flashduty_takes_long__is_answered_in_time(quay):
    view = await opens(quay)
    quay.flashduty.fail("/incident/list", Fault.hang(), times=None)
    told = await quay.slack.suggest(ALICE, view, action_id="find_incident", typed="x")
    assert told.seconds < 3
    assert [one["value"] for one in told.answer["options"]] == ["?"]


@pytest.mark.parametrize(("words", "errors"), [("磁" * 1_004, True), ("磁" * 1_003, False), ("*" * 502, True)])
async def test_a_field_that_is_too_long__is_refused_beside_it_with_the_count(harbor, words, errors):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    delivery = await harbor.slack.submit(ALICE, view, {"comment": {"field": words}})
    await harbor.slack.settled()
    if errors:
        assert list(delivery.errors) == ["comment"]
        assert "a comment holds 1,024. Remove at least 1." in delivery.errors["comment"]
        assert view_of(harbor)["id"] == view["id"]
        assert comments(harbor) == []
    else:
        assert delivery.errors == {}
        assert len(comments(harbor)[0][1]) == 1_024


async def test_the_form__with_flashduty_taking_two_seconds_a_call__is_opened_and_sent(harbor):
    incident = raised(harbor)
    harbor.flashduty.fail("*", Fault.delay(2), times=None)
    delivery = await harbor.slack.command(ALICE, PAYMENTS, f"/flashduty comment {incident['num']}")
    assert delivery.acked
    await harbor.slack.until(lambda: harbor.slack.views(ALICE))
    assert said(view_of(harbor)) == "Loading …"
    await harbor.slack.settled(timeout=20)
    await sends(harbor, view_of(harbor), words="restarting")
    assert "💬 Comment added to" in said(view_of(harbor))
    assert len(comments(harbor)) == 1


async def test_the_form__that_flashduty_refuses__comes_back_and_is_sent_again(harbor):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    harbor.flashduty.fail("/incident/comment", Fault.code("InvalidParameter"))
    await sends(harbor, view, words="restarting")
    back = view_of(harbor)
    assert f"The comment was not added to #{incident['num']}." in said(back)
    assert typed_in(back) == "restarting"
    await sends(harbor, back)
    assert comments(harbor) == [(incident["incident_id"], "Alice Chen in Slack: restarting")]


async def test_a_form_sent_twice__adds_one_comment(harbor):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}")
    harbor.flashduty.fail("/incident/info", Fault.delay(0.3))
    sending = [
        asyncio.create_task(harbor.slack.submit(ALICE, view, {"comment": {"field": "restarting"}})) for _ in range(2)
    ]
    deliveries = await asyncio.gather(*sending)
    assert all(one.acked for one in deliveries)
    await harbor.slack.redeliver(deliveries[0])
    await harbor.slack.settled()
    assert len(comments(harbor)) == 1
    assert "💬 Comment added to" in said(view_of(harbor))


async def test_a_form_closed_meanwhile__ends_in_a_direct_message(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    quay.flashduty.fail("/incident/info", Fault.delay(0.5))
    await quay.slack.submit(ALICE, view, {"comment": {"field": "restarting"}})
    await quay.slack.close_view(ALICE, view)
    await quay.slack.settled()
    assert "💬 Comment added to" in quay.sees(ALICE, "D0ALICE")[-1]


async def test_3000_characters__are_refused_beside_the_field_and_nothing_is_cut(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    delivery = await quay.slack.submit(ALICE, view, {"comment": {"field": "x" * 3_000}})
    assert "It has 3,021 characters in Flashduty" in delivery.errors["comment"]
    assert comments(quay) == []


async def test_the_search__answered_out_of_order__shows_what_was_typed_last(harbor):
    incident = raised(harbor, title="Gateway is down")
    view = await opens(harbor)
    harbor.slack.hold_back(2)
    asking = [
        asyncio.create_task(harbor.slack.suggest(ALICE, view, action_id="find_incident", typed=typed))
        for typed in ("no such thing", "gateway is down")
    ]
    await harbor.slack.until(lambda: harbor.slack.held == 2)
    await harbor.slack.let_go(newest_first=True)
    await asyncio.gather(*asking)
    values = {"incident": {"find_incident": incident["incident_id"]}, "comment": {"field": "restarting"}}
    assert (await harbor.slack.submit(ALICE, view, values)).acked
    await harbor.slack.settled()
    assert len(comments(harbor)) == 1
