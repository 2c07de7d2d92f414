"""The border between untrusted strings and Slack's markup."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.messages.text import (
    ADDRESS_LIMIT,
    Mrkdwn,
    clipped,
    counted,
    escaped,
    inert,
    lines,
    link,
    moment,
    mrkdwn,
    one_line,
    shortened,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOSTILE = (
    st.text()
    | st.sampled_from(["<!channel>", "<@U0ALICE>", "`rm`", "*a*", "<http://x|y>", "&lt;", "𝒳👩‍👩‍👧", "严重"])
    | st.lists(st.sampled_from([*"<>&|`*_~:@!#", "a", "中", "👍", "\n", "\u202e"]), max_size=40).map("".join)
)


@given(HOSTILE)
def test_escaped__leaves_no_control_sequence_for_any_string(untrusted):
    safe = escaped(untrusted)
    assert "<" not in safe
    assert ">" not in safe
    assert not re.search(r"&(?!(amp|lt|gt);)", safe)
    assert "`" not in safe
    assert "\n" not in safe
    safe.encode()


CODES = st.text(st.sampled_from(":: a1支+-'\n<"), max_size=30)
TIME = r"(?<=\d):[0-5]\d(?=:)"


def codes(text):
    """What Slack would draw as emoji; tokens, code and times of day aside."""
    name = r"[^\s:\u2060/.,;!?()\[\]{}<>\"&|=@#%]"
    return re.findall(rf":{name}+:", re.sub(TIME, "", re.sub(r"<[^<>]*>|`[^`]*`", "<>", text)))


@given(HOSTILE | CODES)
def test_escaped__forms_no_emoji_code_for_any_string(untrusted):
    assert codes(escaped(untrusted)) == []


@given(CODES, CODES)
def test_mrkdwn__forms_no_emoji_code_with_its_own_colons(one, other):
    """A label named `:fire` in `{name}: {value}` once formed one."""
    assert codes(mrkdwn("{one}: {other}: {at}", one=one, other=other, at=moment(NOON))) == []


@pytest.mark.parametrize("code", [":100:", ":+1:", ":-1:", ":1234:", ":8ball:", ":tada:", ":支付:", ":了解:", ":o:"])
@pytest.mark.parametrize("around", ["{}", "a{}b", "web{}5432", "{0}{0}", "({})", "1{}2"])
def test_escaped__leaves_no_emoji__whatever_it_is_called(code, around):
    untrusted = around.format(code)
    assert codes(untrusted)
    assert codes(escaped(untrusted)) == []
    assert codes(inert(untrusted)) == []
    assert escaped(untrusted).replace("\u2060", "") == untrusted
    assert inert(inert(untrusted)) == inert(untrusted)


@pytest.mark.parametrize(
    ("untrusted", "shown"),
    [
        ("<!channel> down", "&lt;!channel&gt; down"),
        ("<@U0ALICE> & co", "&lt;@U0ALICE&gt; &amp; co"),
        ("cpu_usage_high on web_01", "cpu_usage_high on web_01"),
        ("*bold* 3*4", "∗bold∗ 3*4"),
        ("`rm -rf`", "ˋrm -rfˋ"),
        ("at 12:30:45", "at 12:30:45"),
        ("db1:5432 2026-11-24T12:30:45Z", "db1:5432 2026-11-24T12:30:45Z"),
        ("since 12:30: disk full", "since 12:30: disk full"),
        ("GET https://web-01:8080/a:b fails", "GET https://web-01:8080/a:b fails"),
        ("支付网关\n超时", "支付网关 超时"),
        ("abc\u202edef", "abc def"),
    ],
)
def test_escaped__keeps_what_is_harmless_readable(untrusted, shown):
    assert escaped(untrusted) == shown


@given(HOSTILE, st.integers(min_value=1, max_value=60))
def test_shortened__never_splits_an_entity_or_a_token(untrusted, limit):
    text = mrkdwn("{when} {title}", when=moment(datetime(2026, 11, 24, tzinfo=UTC)), title=untrusted)
    cut = shortened(text, limit)
    assert len(cut) <= max(limit, 1)
    assert cut.count("<") == cut.count(">")
    assert not re.search(r"&(?!(amp|lt|gt);)", cut)


@given(HOSTILE, st.integers(min_value=1, max_value=60))
def test_clipped__keeps_the_limit(untrusted, limit):
    assert len(clipped(untrusted, limit)) <= limit


@given(HOSTILE | st.text(min_size=300), HOSTILE)
@example(path="支" * 400, label="Title")
def test_link__is_one_well_formed_token_or_the_bare_label(path, label):
    """An address that is too long as it is written is left out."""
    drawn = link(f"https://app.example/{path}", label)
    assert drawn == escaped(label) or re.fullmatch(r"<https://[^<>|\s]{1,1000}\|[^<>|]*>", drawn)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "//host/x", "https://", "mailto:a@b", "http://[bad"])
def test_link__shows_the_bare_label__when_the_address_is_no_web_page(address):
    assert link(address, "Title <b>") == "Title &lt;b&gt;"


@pytest.mark.parametrize("path", ["支" * 400, "a" * 1000, "?" + "&" * 300])
def test_link__shows_the_bare_label__when_the_address_is_too_long_as_written(path):
    assert link(f"https://app.example/{path}", "Title") == "Title"


def test_link__keeps_an_address__of_exactly_a_thousand_characters():
    address = "https://app.example/".ljust(ADDRESS_LIMIT, "a")
    assert link(address, "Title") == f"<{address}|Title>"


def test_moment__is_a_date_token_with_a_fallback():
    at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    assert moment(at) == f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|2026-11-24 09:00 UTC>"


def test_mrkdwn__escapes_plain_values_and_keeps_safe_ones():
    assert mrkdwn("{a} {b}", a="<x>", b=Mrkdwn("<@U1>")) == "&lt;x&gt; <@U1>"


def test_counted__chooses_the_whole_sentence():
    assert counted(1, "{count} alert", "{count} alerts") == "1 alert"
    assert counted(0, "{count} alert", "{count} alerts") == "0 alerts"


def test_lines__leaves_out_what_is_not_there():
    assert lines(Mrkdwn("a"), None, Mrkdwn("b")) == "a\nb"


def test_one_line__survives_broken_unicode():
    assert one_line("a\ud800b").encode()
