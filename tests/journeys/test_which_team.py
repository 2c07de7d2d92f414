"""Two teams in one channel: the bot asks which one is meant, with a button for each that goes on with the request."""

import pytest
from harbor import ALICE, PAYMENTS, harbor_at

from handlers.dispatch.time_limits import TimeLimits

# A busy machine adds no notice of progress to what is shown.
UNHURRIED = TimeLimits(notice=60.0)


@pytest.fixture
async def shared():
    async with harbor_at(time_limits=UNHURRIED, FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS=PAYMENTS) as place:
        yield place


def labels(message):
    return [
        one["text"]["text"] for block in message["blocks"] for one in block.get("elements", ()) if "action_id" in one
    ]


def control(message, label):
    return next(
        one["action_id"]
        for block in message["blocks"]
        for one in block.get("elements", ())
        if one.get("text", {}) != {} and isinstance(one["text"], dict) and one["text"]["text"] == label
    )


async def test_a_command__asks_which_team_is_meant__and_goes_on_at_a_press(shared):
    question = await shared.types("/flashduty incidents critical latency")
    assert "Which team do you mean?" in question["text"]
    assert "team:" not in question["text"]
    assert labels(question) == ["payments", "search"]
    await shared.presses(question, control(question, "search"))
    (answer,) = shared.shown()
    assert "Which team" not in answer["text"]
    assert "search" in answer["text"]
    assert "latency" in answer["text"]


async def test_a_comment__opens_its_form_for_the_team_that_was_chosen(shared):
    await shared.slack.command(ALICE, PAYMENTS, "/flashduty comment")
    await shared.slack.settled()
    (question,) = shared.slack.views(ALICE)
    assert labels(question) == ["payments", "search"]
    await shared.slack.press(ALICE, question, action_id=control(question, "payments"))
    await shared.slack.settled()
    (form,) = shared.slack.views(ALICE)
    assert [block["block_id"] for block in form["blocks"] if block["type"] == "input"] == [
        "incident",
        "comment",
        "comment_type",
    ]


async def test_what_takes_too_much_room_for_a_button__is_told_as_words(shared):
    question = await shared.types(f"/flashduty comment 0E83EE {'long ' * 400}")
    assert "*The comment was not added to #0E83EE.* *Which team do you mean?*" in question["text"]
    assert "Add one of these to what you typed: `team:payments`, `team:search`" in question["text"]
    assert labels(question) == []


async def test_a_mention__asks_the_one_who_mentioned_it_alone(shared):
    await shared.slack.say(ALICE, PAYMENTS, "<@U0FLASHBOT> oncall")
    await shared.slack.settled()
    question = shared.slack.seen_by(ALICE, PAYMENTS)[-1]
    assert question["ephemeral"]
    assert labels(question) == ["payments", "search"]
