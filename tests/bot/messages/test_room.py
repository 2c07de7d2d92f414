"""Nothing is longer than Slack takes, and whatever has no room is counted.

Slack limits the text of all blocks of a message together; a table of 28,160 characters once went over it.
"""

import json
import re
from datetime import UTC, datetime
from functools import cache

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_text import codes

from bot.messages.blocks import context, section
from bot.messages.message import Message
from bot.messages.size import MESSAGE, Chapter, Drawn, Rows, fitted
from bot.messages.text import Mrkdwn
from sandbox.clock import Clock
from sandbox.slack import PretendSlack
from sandbox.slack.block_kit.size import blocks_too_long
from sandbox.slack.conversation.messages import all_blocks
from tests.bot.every_surface import SURFACES
from tests.bot.messages.at_worst import INCIDENTS, SCHEDULES, TEXTS, surfaces
from tests.bot.taken import is_home, refused


@cache
def worst(name):
    """Every surface, filled with one kind of text."""
    return {surface: message.payload for surface, message in surfaces(TEXTS[name]).items()}


def of(name, surface):
    return worst(name)[surface]


def spoken(payload):
    return "\n".join(
        part["text"]
        for block in all_blocks(payload)
        for part in (block.get("text"), *block.get("fields", []), *block.get("elements", []))
        if isinstance(part, dict) and part.get("type") == "mrkdwn"
    )


def left_out(payload, words):
    return sum(int(count) for count in re.findall(rf"(\d+) {words}", spoken(payload)))


@pytest.mark.parametrize("name", TEXTS)
def test_every_surface_at_its_worst__is_what_slack_takes(name):
    for surface, payload in worst(name).items():
        assert refused(surface, payload) == [], surface


def rendered(held):
    """Every string Slack renders with emoji: texts, labels, options, cells. Rich text has elements for its emoji."""
    if isinstance(held, dict) and held.get("type") == "rich_text":
        return
    if isinstance(held, dict):
        yield from ([held["text"]] if isinstance(held.get("text"), str) else [])
        held = list(held.values())
    for one in held if isinstance(held, list) else []:
        yield from rendered(one)


@pytest.mark.parametrize("name", ["codes", "markup"])
def test_every_surface_at_its_worst__shows_no_emoji_of_others(name):
    """`:100:` and codes in menus once became emoji."""
    for surface, payload in worst(name).items():
        for text in rendered(payload):
            assert codes(text) == [], surface


@pytest.mark.parametrize("name", SURFACES)
def test_every_surface__is_short_enough(name):
    assert refused(name, SURFACES[name].payload) == []


@pytest.mark.parametrize("name", TEXTS)
async def test_every_surface_at_its_worst__is_taken_by_every_way_it_goes(name):
    """Posted, whispered, put in place of another, and shared in the channel through a response URL."""
    clock = Clock(datetime(2026, 11, 24, 8, tzinfo=UTC), frozen=True)
    async with PretendSlack(clock=clock, calls_a_minute={}, ack_seconds=0) as slack, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        for payload in (payload for surface, payload in worst(name).items() if not is_home(surface)):
            url = (await slack.command("U0ALICE", "C0PAYMENTS", "/flashduty")).payload["response_url"]
            for method, more in (("chat.postMessage", {}), ("chat.postEphemeral", {"user": "U0ALICE"})):
                body = {"channel": "C0PAYMENTS", **payload, **more}
                async with session.post(f"{slack.api_url}{method}", json=body, headers=headers) as answer:
                    assert (await answer.json()).get("error") is None, method
            for how in ({"response_type": "in_channel"}, {"replace_original": False}):
                async with session.post(url, json=payload | how) as answer:
                    assert answer.status == 200


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("surface", "rows", "total", "words"),
    [
        ("incidents", "menu:", 10, "more incidents? of this page"),
        ("incidents shared", "menu:", 10, "more incidents? of this page"),
        ("chooser", "details:", 40, "more; use the 24-character id"),
    ],
)
def test_a_list__shows_or_counts_every_row(name, surface, rows, total, words):
    payload = of(name, surface)
    controls = [block["accessory"]["action_id"] for block in payload["blocks"] if "accessory" in block]
    shown = sum(action_id.startswith(rows) for action_id in controls)
    assert shown >= 1
    assert shown + left_out(payload, words) == total


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    ("surface", "mark", "total", "words"),
    [
        ("on call", "📟", SCHEDULES, "more schedules?"),
        ("on call shared", "📟", SCHEDULES, "more schedules?"),
        ("shift notice", "📟", 40, "more"),
        ("reminder", "⏰", 40, "more"),
    ],
)
def test_a_list_of_schedules__shows_or_counts_every_one(name, surface, mark, total, words):
    payload = of(name, surface)
    blocks = [block for block in payload["blocks"] if block["type"] == "section"]
    shown = sum(block["text"]["text"].startswith(mark) for block in blocks)
    assert shown >= 1
    # A reminder goes on with what is open, counted in words of its own.
    until = next((n for n, block in enumerate(payload["blocks"]) if block["type"] == "divider"), None)
    assert shown + left_out({"blocks": payload["blocks"][:until]}, words) == total


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("surface", ["week", "week shared"])
def test_a_week__shows_or_counts_every_schedule(name, surface):
    payload = of(name, surface)
    (table,) = [block for block in payload["blocks"] if block["type"] == "table"]
    columns = len(table["rows"][0]) - 1
    assert columns >= 1
    assert columns + left_out(payload, "more schedules?") == SCHEDULES


@pytest.mark.parametrize("name", TEXTS)
def test_a_digest__shows_counts_or_tells_in_its_thread_every_schedule(name):
    payload = of(name, "digest")
    on_call = next(b["text"]["text"] for b in payload["blocks"] if b["type"] == "section" and "📟" in b["text"]["text"])
    shown = sum(line.startswith("📟") for line in on_call.splitlines())
    counted = [int(count) for count in re.findall(r"and (\d+) more, in the thread", spoken(payload))]
    assert shown >= 1
    assert shown + counted[0] == SCHEDULES
    waiting = sum(block.get("accessory", {}).get("type") == "overflow" for block in payload["blocks"])
    assert waiting >= 1
    assert INCIDENTS - waiting in counted


def rows(count, size, more="and {} more"):
    def draw(shown):
        left = count - shown
        said = [section(Mrkdwn(f"{n} ".ljust(size, "x"))) for n in range(shown)]
        chapter = [Chapter(Mrkdwn("*Rest*"), (Mrkdwn("x"),) * left)] if left else ()
        return Drawn.of(*said, context(Mrkdwn(more.format(left))) if left else None, left_out=chapter)

    return Rows(count, draw)


@given(
    lists=st.lists(st.tuples(st.integers(1, 45), st.integers(2, 2900)), max_size=5),
    texts=st.lists(st.integers(1, 2900), max_size=6),
)
def test_lists__give_way_and_count_what_they_left(lists, texts):
    pieces = [*(section(Mrkdwn("y" * size)) for size in texts), *(rows(count, size) for count, size in lists)]
    drawn = fitted(pieces)
    blocks = [block.to_dict() for block in drawn.blocks]
    assert blocks_too_long(blocks) is None
    assert len(blocks) <= MESSAGE.blocks
    assert list(drawn.written) == blocks
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    shown = sum(not text.startswith("y") for text in said)
    assert shown + sum(len(chapter.rows) for chapter in drawn.left_out) == sum(count for count, _ in lists)
    assert shown >= len(lists)


def test_the_longest_list__gives_way_first():
    drawn = fitted([rows(20, 900, "long {}"), rows(5, 20, "short {}")])
    said = json.dumps(list(drawn.written))
    assert "long " in said
    assert "short " not in said


def test_nothing__gives_way_where_there_is_room():
    pieces = [section(Mrkdwn("x" * 2000)), *[section(Mrkdwn("x"))] * 5, rows(30, 200)]
    assert fitted(pieces).left_out == ()


def test_texts_too_long_together__end_in_an_ellipsis():
    message = Message.of(*[section(Mrkdwn("x" * 3000))] * 4)
    texts = [block["text"]["text"] for block in message.payload["blocks"]]
    assert sum(map(len, texts)) <= MESSAGE.text
    assert all(text.endswith("x…") for text in texts)


def test_more_than_fifty_blocks_without_a_list__are_a_defect():
    with pytest.raises(ValueError, match="51 blocks"):
        Message.of(*[section(Mrkdwn("x"))] * 51)
