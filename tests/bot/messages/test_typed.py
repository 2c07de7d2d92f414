"""Normalisation of text typed on either keyboard."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages.input.typed import normalised, plain
from bot.oncall.time_expressions import parse_time
from handlers import lookup
from handlers.dispatch import payloads


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ｉｎｃｉｄｅｎｔｓ　ｃｒｉｔｉｃａｌ", "incidents critical"),
        ("incidents since：７ｄ", "incidents since:7d"),
        ("incidents since＝7d", "incidents since:7d"),
        ("incidents since=7d", "incidents since:7d"),
        ("incidents critical，warning", "incidents critical warning"),
        ("incidents，critical", "incidents critical"),
        ("incident ＃０Ｅ８３ＥＥ", "incident #0E83EE"),
        ("oncall at：＋6h", "oncall at:+6h"),
        ("oncall at：18：00", "oncall at:18:00"),
        ("oncall at：“tomorrow 18：00”", 'oncall at:"tomorrow 18:00"'),
        ("oncall at:‘friday noon’", 'oncall at:"friday noon"'),
        ("incidents “card payments”", 'incidents "card payments"'),
        ("incidents ”card payments”", 'incidents "card payments"'),
        ("incidents „card payments“", 'incidents "card payments"'),
        ("incidents 「高 延迟」", 'incidents "高 延迟"'),
        ("incidents『高 延迟』critical", 'incidents "高 延迟" critical'),
        ("incidents «card payments»", 'incidents "card payments"'),
        ("incidents 'card payments'", 'incidents "card payments"'),
        ("incidents ＂card＂", 'incidents "card"'),
        ('incidents ""', "incidents"),
        ("？", "?"),
        ("“incidents critical”", "incidents critical"),
        ("incidents\u00a0critical\u2003warning", "incidents critical warning"),
        ("incidents web\u2060-\u200b01", "incidents web-01"),
    ],
)
def test_plain__reads_both_keyboards_alike(typed, read):
    assert plain(typed) == read


@pytest.mark.parametrize(
    "words",
    [
        "incidents Don't Panic",
        "incidents it’s Bob’s disk",
        'incidents 5" and 7" disks',
        "incidents (主库) 支付：主库（一）延迟，很高",
        "incidents a,b team=payments host:web1 x=y",
        "incidents R&D <ledger>",
    ],
)
def test_plain__leaves_words_to_search_for_as_they_were_typed(words):
    assert plain(words) == words


def test_plain__of_a_mixed_word__keeps_its_punctuation_and_narrows_its_letters():
    assert plain("incidents 支付ＡＰＩ（主库）") == "incidents 支付API（主库）"


@pytest.mark.parametrize(
    ("typed", "team", "words"),
    [
        ("incidents team：payments", "payments", "incidents"),
        ("ｔｅａｍ：ｐａｙｍｅｎｔｓ incidents", "payments", "incidents"),
        ("incidents team:“payments”", "payments", "incidents"),
        ('incidents "team:payments"', None, 'incidents "team:payments"'),
        ("incidents team=payments", None, "incidents team=payments"),
    ],
)
def test_a_team_is_understood__and_left_alone_in_quotes(typed, team, words):
    where = {"team_id": "T0HARBOR", "channel_id": "C0PAYMENTS", "user_id": "U0ALICE"}
    command = payloads.command({**where, "text": typed, "trigger_id": "1.2.3"})
    assert (command.team, command.words) == (team, words)


@pytest.mark.parametrize(
    "text", ["<@U0FLASHBOT> incidents", "<@U0FLASHBOT>：ｉｎｃｉｄｅｎｔｓ", "<@U0FLASHBOT>，「incidents」"]
)
def test_a_mention_is_read_like_a_command(text):
    event = {"user": "U0ALICE", "channel": "C0PAYMENTS", "ts": "1.2", "text": text}
    assert payloads.message_to_bot({"team_id": "T0HARBOR", "event": event}).words == "incidents"


# Full width, of every sign that the filters and the times have.
WIDE = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:+-#/. ",
    "０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ：＋－＃／．\u3000",
)
FILTERS = st.lists(
    st.one_of(
        st.sampled_from(["critical", "Warning", "info", "triggered", "processing", "CLOSED", "open", "latency", "a-b"]),
        st.builds("since:{}{}".format, st.integers(0, 99_999), st.sampled_from("mhdw")),
        st.builds("page:{}".format, st.integers(0, 999)),
    ),
    max_size=6,
).map(" ".join)
TIMES = st.one_of(
    st.builds("at:+{}{}".format, st.integers(0, 9999), st.sampled_from("mhdw")),
    st.builds("at:{}:{:02}".format, st.integers(0, 30), st.integers(0, 70)),
    st.builds(
        "at:{} {}:{:02}".format, st.sampled_from(["tomorrow", "Friday", "tonight"]), st.integers(0, 23), st.just(5)
    ),
    st.dates().map("at:{:%Y-%m-%d} 18:00".format),
    st.dates().map("at:{:%Y.%m.%d}".format),
)
NUMBERS = st.integers(0, 0xFFFFFF).map("#{:06X}".format)
LINES = st.one_of(
    FILTERS.map("incidents {}".format),
    TIMES.map("oncall {} primary".format),
    NUMBERS.map("ack {}".format),
    NUMBERS.map("incident {}".format),
    NUMBERS,
)


@given(LINES)
def test_a_line_in_full_width__asks_for_the_same(line):
    assert lookup.read_command(plain(line.translate(WIDE))) == lookup.read_command(plain(line))


@given(TIMES)
def test_a_time_in_full_width__is_the_same_time(line):
    now, zone = datetime(2026, 11, 24, 7, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
    assert parse_time(plain(line.translate(WIDE)), now, zone) == parse_time(line, now, zone)


SIGNS = "\"＂“”„‟「」『』«»'＇‘’\u200b\u2060\ufeff：﹕，、。．－–—−＃＠\u3000\u00a0＝①½…Ｋ\u0301K5７ａteam支付ｶﾞ\t\n "


@settings(max_examples=500)
@given(st.text(alphabet=st.one_of(st.sampled_from(SIGNS), st.characters()), max_size=25))
def test_normalising_twice__is_the_same_as_once(text):
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_normalising__leaves_ascii_as_it_is(text):
    assert normalised(text) == text


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("明天18：00", "tomorrow 18:00"),
        ("周五 中午", "friday noon"),
        ("今晚", "tonight"),
        ("星期天９：３０", "sunday 9:30"),
        ("２０２６－１１－２５　１８：００", "2026-11-25 18:00"),
        ("2026。11。25 18：00", "2026-11-25 18:00"),
        ("2026／11／25", "2026-11-25"),
        ("2026—11—25 18:00", "2026-11-25 18:00"),
    ],
)
def test_a_time_of_a_chinese_keyboard__is_the_same_time(typed, same):
    now, zone = datetime(2026, 11, 24, 7, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
    found, wanted = (parse_time(plain(f"at：{one}"), now, zone) for one in (typed, same))
    assert found.at == wanted.at
    assert found.at is not None
    assert found.words == ""


@given(st.text(max_size=200))
def test_plain__survives_any_text(text):
    assert " ".join(plain(text).split()) == plain(text)
