"""Shortcuts, forms and external selects as Slack treats them, over HTTP and in Socket Mode.

docs.slack.dev/surfaces/modals, …/interactivity/handling-user-interaction,
…/reference/block-kit/block-elements/select-menu-element#external_select
"""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from aiohttp import WSMsgType, web

from sandbox.slack import Incomplete
from sandbox.slack.workspace import Shortcut

PAYMENTS = "C0PAYMENTS"


def plain(text):
    return {"type": "plain_text", "text": text}


def option(value, text="Bob"):
    return {"text": plain(text), "value": value}


def view(**more):
    select = {"type": "external_select", "action_id": "which", "min_query_length": 0}
    words = {"type": "plain_text_input", "action_id": "words", "multiline": True}
    return {
        "type": "modal",
        "title": plain("Add comment"),
        "submit": plain("Add"),
        "callback_id": "comment",
        "blocks": [
            {"type": "input", "block_id": "incident", "label": plain("Incident"), "element": select},
            {"type": "input", "block_id": "text", "label": plain("Comment"), "element": words},
        ],
        **more,
    }


@dataclass
class Bot:
    """A bare bot: what it was told, and what it answers by the kind of payload."""

    slack: object
    client: object
    payloads: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)

    async def take(self, payload):
        self.payloads.append(payload)
        answer = self.answers.get(payload["type"])
        return await answer(payload) if callable(answer) else answer

    async def opened(self, **more):
        """Let Alice choose a shortcut, and open the form for it."""
        self.slack.workspace.app.shortcuts = (Shortcut("add", "message", "Add to incident…"),)
        await self.client.chat_postMessage(channel=PAYMENTS, text="the database is slow")
        shown = self.slack.seen_by("U0ALICE", PAYMENTS)[-1]
        await self.slack.message_action("U0ALICE", shown, "add")
        told = await self.client.views_open(trigger_id=self.payloads[-1]["trigger_id"], view=view(**more))
        return told["view"]


@pytest.fixture(params=["http", "socket"])
async def bot(request, slack, client, listening, plugged):
    made = Bot(slack, client)
    async with (over_http if request.param == "http" else over_sockets)(made, listening, plugged):
        yield made


@asynccontextmanager
async def over_http(bot, listening, _plugged):
    async def take(request):
        answer = await bot.take(json.loads(parse_qs((await request.read()).decode())["payload"][0]))
        return web.Response() if answer is None else web.json_response(answer)

    async with listening(take) as url:
        bot.slack.deliver_to(url)
        yield


@asynccontextmanager
async def over_sockets(bot, _listening, plugged):
    async def answer(socket, envelope):
        payload = await bot.take(envelope["payload"])
        await socket.send_json({"envelope_id": envelope["envelope_id"], **({"payload": payload} if payload else {})})

    async def read(socket, tasks):
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                tasks.create_task(answer(socket, json.loads(frame.data)))

    async with plugged(bot.slack) as socket, asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read(socket, tasks))
        yield
        reading.cancel()


FILLED = {"incident": {"which": "one"}, "text": {"words": "restarting"}}


async def chosen(bot, opened):
    bot.answers["block_suggestion"] = {"options": [option("one")]}
    return await bot.slack.suggest("U0ALICE", opened, action_id="which", typed="b")


async def test_a_form__is_opened_by_a_message_shortcut_filled_in_and_sent(bot):
    opened = await bot.opened(private_metadata="m" * 3_000)
    assert bot.payloads[-1]["message"]["text"] == "the database is slow"
    await chosen(bot, opened)
    told = await bot.slack.submit("U0ALICE", opened, FILLED)
    assert told.acked
    sent = bot.payloads[-1]["view"]
    assert (sent["callback_id"], sent["private_metadata"], sent["hash"]) == ("comment", "m" * 3_000, opened["hash"])
    assert sent["state"]["values"]["text"]["words"]["value"] == "restarting"
    assert sent["state"]["values"]["incident"]["which"]["selected_option"] == option("one")
    assert bot.slack.views("U0ALICE") == []


async def test_a_form__sent_with_an_incident_nobody_offered__is_not_sent(bot):
    opened = await bot.opened()
    await chosen(bot, opened)
    with pytest.raises(LookupError, match="other"):
        await bot.slack.submit("U0ALICE", opened, FILLED | {"incident": {"which": "other"}})


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"text": "Too long."}}, None),
        ({"response_action": "errors", "errors": {"nowhere": "Too long."}}, "invalid_errors"),
        ({"response_action": "errors", "errors": {"text": ""}}, "invalid_errors"),
        ({"response_action": "errors", "errors": {}}, "invalid_errors"),
        ({"response_action": "errors", "errors": {"text": "x"}, "view": view()}, "invalid_arguments"),
        ({"response_action": "shout"}, "invalid_response_action"),
        ({"response_action": "update"}, "invalid_arguments"),
        ({"response_action": "update", "view": view(title=plain("x" * 25))}, "invalid_arguments"),
        ({"response_action": "update", "view": view(private_metadata="x" * 3_001)}, "invalid_arguments"),
        ({"response_action": "clear", "view": view()}, "invalid_arguments"),
    ],
)
async def test_an_answer_to_a_form__is_carried_out_or_refused_and_the_form_stays(bot, answer, error):
    opened = await bot.opened()
    await chosen(bot, opened)
    bot.answers["view_submission"] = answer
    told = await bot.slack.submit("U0ALICE", opened, FILLED)
    assert told.shown_error == (error and f"We had some trouble connecting. Try again? ({error})")
    assert told.errors == ({} if error else {"text": "Too long."})
    assert [one["id"] for one in bot.slack.views("U0ALICE")] == [opened["id"]]


async def test_an_update__in_the_acknowledgement_and_one_after_it__are_shown_in_turn(bot):
    opened = await bot.opened()
    await chosen(bot, opened)
    working = {"type": "modal", "title": plain("Working …"), "blocks": [{"type": "divider"}]}
    bot.answers["view_submission"] = {"response_action": "update", "view": working}
    await bot.slack.submit("U0ALICE", opened, FILLED)
    (shown,) = bot.slack.views("U0ALICE")
    assert (shown["id"], shown["title"]["text"]) == (opened["id"], "Working …")
    await bot.client.views_update(view_id=opened["id"], view=working | {"title": plain("Done")}, hash=shown["hash"])
    assert bot.slack.views("U0ALICE")[0]["title"]["text"] == "Done"


async def test_an_update__of_a_form_that_was_changed_or_closed__is_refused(bot, refused):
    opened = await bot.opened()
    await bot.client.views_update(view_id=opened["id"], view=view(title=plain("Other"), notify_on_close=True))
    late = bot.client.views_update(view_id=opened["id"], view=view(), hash=opened["hash"])
    assert (await refused(late))["error"] == "hash_conflict"
    await bot.slack.close_view("U0ALICE", opened)
    assert (bot.payloads[-1]["type"], bot.payloads[-1]["is_cleared"]) == ("view_closed", False)
    assert (await refused(bot.client.views_update(view_id=opened["id"], view=view())))["error"] == "not_found"


async def test_a_form__sent_twice_by_a_broken_line__is_answered_once(bot):
    opened = await bot.opened()
    await chosen(bot, opened)
    bot.slack.deliver_twice()
    told = await bot.slack.submit("U0ALICE", opened, FILLED)
    assert told.shown_error is None
    submissions = [one for one in bot.payloads if one["type"] == "view_submission"]
    assert submissions == submissions[:1] * 2
    assert bot.slack.views("U0ALICE") == []


@pytest.mark.parametrize("typed", ["", "x" * 3_001])
async def test_a_text__missing_or_longer_than_a_field_takes__is_not_sent(bot, typed):
    opened = await bot.opened()
    await chosen(bot, opened)
    before = len(bot.payloads)
    with pytest.raises(Incomplete) as caught:
        await bot.slack.submit("U0ALICE", opened, FILLED | {"text": {"words": typed}})
    assert list(caught.value.errors) == ["text"]
    assert len(bot.payloads) == before
    assert (await bot.slack.submit("U0ALICE", opened, FILLED | {"text": {"words": "x" * 3_000}})).acked


@pytest.mark.parametrize(
    ("answer", "is_shown"),
    [
        ({"options": [option(str(number)) for number in range(100)]}, True),
        ({"options": []}, True),
        ({"option_groups": [{"label": plain("Payments"), "options": [option("one")]}]}, True),
        ({"options": [option("v" * 150, "t" * 75)]}, True),
        ({"options": [option(str(number)) for number in range(101)]}, False),
        ({"options": [option("v" * 151)]}, False),
        ({"options": [option("v", "t" * 76)]}, False),
        ({"options": [option("v", "")]}, False),
        ({"options": [{"text": {"type": "mrkdwn", "text": "Bob"}, "value": "v"}]}, False),
        ({"options": [option("v"), option("v", "Again")]}, False),
        ({"options": [option("v") | {"colour": "red"}]}, False),
        ({"options": [option("v")], "option_groups": []}, False),
        ({"option_groups": [{"label": plain("x" * 76), "options": [option("one")]}]}, False),
        ({}, False),
        (None, False),
    ],
)
async def test_options__within_slacks_limits__are_offered_and_others_fail_to_load(bot, answer, is_shown):
    opened = await bot.opened()
    bot.answers["block_suggestion"] = answer
    told = await bot.slack.suggest("U0ALICE", opened, action_id="which", typed="b")
    assert told.shown_error == (None if is_shown else "⚠ Options failed to load.")
    asked = bot.payloads[-1]
    assert (asked["action_id"], asked["block_id"], asked["value"]) == ("which", "incident", "b")
    assert asked["container"] == {"type": "view", "view_id": opened["id"]}


async def test_options__are_asked_for_when_enough_is_typed(bot):
    blocks = view()["blocks"]
    del blocks[0]["element"]["min_query_length"]
    opened = await bot.opened(blocks=blocks)
    before = len(bot.payloads)
    await bot.slack.suggest("U0ALICE", opened, action_id="which", typed="bo")
    assert len(bot.payloads) == before
    bot.answers["block_suggestion"] = {"options": []}
    await bot.slack.suggest("U0ALICE", opened, action_id="which", typed="bob")
    assert len(bot.payloads) == before + 1


async def test_options__that_answer_an_older_question_last__are_not_shown(bot):
    opened = await bot.opened()

    async def answer(payload):
        return {"options": [option(payload["value"])]}

    bot.answers["block_suggestion"] = answer
    bot.slack.hold_back(2)
    asking = [
        asyncio.create_task(bot.slack.suggest("U0ALICE", opened, action_id="which", typed=typed))
        for typed in ("d", "database")
    ]
    await bot.slack.until(lambda: bot.slack.held == 2)
    await bot.slack.let_go(newest_first=True)
    await asyncio.gather(*asking)
    assert [one["value"] for one in bot.payloads[-2:]] == ["database", "d"]
    with pytest.raises(LookupError):
        await bot.slack.submit("U0ALICE", opened, FILLED | {"incident": {"which": "d"}})
    await bot.slack.submit("U0ALICE", opened, FILLED | {"incident": {"which": "database"}})


async def test_a_form__opened_three_seconds_after_the_shortcut__is_refused(bot, clock, refused):
    bot.slack.workspace.app.shortcuts = (Shortcut("add", "message"), Shortcut("new", "global"))
    await bot.client.chat_postMessage(channel=PAYMENTS, text="x")
    shown = bot.slack.seen_by("U0ALICE", PAYMENTS)[-1]
    for act in (bot.slack.message_action("U0ALICE", shown, "add"), bot.slack.shortcut("U0ALICE", "new")):
        bot.slack.hold_back(1)
        acting = asyncio.create_task(act)
        await bot.slack.until(lambda: bot.slack.held == 1)
        clock.shift(timedelta(seconds=3.1))
        await bot.slack.let_go()
        await acting
        late = bot.client.views_open(trigger_id=bot.payloads[-1]["trigger_id"], view=view())
        assert (await refused(late))["error"] == "expired_trigger_id"


async def test_a_permalink__names_the_message_and_for_a_reply_its_thread(bot, refused):
    root = (await bot.client.chat_postMessage(channel=PAYMENTS, text="x"))["ts"]
    reply = (await bot.client.chat_postMessage(channel=PAYMENTS, text="y", thread_ts=root))["ts"]
    ask = bot.client.chat_getPermalink
    address = f"https://harbor.slack.com/archives/{PAYMENTS}/p"
    assert (await ask(channel=PAYMENTS, message_ts=root))["permalink"] == address + root.replace(".", "")
    told = (await ask(channel=PAYMENTS, message_ts=reply))["permalink"]
    assert told == f"{address}{reply.replace('.', '')}?thread_ts={root}&cid={PAYMENTS}"
    bot.slack.workspace.channels[PAYMENTS].kind = "private"
    bot.slack.take_out("U0FLASHBOT", PAYMENTS)
    assert (await refused(ask(channel=PAYMENTS, message_ts=root)))["error"] == "channel_not_found"


def view_of_several(**more):
    select = {"type": "multi_external_select", "action_id": "which", "min_query_length": 0, **more}
    return view(blocks=[{"type": "input", "block_id": "incident", "label": plain("Who"), "element": select}])


async def finds(bot, opened, *values):
    bot.answers["block_suggestion"] = {"options": [option(value, value.title()) for value in values]}
    return await bot.slack.suggest("U0ALICE", opened, action_id="which", typed=values[0])


async def test_entries_of_several_searches__are_chosen_together(bot):
    opened = await bot.opened(**view_of_several(initial_options=[option("dana")]))
    await finds(bot, opened, "bob", "bert")
    await finds(bot, opened, "carol")
    filled = {"incident": {"which": ["dana", "bob", "carol"]}}
    assert (await bot.slack.submit("U0ALICE", opened, filled)).acked
    held = bot.payloads[-1]["view"]["state"]["values"]["incident"]["which"]
    assert [one["value"] for one in held["selected_options"]] == ["dana", "bob", "carol"]
    assert held["type"] == "multi_external_select"


async def test_entries_that_no_search_found__or_more_than_the_menu_takes__are_not_chosen(bot):
    opened = await bot.opened(**view_of_several(max_selected_items=1))
    await finds(bot, opened, "bob", "bert")
    for chosen_values in (["eve"], ["bob", "bert"]):
        with pytest.raises(LookupError):
            await bot.slack.submit("U0ALICE", opened, {"incident": {"which": chosen_values}})
    with pytest.raises(Incomplete):
        await bot.slack.submit("U0ALICE", opened, {"incident": {"which": []}})
    again = await bot.opened(**view_of_several())
    await finds(bot, again, "carol")
    with pytest.raises(LookupError):
        await bot.slack.submit("U0ALICE", again, {"incident": {"which": ["bob"]}})
