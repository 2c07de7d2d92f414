"""What an alert said is shown, and copied, exactly as it was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.messages.literal import is_cut, literal, named_values, plain_lines, shorter, spoken
from sandbox.slack.block_kit import problems

LIMIT, LINES = 200, 10


def parts(text, limit=LIMIT, max_lines=LINES):
    return literal(plain_lines(text), limit, max_lines).to_dict()["elements"]


def shown(block):
    return "".join(piece["text"] for part in block.to_dict()["elements"] for piece in part["elements"])


def links(text, **limits):
    return [piece["url"] for part in parts(text, **limits) for piece in part["elements"] if piece["type"] == "link"]


@pytest.mark.parametrize(
    "text",
    [
        "rate(http_requests_total{job=~`api.*`}[5m]) * 100 > 5 & _up_ == 0",
        "kubectl -n pay get pods | grep '<none>' && echo :fire: *bold* ~done~",
        "Traceback:\n  File \"a.py\", line 1\n\n    raise ValueError('`x`')",
        "数据库连接池耗尽：<!channel> <@U0ALICE> https://wiki.example.com/a?b=1&c=2#d",
    ],
)
def test_a_text__is_copied_as_it_was_said(text):
    assert shown(literal(plain_lines(text), LIMIT, LINES)) == text


@given(
    text=st.text(
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"), min_size=1, max_size=150
    )
)
def test_any_text__is_copied_as_it_was_said(text):
    said = plain_lines(text)
    if said.strip():
        block = literal(said, LIMIT, LINES)
        assert shown(block) == said
        assert problems({"text": "x", "blocks": [block.to_dict()]}, "message") == []
        assert Block.parse(block.to_dict()).to_dict() == block.to_dict()


def test_one_line__is_a_quotation__and_several_are_preformatted():
    assert [part["type"] for part in parts("one line")] == ["rich_text_quote"]
    assert [part["type"] for part in parts("\r\none\r\n  two\r\n")] == ["rich_text_preformatted"]
    assert parts("\r\none\r\n  two\r\n")[0]["elements"] == [{"type": "text", "text": "one\n  two"}]


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x1b", "\x00", "\ud800"])
def test_a_character_that_misleads__is_shown_as_one_that_is_not_known(character):
    """Read in another direction, a command would not be the one that is copied."""
    assert plain_lines(f"rm{character} -rf") == "rm\ufffd -rf"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://wiki.example.com/a.", ["https://wiki.example.com/a"]),
        ("(see https://wiki.example.com/a_(b))", ["https://wiki.example.com/a_(b)"]),
        ("HTTP://WIKI.EXAMPLE.COM:8080/x?y#z, and", ["HTTP://WIKI.EXAMPLE.COM:8080/x?y#z"]),
        ("见 https://wiki.example.com/x，请", ["https://wiki.example.com/x"]),
        ("https://a.example\nhttps://b.example", ["https://a.example", "https://b.example"]),
        ("https://wiki.example.com@evil.example/ is no address of the wiki", []),
        ("https://wiki.ex\u0430mple.com/x", []),
        ("https://wiki.example.com\u200b.evil.example/", ["https://wiki.example.com"]),
        ("javascript:alert(1) ftp://x.example file:///etc", []),
        ("https:// https://? https://[ https://x.example:99999/", []),
    ],
)
def test_an_address__is_a_link_with_its_whole_self_as_text__and_leads_where_it_seems_to(text, found):
    assert links(text) == found


def test_a_long_text__ends_in_an_ellipsis__and_an_address_that_is_cut_is_no_link():
    address = f"https://wiki.example.com/{'x' * 100}"
    assert links(f"see {address}", limit=200) == [address]
    assert links(f"see {address}", limit=100) == []
    assert shown(literal(f"see {address}", 100, LINES)) == f"see {address}"[:99] + "…"
    assert shown(literal("a\n" * 50, LIMIT, 3)) == "a\na\na\n…"
    assert is_cut("a\n" * 50, LIMIT, 3)
    assert is_cut("x" * 201, LIMIT, LINES)
    assert not is_cut("x" * 200, LIMIT, LINES)


def test_named_values__stand_on_lines_of_their_own():
    block = named_values([("service", "checkout"), ("query", "a\n  b"), ("runbook", "https://r.example/1")], LIMIT)
    assert list(spoken(block)) == ["service: checkout", "query:", "a", "  b", "runbook: https://r.example/1"]
    assert [part["type"] for part in block.to_dict()["elements"]] == [
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_section",
    ]
    assert problems({"text": "x", "blocks": [block.to_dict()]}, "message") == []


def test_a_message_without_room__cuts_what_is_literal():
    assert shown(shorter(literal("x" * 1000, 2000, LINES), 120)) == "x" * 119 + "…"
