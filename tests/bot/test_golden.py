"""What every message looks like.

`UPDATE_GOLDEN=1 make test` writes the files anew; a person reads the diff.
"""

import json
import os
import re

import pytest
from slack_sdk.models.blocks import Block

from bot.messages.text import escaped
from tests.bot.every_surface import GOLDEN, HERE, SURFACES, SURFACES_OF


@pytest.mark.parametrize("name", SURFACES)
def test_message__looks_as_agreed(name):
    path = GOLDEN[name]
    payload = SURFACES[name].payload
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(payload, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert payload == json.loads(path.read_text(encoding="utf-8"))


def test_golden_files__are_all_of_a_message_there_is():
    assert set(HERE.glob("*/golden/*.json")) == set(GOLDEN.values())


def test_no_two_features__have_a_message_of_the_same_name():
    assert len(SURFACES) == sum(len(surfaces) for surfaces in SURFACES_OF.values())


@pytest.mark.parametrize("name", SURFACES)
def test_message__passes_slack_sdks_models(name):
    blocks = SURFACES[name].payload["blocks"]
    parsed = Block.parse_all(blocks)
    assert len(parsed) == len(blocks)
    assert [block.to_dict() for block in parsed] == blocks


@pytest.mark.parametrize("name", SURFACES)
def test_message__carries_its_whole_content_in_text(name):
    """Screen readers read `text` alone."""
    payload = SURFACES[name].payload
    spoken = [text for block in payload["blocks"] for text in _texts(block)]
    assert len(payload["text"]) <= 4000
    if not payload["text"].endswith("…"):
        assert payload["text"] == "\n".join(spoken)


@pytest.mark.parametrize("name", SURFACES)
def test_message__notifies_nobody_and_links_nowhere_else(name):
    """`<…>` is markup in what Slack renders as mrkdwn; a button's value is never rendered."""
    for shown in _markup(SURFACES[name].payload):
        assert not re.search(r"<(@|!channel|!here|!everyone|!subteam|https?://evil)", shown)


def _markup(payload):
    yield payload["text"]
    for block in payload["blocks"]:
        yield from (part["text"] for part in [block.get("text"), *block.get("elements", [])] if _is_markup(part))


def _is_markup(part):
    return isinstance(part, dict) and part.get("type") == "mrkdwn"


def _texts(block):
    if block["type"] == "table":
        heads, *rows = [[cell["text"] for cell in row] for row in block["rows"]]
        told = ("; ".join(f"{h}: {c}" for h, c in zip(heads[1:], row[1:], strict=True)) for row in rows)
        return [escaped(f"{row[0]}. {cells}") for row, cells in zip(rows, told, strict=True)]
    if block["type"] == "header":
        return [block["text"]["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    if block["type"] == "section":
        return [block["text"]["text"]]
    return [element["text"] for element in block["elements"]] if block["type"] == "context" else []
