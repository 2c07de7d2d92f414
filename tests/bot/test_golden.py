"""What every message looks like.

`UPDATE_GOLDEN=1 make test` writes the files anew; a person reads the diff.
"""

import re

import pytest
from slack_sdk.models.blocks import Block

from bot.messages.text import escaped
from sandbox.slack.conversation.messages import all_blocks
from tests.bot.agreed import agreed
from tests.bot.every_surface import GOLDEN, HERE, SURFACES, SURFACES_OF
from tests.bot.samples import BOT_USER


@pytest.mark.parametrize("name", SURFACES)
def test_message__looks_as_agreed(name):
    payload = SURFACES[name].payload
    assert payload == agreed(GOLDEN[name], payload)


def test_golden_files__are_all_of_a_message_there_is():
    assert set(HERE.glob("*/golden/*.json")) == set(GOLDEN.values())


def test_no_two_features__have_a_message_of_the_same_name():
    assert len(SURFACES) == sum(len(surfaces) for surfaces in SURFACES_OF.values())


@pytest.mark.parametrize("name", SURFACES)
def test_message__passes_slack_sdks_models(name):
    blocks = all_blocks(SURFACES[name].payload)
    parsed = Block.parse_all(blocks)
    assert len(parsed) == len(blocks)
    assert [block.to_dict() for block in parsed] == blocks


@pytest.mark.parametrize("name", SURFACES)
def test_message__carries_its_whole_content_in_text(name):
    """Screen readers read `text` alone."""
    payload = SURFACES[name].payload
    spoken = [text for block in all_blocks(payload) for text in _texts(block)]
    assert len(payload["text"]) <= 4000
    if not payload["text"].endswith("…"):
        assert payload["text"] == "\n".join(spoken)


@pytest.mark.parametrize("name", SURFACES)
def test_message__notifies_nobody_and_links_nowhere_else(name):
    """`<…>` is markup in what Slack renders as mrkdwn; a button's value and rich text are never read for markup.

    The bot itself is mentioned where it asks to be invited, which notifies nobody; nor does a group in the Home tab.
    Those are mentioned to whom an incident was just assigned.
    """
    # In a private message a mention notifies nobody, and can be tapped.
    tapped = {"audit-denied": "U0ALICE|U0BOB"}
    meant = r"U0BOB|U0CAROL|U0PERSON\d\d" if re.match("mention-(?!directly)", name) else tapped.get(name, BOT_USER)
    groups = r"!subteam(?!\^S0PAYONCALL>)" if name.startswith("home-tab") else "!subteam"
    payload = SURFACES[name].payload
    for shown in _markup(payload):
        assert not re.search(rf"<(@(?!(?:{meant})>)|!channel|!here|!everyone|{groups}|https?://evil)", shown)
    for part in _rich(payload):
        assert part["type"] in {"text", "link"}
        assert part["text"] == part.get("url", part["text"])


@pytest.mark.parametrize("name", SURFACES)
def test_message__hides_nothing_that_must_be_seen_or_pressed(name):
    """Slack may fold what stands beside a bar, and shows `text` twice above a message of nothing else."""
    payload = SURFACES[name].payload
    assert payload["blocks"]
    for attachment in payload.get("attachments", []):
        assert set(attachment) == {"color", "blocks"}
        assert {block["type"] for block in attachment["blocks"]} <= {"section", "context"}
        assert not any("accessory" in block for block in attachment["blocks"])


def _markup(payload):
    yield payload["text"]
    for block in all_blocks(payload):
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        yield from (part["text"] for part in parts if _is_markup(part))


def _rich(payload):
    """The pieces of rich text."""
    blocks = [block for block in all_blocks(payload) if block["type"] == "rich_text"]
    return [piece for block in blocks for part in block["elements"] for piece in part["elements"]]


def _is_markup(part):
    return isinstance(part, dict) and part.get("type") == "mrkdwn"


def _texts(block):
    if block["type"] == "table":
        heads, *rows = [[cell["text"] for cell in row] for row in block["rows"]]
        told = ("; ".join(f"{h}: {c}" for h, c in zip(heads[1:], row[1:], strict=True)) for row in rows)
        return [escaped(f"{row[0]}. {cells}") for row, cells in zip(rows, told, strict=True)]
    if block["type"] == "header":
        return [block["text"]["text"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    if block["type"] == "image":
        return [escaped(block["alt_text"])]
    if block["type"] == "section":
        told = [block["text"]["text"]] if "text" in block else []
        return [*told, *(field["text"].replace("\n", " ") for field in block.get("fields", []))]
    if block["type"] == "rich_text":
        parts = ("".join(piece["text"] for piece in part["elements"]) for part in block["elements"])
        return [escaped(line) for part in parts for line in part.split("\n") if line.strip()]
    return [element["text"] for element in block["elements"]] if block["type"] == "context" else []
