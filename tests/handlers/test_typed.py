"""Normalisation of text typed on either keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dispatch import payloads
from handlers.dispatch.typed import plain


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


@given(st.text(max_size=200))
def test_plain__survives_any_text(text):
    assert " ".join(plain(text).split()) == plain(text)
