"""Whatever people type reads in Flashduty as they typed it. The judge is a CommonMark parser that is not ours."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.incidents.commenting.comments import (
    CommentDraft,
    SlackMessage,
    checked_permalink,
    fingerprint,
    words_from_slack,
)
from bot.incidents.commenting.markdown import escaped_markdown, escaped_name, unescaped_markdown
from sandbox.flashduty.model.comments import read

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak"}
PERMALINK = "https://harbor.slack.com/archives/C0PAYMENTS/p1795464310000100?thread_ts=1795464310.000100&cid=C0PAYMENTS"

# What gives Markdown its effect, in pieces that hypothesis puts together.
PIECES = [
    *"[]()<>!\\`*_#|:@&x ",
    *("```", "**", "__", "~~", "~~~", "# ", "- ", "+ ", "* ", "1. ", "2) ", "> ", "---", "===", "| - | - |"),
    *("&lt;", "&#91;", "&#x5b;", "&lbrack;", "&colon;", "\n", "\n\n", "\r", "\r\n", "\t", "    ", "  \n", "\\\n"),
    *("\u2028", "\x0b", "\x00", "\u00a0", "\u202e", "\ud83d", "://", "www.", "[1]: ", "[@Alice][1]", "mailto:"),
    *("[@Alice](flashduty://ref/member/7001)", "<flashduty://ref/member/7001>", "flashduty://ref/member/7001"),
    *("![x](flashduty://ref/member/7001)", '<a href="flashduty://ref/member/7001">', "<!-- x -->", "<b>", "<?x?>"),
    *("<![CDATA[x]]>", "https://evil.example/x", "dana@harbor.example", "word", "中文", "🔥"),
]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


def tokens(markdown):
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def words_of(text):
    return "".join(text.split())


@given(HOSTILE)
@example("[@Alice](flashduty://ref/member/7001)")
@example("x\n\n    [@Alice](flashduty://ref/member/7001)")
@example("foo\\\n- bar\n===\n1) x\n\n[1]: flashduty://ref/member/7001\n[1]")
@example("\u00a0> x")
@example("a | b\n--- | ---\nc | d")
@example("snake_case_name _x_ __init__ a_b")
def test_any_text__reads_as_it_was_typed_and_has_no_effect(typed):
    written = escaped_markdown(typed)
    assert {token.type for token in tokens(written)} <= PLAIN
    assert not re.search(r"(?<!\\)://", written)
    reading = read(written)
    assert (reading.links, reading.images, reading.markup) == ((), (), ())
    # What cannot be seen was taken out before; everything else is there.
    visible = words_of(escaped_to_nothing(typed))
    assert words_of(reading.shown) == visible


def escaped_to_nothing(typed):
    unseen = {
        *map(chr, range(9)),
        *map(chr, range(0x0B, 0x20)),
        *map(chr, range(0x7F, 0xA0)),
        "\ufeff",
        "\u200e",
        "\u200f",
    }
    unseen |= {"\u2028", "\u2029", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
    kept = "".join(" " if character in unseen and character != "\r" else character for character in typed)
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in kept)


@given(name=HOSTILE, author=HOSTILE, words=HOSTILE, is_unchanged=st.booleans(), has_link=st.booleans())
def test_a_comment__of_hostile_names_and_words__links_to_the_message_alone(name, author, words, is_unchanged, has_link):
    message = SlackMessage(
        author=author,
        permalink=PERMALINK if has_link else "",
        fingerprint=fingerprint(words) if is_unchanged else "",
    )
    for draft in (CommentDraft(words=words, writer=name), CommentDraft(words=words, writer=name, message=message)):
        reading = read(draft.text)
        assert reading.links == ((PERMALINK,) if draft.message and has_link else ())
        assert (reading.images, reading.markup, reading.mentioned) == ((), (), ())
        assert draft.length == len(draft.text.strip())


@given(HOSTILE)
def test_a_permalink__of_another_shape__is_no_link(address):
    assert checked_permalink(f"https://harbor.slack.com/archives/C0PAYMENTS/p1{address}") in {
        "",
        f"https://harbor.slack.com/archives/C0PAYMENTS/p1{address}",
    }
    shown = CommentDraft(
        words="x", writer="A", message=SlackMessage(author="B", permalink=f"{PERMALINK}{address}")
    ).text
    reading = read(shown)
    assert reading.links in {(), (f"{PERMALINK}{address}",)}
    assert reading.mentioned == ()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("restarting the database", "restarting the database"),
        ("snake_case_name, R&D & a-b (50 %)", "snake_case_name, R&D & a-b (50 %)"),
        ("- a\n- b", "\\- a\\\n\\- b"),
        ("a\n\n  b", "a\n\n\u00a0\u00a0b"),
        ("1. first", "1\\. first"),
        ("*bold* <!channel> [x](y)", "\\*bold\\* \\<!channel> \\[x\\](y)"),
        ("https://a.example", "https\\://a.example"),
        ("&lt; & &#60;", "\\&lt; & \\&#60;"),
        ("  x  \n", "x"),
        ("x\n\ty", "x\\\n\u00a0\u00a0\u00a0\u00a0y"),
        ("", ""),
        (" \n\t\n", ""),
    ],
)
def test_what_needs_no_escape__is_left_as_it_is(typed, written):
    assert escaped_markdown(typed) == written


def test_a_name__is_one_line_of_80_characters():
    assert escaped_name("Bob\n# Müller") == "Bob # Müller"
    assert escaped_name("x" * 200) == "x" * 79 + "…"


def test_a_comment__says_who_wrote_it_and_what_it_is_about():
    text = "the database is slow"
    message = SlackMessage(author="Bob Müller", permalink=PERMALINK, fingerprint=fingerprint(text))
    link = f"[message of Bob Müller in Slack]({PERMALINK})"
    assert CommentDraft(words=f" {text}\n", writer="Alice Chen").text == f"Alice Chen in Slack: {text}"
    passed_on = CommentDraft(words=f"{text} ", writer="Alice Chen", message=message)
    assert passed_on.text == f"Bob Müller in Slack: {text}\n\n{link}, added by Alice Chen"
    changed = CommentDraft(words=f"{text}: restarting", writer="Alice Chen", message=message)
    assert changed.text == f"Alice Chen in Slack: {text}: restarting\n\nAbout: {link}"
    bare = CommentDraft(words="", writer="Alice Chen", message=message)
    assert bare.text == f"{link}, added by Alice Chen"


@pytest.mark.parametrize(
    ("words", "is_too_long"), [("磁" * 1_011, False), ("磁" * 1_012, True), ("*" * 505, False), ("*" * 506, True)]
)
def test_a_comments_length__counts_names_and_escapes(words, is_too_long):
    draft = CommentDraft(words=words, writer="Al")
    assert (draft.length > 1_024) == draft.is_too_long == is_too_long


@given(HOSTILE)
@example("*bold* [x](y) \\")
def test_what_was_escaped__is_read_back_as_it_was_typed(typed):
    assert words_of(unescaped_markdown(escaped_markdown(typed))) == words_of(escaped_to_nothing(typed))


def test_a_comment_of_this_bot__is_read_back_with_its_writer():
    words = "see [graph] *now*\n- twice"
    assert words_from_slack(CommentDraft(words=words, writer="Bob *Müller*").text) == ("Bob *Müller*", words)
    assert words_from_slack("rolling back") is None
    assert words_from_slack(CommentDraft(words=" ", writer="Bob", message=SlackMessage(author="Wang")).text) is None
