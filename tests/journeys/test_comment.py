"""Add comment: the command, the card's button, the shortcut of a message and the form, over HTTP and in Socket Mode."""

import asyncio
from datetime import timedelta

import pytest
from harbor import ALICE, BOB, CAROL, GENERAL, GINA, PAYMENTS, SEARCH, replica_of

from sandbox.faults import Fault

FORM_FIELDS = ("incident", "comment")
XIAOMING = "U0XIAOMING"
MENTION = "[@Alice Chen](flashduty://ref/member/7001)"
SHORTCUT = "comment"


def raised(place, title="Checkout is down", **fields):
    return place.flashduty.raise_incident(title=title, **fields)


def comments(place):
    return [(comment.incident_id, comment.source) for comment in place.flashduty.account.comments]


def notified(place):
    return [number for comment in place.flashduty.account.comments for number in comment.notified]


def view_of(place, user=ALICE):
    (view,) = place.slack.views(user)
    return view


def said(view):
    """What a view says outside of its fields."""
    parts = [part for block in view["blocks"] for part in [block.get("text"), *block.get("elements", [])]]
    return "\n".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def typed_in(view):
    return next(block["element"].get("initial_value", "") for block in view["blocks"] if block["block_id"] == "comment")


def has_fields(view):
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


async def opens(place, text="/flashduty comment", user=ALICE, channel=PAYMENTS):
    delivery = await place.slack.command(user, channel, text)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=20)
    return view_of(place, user)


async def shares(place, text, *, author=BOB, user=ALICE, channel=PAYMENTS):
    """Let somebody say something, and somebody else add it to an incident."""
    message = (await place.slack.say(author, channel, text)).message or place.slack.seen_by(author, channel)[-1]
    delivery = await place.slack.message_action(user, message, SHORTCUT)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=20)
    return view_of(place, user)


async def sends(place, view, *, words=None, incident=None, user=ALICE):
    """Fill in what is given, and send the form."""
    values = {}
    if incident is not None:
        told = await place.slack.suggest(user, view, action_id="find_incident", typed=incident["num"])
        assert told.shown_error is None
        (value,) = [one["value"] for one in told.answer["options"]]
        values["incident"] = {"find_incident": value}
    if words is not None:
        values["comment"] = {"field": words}
    delivery = await place.slack.submit(user, view, values)
    assert delivery.acked, delivery.shown_error
    assert delivery.shown_error is None
    await place.slack.settled(timeout=30)
    return delivery


# The command


async def test_the_command__with_number_and_words__adds_the_comment_in_two_calls(harbor):
    incident = raised(harbor)
    harbor.flashduty.calls.clear()
    message = await harbor.types(f"/flashduty comment {incident['num'].lower()} restarting the database")
    assert comments(harbor) == [(incident["incident_id"], "Alice Chen in Slack: restarting the database")]
    assert "💬 Comment added to" in message["text"]
    assert "“restarting the database”" in message["text"]
    assert [call.path for call in harbor.flashduty.calls].count("/incident/comment") == 1
    assert notified(harbor) == []


@pytest.mark.parametrize("word", ["note", "评论", "备注", "Comment"])
async def test_the_command__has_other_names(quay, word):
    incident = raised(quay)
    await quay.types(f"/flashduty {word} #{incident['num']} “重启数据库”，请稍候")
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: “重启数据库”，请稍候")]


@pytest.mark.parametrize("typed", ["{}：重启", "{}:重启", "{}，重启", "{}　重启", "{}\n重启", "#{}:  重启"])
async def test_the_number__is_understood_as_keyboards_write_what_follows_it(quay, typed):
    incident = raised(quay)
    await quay.types(f"/flashduty comment {typed.format(incident['num'])}")
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: 重启")]


async def test_the_number__in_full_width_letters__is_understood(quay):
    incident = raised(quay)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in incident["num"])
    await quay.types(f"/flashduty comment {wide} 重启")
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: 重启")]


async def test_a_mention__adds_a_comment_and_without_words_says_how(quay):
    incident = raised(quay)
    await quay.slack.say(ALICE, PAYMENTS, f"<@U0FLASHBOT> comment {incident['num']} see https://runbook.example/x_y")
    await quay.slack.settled()
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: see https\\://runbook.example/x_y")]
    await quay.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> comment")
    await quay.slack.settled()
    assert "Type `comment 0E83EE restarting the database`" in quay.sees()[-1]


async def test_the_command__for_a_number_there_is_not__adds_nothing(quay):
    message = await quay.types("/flashduty comment FFFFFF restarting")
    assert "The comment was not added." in message["text"]
    assert "No incident #FFFFFF in team payments" in message["text"]
    assert comments(quay) == []


async def test_the_command__for_a_number_of_two__asks_for_the_id(quay):
    for first in "ab":
        twin = {"incident_id": first * 18 + "abcdef", "num": "ABCDEF"}
        quay.flashduty.account.incidents[twin["incident_id"]] = raised(quay) | twin
    message = await quay.types("/flashduty comment ABCDEF restarting")
    assert "2 incidents have the number #ABCDEF" in message["text"]
    await quay.types(f"/flashduty comment {'a' * 18}abcdef restarting")
    assert [number for number, _ in comments(quay)] == ["a" * 18 + "abcdef"]


async def test_a_comment_that_is_too_long__is_not_cut_but_offered_in_the_form(quay):
    incident = raised(quay)
    words = "磁" * 1_020
    message = await quay.types(f"/flashduty comment {incident['num']} {words}")
    assert "It has 1,041 characters in Flashduty" in message["text"]
    assert "a comment holds 1,024. Remove at least 17." in message["text"]
    assert comments(quay) == []
    await quay.presses(message, "open:comment")
    view = view_of(quay)
    assert typed_in(view) == words
    assert "You wrote this" in said(view)
    await sends(quay, view, words="磁" * 1_003)
    assert comments(quay) == [(incident["incident_id"], "Alice Chen in Slack: " + "磁" * 1_003)]


async def test_a_failed_comment__is_told_and_its_words_stay_for_the_form(quay):
    incident = raised(quay)
    quay.flashduty.fail("/incident/comment", Fault.code("AccessDenied"))
    message = await quay.types(f"/flashduty comment {incident['num']} restarting")
    assert f"The comment was not added to #{incident['num']}." in message["text"]
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    assert typed_in(view) == "restarting"
    assert "You wrote this" in said(view)


# The form


async def test_the_form__from_the_card__is_filled_in_and_sent(harbor):
    incident = raised(harbor)
    card = await harbor.types(f"/flashduty incident {incident['num']}")
    await harbor.presses(card, "open:comment")
    view = view_of(harbor)
    assert has_fields(view) == ["comment"]
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
    assert has_fields(view) == ["incident", "comment"]
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


# Who may


@pytest.mark.parametrize(
    ("user", "told"), [(CAROL, "can change incidents of team *payments*"), (GINA, "you are a guest")]
)
async def test_whoever_may_not__sees_the_refusal_in_the_form_and_nothing_of_the_incident(harbor, user, told):
    incident = raised(harbor)
    view = await opens(harbor, f"/flashduty comment {incident['num']}", user=user)
    assert told in said(view)
    assert has_fields(view) == []
    assert incident["title"] not in said(view)
    message = await harbor.types(f"/flashduty comment {incident['num']} restarting", user=user)
    assert told in message["text"]
    assert comments(harbor) == []


async def test_an_incident_of_another_team__gets_no_comment(quay):
    others = next(one for one in quay.flashduty.account.incidents.values() if one["channel_name"].startswith("Search"))
    message = await quay.types(f"/flashduty comment {others['incident_id']} restarting")
    assert "does not belong to team *payments*" in message["text"]
    assert comments(quay) == []


async def test_the_card__for_somebody_who_may_not__has_no_button(quay):
    incident = raised(quay)
    assert "open:comment" in str(await quay.types(f"/flashduty incident {incident['num']}"))
    assert "open:comment" not in str(await quay.types(f"/flashduty incident {incident['num']}", user=CAROL))


# The shortcut


async def test_the_shortcut__keeps_author_text_and_permalink(harbor):
    incident = raised(harbor)
    view = await shares(harbor, "the database is slow, <@U0ALICE> can you look?", user=XIAOMING)
    assert view["title"]["text"] == "添加到故障"
    assert typed_in(view) == "the database is slow, @Alice Chen can you look?"
    assert "Bob Müller 的消息" in said(view)
    await sends(harbor, view, incident=incident, user=XIAOMING)
    (comment,) = harbor.flashduty.account.comments
    ts = next(one["ts"] for one in harbor.shown() if "the database is slow" in one["text"]).replace(".", "")
    assert comment.source == (
        "Bob Müller in Slack: the database is slow, @Alice Chen can you look?\n\n"
        f"[message of Bob Müller in Slack](https://harbor.slack.com/archives/{PAYMENTS}/p{ts}), added by 王小明"
    )
    assert comment.links == (f"https://harbor.slack.com/archives/{PAYMENTS}/p{ts}",)
    assert notified(harbor) == []


async def test_the_shortcut__with_other_words__says_whose_they_are(quay):
    incident = raised(quay)
    view = await shares(quay, "the database is slow", user=XIAOMING)
    await sends(quay, view, words="slow: restarting", incident=incident, user=XIAOMING)
    assert quay.flashduty.account.comments[0].source.startswith(
        "王小明 in Slack: slow: restarting\n\nAbout: [message of Bob"
    )


async def test_the_shortcut__on_a_message_too_long__begins_with_author_and_link_and_says_why(harbor):
    incident = raised(harbor)
    view = await shares(harbor, "stack trace " * 250, user=XIAOMING)
    assert typed_in(view) == ""
    assert "加上这条消息后评论共 3,132 个字符，超过上限 1,024 个，因此只带上作者和链接" in said(view)
    await sends(harbor, view, incident=incident, user=XIAOMING)
    assert harbor.flashduty.account.comments[0].source.startswith(
        "[message of Bob Müller in Slack](https://harbor.slack.com/"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> everybody",
        MENTION,
        f"<{'flashduty://ref/member/7001'}>",
        "磁盘" * 250,
        "`x` *b* _i_ ~s~ ![a](b) <b>\n# h\n- l\n> q",
    ],
)
async def test_hostile_text__reads_as_it_was_said_and_notifies_nobody(harbor, text):
    incident = raised(harbor)
    await sends(harbor, await shares(harbor, text, user=XIAOMING), incident=incident, user=XIAOMING)
    await harbor.types(f"/flashduty comment {incident['num']} {text.splitlines()[0]}", user=XIAOMING)
    assert len(comments(harbor)) == 2
    for comment in harbor.flashduty.account.comments:
        assert all(link.startswith("https://harbor.slack.com/archives/") for link in comment.links)
        assert (comment.images, comment.markup, comment.notified) == ((), (), ())


async def test_a_hostile_name__makes_no_mention(quay):
    incident = raised(quay)
    quay.slack.workspace.people[XIAOMING].real_name = MENTION
    quay.slack.workspace.people[XIAOMING].name = MENTION
    await quay.types(f"/flashduty comment {incident['num']} restarting", user=XIAOMING)
    quay.slack.take_out(XIAOMING, SEARCH)
    await sends(quay, await shares(quay, "slow", author=XIAOMING, user=XIAOMING), incident=incident, user=XIAOMING)
    assert notified(quay) == []
    assert len(comments(quay)) == 2


async def test_3000_characters__are_refused_beside_the_field_and_nothing_is_cut(quay):
    incident = raised(quay)
    view = await opens(quay, f"/flashduty comment {incident['num']}")
    delivery = await quay.slack.submit(ALICE, view, {"comment": {"field": "x" * 3_000}})
    assert "It has 3,021 characters in Flashduty" in delivery.errors["comment"]
    assert comments(quay) == []


async def test_the_shortcut__of_somebody_in_two_teams__asks_for_which(harbor):
    incident = next(
        one
        for one in harbor.flashduty.account.incidents.values()
        if one["channel_name"].startswith("Search") and one["progress"] != "Closed"
    )
    choice = await shares(harbor, "suggestions are slow", channel=GENERAL)
    assert "Which team's incident is it about?" in said(choice)
    assert has_fields(choice) == []
    await harbor.presses(choice, "open:search")
    view = view_of(harbor)
    assert typed_in(view) == "suggestions are slow"
    told = await harbor.slack.suggest(ALICE, view, action_id="find_incident", typed="")
    listed = [one["value"] for one in told.answer["options"]]
    assert incident["incident_id"] in listed
    await sends(harbor, view, incident=incident)
    assert [number for number, _ in comments(harbor)] == [incident["incident_id"]]
    assert "message of Bob Müller in Slack" in comments(harbor)[0][1]


async def test_the_shortcut__where_no_team_is_served__is_for_the_persons_own_team(quay):
    incident = raised(quay)
    view = await shares(quay, "is it down?", author=CAROL, user=XIAOMING, channel=GENERAL)
    await sends(quay, view, incident=incident, user=XIAOMING)
    assert comments(quay)[0][1].startswith("Carol Diaz in Slack: is it down?")


async def test_the_shortcut__of_somebody_who_may_not__is_refused_in_the_view(quay):
    view = await shares(quay, "is it down?", author=BOB, user=GINA)
    assert "you are a guest" in said(view)
    assert has_fields(view) == []


async def test_the_shortcut__in_a_private_channel_without_the_bot__goes_without_a_link(quay):
    quay.slack.workspace.channels[GENERAL].kind = "private"
    quay.slack.take_out("U0FLASHBOT", GENERAL)
    incident = raised(quay)
    view = await shares(quay, "psst", author=BOB, user=XIAOMING, channel=GENERAL)
    assert "Slack 未提供这条消息的链接" in said(view)
    await sends(quay, view, incident=incident, user=XIAOMING)
    assert comments(quay)[0][1].endswith("message of Bob Müller in Slack, added by 王小明")


async def test_the_shortcut__with_slack_late__is_told_that_no_form_opened(harbor):
    message = (await harbor.slack.say(BOB, PAYMENTS, "slow")).message or harbor.slack.seen_by(BOB, PAYMENTS)[-1]
    harbor.slack.hold_back(1)
    acting = asyncio.create_task(harbor.slack.message_action(ALICE, message, SHORTCUT))
    await harbor.slack.until(lambda: harbor.slack.held == 1)
    harbor.clock.shift(timedelta(seconds=4))
    await harbor.slack.let_go()
    await acting
    await harbor.slack.settled()
    assert harbor.slack.views(ALICE) == []
    assert "expired_trigger_id" in harbor.sees(ALICE, "D0ALICE")[-1]


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
