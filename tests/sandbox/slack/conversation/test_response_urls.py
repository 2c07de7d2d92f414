import re
from datetime import timedelta

import pytest

PAYMENTS = "C0PAYMENTS"
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]


@pytest.fixture
async def answer(session):
    """Post to a response_url; gives the status and the text."""

    async def post(delivery, **body):
        async with session.post(delivery.payload["response_url"], json=body) as told:
            return told.status, await told.text()

    return post


@pytest.fixture
async def command(slack):
    return await slack.command("U0ALICE", PAYMENTS, "/flashduty incidents")


@pytest.fixture
async def pressed(slack, client):
    """A press of a button in a message that everybody sees."""
    await client.chat_postMessage(channel=PAYMENTS, text="public", blocks=BLOCKS)
    return await slack.press("U0ALICE", slack.seen_by("U0ALICE", PAYMENTS)[-1], action_id="go")


@pytest.fixture
async def pressed_privately(slack, client):
    await client.chat_postEphemeral(channel=PAYMENTS, user="U0ALICE", text="private", blocks=BLOCKS)
    return await slack.press("U0ALICE", slack.seen_by("U0ALICE", PAYMENTS)[-1], action_id="go")


def heard(slack, user="U0ALICE"):
    return [message["text"] for message in slack.seen_by(user, PAYMENTS)]


async def test_answer__is_private_unless_it_says_in_channel(slack, command, answer):
    assert await answer(command, text="only Alice") == (200, "ok")
    assert await answer(command, text="all", response_type="in_channel") == (200, "ok")
    assert heard(slack) == ["only Alice", "all"]
    assert heard(slack, "U0BOB") == ["all"]
    assert [(call.method, call.params["text"]) for call in slack.calls] == [
        ("response_url", "only Alice"),
        ("response_url", "all"),
    ]


async def test_answer__in_place_of_a_message__leaves_its_attachments__unless_it_names_them(slack, client, answer):
    """Slack says so of chat.update, and nothing of replace_original."""
    bar = {"color": "#2eb67d", "blocks": [{**BLOCKS[0], "block_id": "in_the_bar"}]}
    text = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
    await client.chat_postMessage(channel=PAYMENTS, text="public", blocks=[text], attachments=[bar])
    pressed = await slack.press("U0ALICE", slack.seen_by("U0ALICE", PAYMENTS)[-1], action_id="go")
    for given, left in (({}, 1), ({"attachments": []}, 0)):
        assert await answer(pressed, text="new", replace_original=True, **given) == (200, "ok")
        assert len(slack.seen_by("U0ALICE", PAYMENTS)[-1].get("attachments", [])) == left


async def test_answer__a_sixth_time__is_refused(slack, command, answer):
    for number in range(5):
        assert (await answer(command, text=str(number)))[0] == 200
    status, text = await answer(command, text="6")
    assert (status, "used_url" in text) == (404, True)
    assert len(heard(slack)) == 5


async def test_answer__after_thirty_minutes__is_refused(slack, command, answer, clock):
    clock.shift(timedelta(minutes=30))
    assert (await answer(command, text="just in time"))[0] == 200
    clock.shift(timedelta(seconds=1))
    status, text = await answer(command, text="late")
    assert (status, "expired_url" in text) == (404, True)
    assert heard(slack) == ["just in time"]


async def test_answer__where_nobody_was_asked__is_refused(slack, session):
    url = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["response_url"]
    for wrong in (url.replace("T0HARBOR", "T0OTHER"), f"{url}x", url.rpartition("/")[0]):
        async with session.post(wrong, json={"text": "x"}) as told:
            assert told.status == 404


async def test_a_response_url__names_the_workspace_and_a_number(slack):
    """Source: docs.slack.dev/interactivity/implementing-slash-commands."""
    url = (await slack.command("U0ALICE", PAYMENTS, "/flashduty")).payload["response_url"]
    assert re.fullmatch(rf"{slack.url}/hooks/commands/T0HARBOR/\d+/[\w-]{{20,}}", url)


async def test_press__may_replace_its_message(slack, pressed, answer):
    (before,) = slack.seen_by("U0BOB", PAYMENTS)
    assert (await answer(pressed, text="newer", replace_original=True))[0] == 200
    (after,) = slack.seen_by("U0BOB", PAYMENTS)
    assert (after["text"], after["blocks"], after["ts"]) == ("newer", [], before["ts"])


async def test_press__may_delete_its_message_once(slack, pressed, answer):
    assert (await answer(pressed, delete_original=True))[0] == 200
    assert heard(slack) == []
    assert (await answer(pressed, text="x", replace_original=True))[0] == 404


async def test_press__in_a_private_message__keeps_it_private(slack, pressed_privately, answer):
    assert (await answer(pressed_privately, text="x", replace_original=True, response_type="in_channel"))[0] == 400
    assert (await answer(pressed_privately, text="newer", replace_original=True))[0] == 200
    assert heard(slack) == ["newer"]
    assert heard(slack, "U0BOB") == []


async def test_press__may_answer_in_a_thread(slack, pressed, answer):
    root = slack.seen_by("U0ALICE", PAYMENTS)[0]["ts"]
    in_thread = {"text": "reply", "thread_ts": root, "response_type": "in_channel"}
    assert (await answer(pressed, **in_thread))[0] == 400
    assert (await answer(pressed, **in_thread, replace_original=False))[0] == 200
    assert slack.seen_by("U0BOB", PAYMENTS)[-1]["thread_ts"] == root


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "x", "replace_original": True},
        {"delete_original": True},
        {"text": "x", "response_type": "public"},
        {"text": "x", "channel": PAYMENTS},
        {"text": "x", "replace_original": "false"},
        {"text": "a < b"},
        {"text": "x", "blocks": [{"type": "section"}]},
        {"text": 5},
    ],
)
async def test_answer__that_makes_no_sense_for_a_command__is_refused(slack, command, answer, body):
    assert (await answer(command, **body))[0] in {400, 404}
    assert heard(slack) == []


async def test_answer__that_is_not_json__is_refused(slack, command, session):
    for request in ({"data": {"text": "x"}}, {"data": b"{", "headers": {"Content-Type": "application/json"}}):
        async with session.post(command.payload["response_url"], **request) as told:
            assert told.status == 400
    assert heard(slack) == []
