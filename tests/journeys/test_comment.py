"""Add comment by the command and by a mention, the card's button, and who may, over HTTP and in Socket Mode."""

import pytest
from comment_forms import comments, has_fields, notified, opens, opens_more, raised, said, sends, typed_in, view_of
from harbor import ALICE, CAROL, GINA, PAYMENTS

from sandbox.faults import Fault


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
    assert "comment" in str(await opens_more(quay, incident))
    assert "comment" not in str(await opens_more(quay, incident, CAROL))
