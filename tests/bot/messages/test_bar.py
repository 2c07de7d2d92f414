"""What stands beside a bar: an attachment, of which Slack may show a part only."""

import json

import pytest

from bot.messages.blocks import actions, fields, link_button, section
from bot.messages.buttons import REFRESH, control
from bot.messages.changes.under_way import replace_control
from bot.messages.forms import message_form
from bot.messages.message import Bar, Message
from bot.messages.size import MESSAGE, Drawn, Rows
from bot.messages.text import Mrkdwn
from sandbox.slack.block_kit import problems
from sandbox.slack.block_kit.size import blocks_too_long
from sandbox.slack.conversation.messages import all_blocks
from tests.bot.samples import ALONE, CARD

FACTS = fields([Mrkdwn("*Started*\n9:00"), Mrkdwn("*Alerts*\n2 of 3 firing")])


def refresh():
    return control("Refresh", REFRESH, CARD, suffix="refresh")


def rows(count, size):
    return Rows(count, lambda shown: Drawn.of(*(section(Mrkdwn("x" * size)) for _ in range(shown))))


def test_a_bar__is_an_attachment_in_its_colour_below_the_blocks__and_its_text_is_read_last():
    message = Message.of(section(Mrkdwn("*state*")), bar=Bar("#2eb67d", (FACTS, None)))
    assert message.payload["attachments"] == [{"color": "#2eb67d", "blocks": [FACTS.to_dict()]}]
    assert message.payload["blocks"] == [section(Mrkdwn("*state*")).to_dict()]
    assert message.text == "*state*\n*Started* 9:00\n*Alerts* 2 of 3 firing"
    assert problems(message.payload, "message") == []


def test_a_message__without_a_bar__has_no_attachments():
    assert set(Message.of(section(Mrkdwn("x"))).payload) == {"text", "blocks"}


def test_what_stands_beside_a_bar__gives_way_with_the_rest():
    message = Message.of(section(Mrkdwn("y" * 2000)), rows(3, 500), bar=Bar("#2eb67d", (FACTS, rows(12, 900))))
    assert blocks_too_long(all_blocks(message.payload)) is None
    assert len(message.blocks) == 4
    assert 1 < len(message.all_blocks) - len(message.blocks) < 13


def test_texts_too_long_together__are_cut_beside_a_bar_too():
    long = fields([Mrkdwn("x" * 2000)] * 8)
    message = Message.of(section(Mrkdwn("y")), bar=Bar("#2eb67d", (long,)))
    assert blocks_too_long(all_blocks(message.payload)) is None
    (block,) = message.payload["attachments"][0]["blocks"]
    texts = [field["text"] for field in block["fields"]]
    assert len(texts) == 8
    assert all(text.endswith("x…") for text in texts)
    assert sum(map(len, texts)) <= MESSAGE.text


def test_the_blocks_beside_a_bar__count_among_the_fifty():
    with pytest.raises(ValueError, match="51 blocks"):
        Message.of(*[section(Mrkdwn("x"))] * 50, bar=Bar("#2eb67d", (FACTS,)))


def test_a_control_that_was_pressed__is_replaced__and_the_bar_stays():
    pressed = refresh()
    message = Message.of(section(Mrkdwn("*state*")), actions(pressed), bar=Bar("#2eb67d", (FACTS,)))
    changed = replace_control(message, pressed.action_id, pressed.value, Mrkdwn("…"))
    assert changed.payload["attachments"] == message.payload["attachments"]


def test_a_view__has_no_attachments__so_it_shows_the_facts_below_the_rest():
    form = message_form(ALONE, "Incident", Message.of(section(Mrkdwn("*state*")), bar=Bar("#2eb67d", (FACTS,))))
    assert [block.to_dict() for block in form.blocks] == [section(Mrkdwn("*state*")).to_dict(), FACTS.to_dict()]


def test_a_link_button__carries_no_value():
    written = json.dumps(link_button("Open", "link:0", "https://wiki.example.com/").to_dict())
    assert "value" not in written
