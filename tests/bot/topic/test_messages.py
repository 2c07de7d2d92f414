"""The marked part of a topic, and what people wrote around it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import ALICE, BOB, NOW, PEOPLE, WANG, ago, ahead, schedule, shift

from bot.messages.language import chinese as in_chinese
from bot.oncall.shifts import on_call
from bot.topic.messages import TOPIC_LIMIT, is_right, topic_part, with_part
from tests.bot.samples import ALONE, readers


def entries(*schedules):
    return [on_call(one, NOW, NOW + timedelta(days=15)) for one in schedules]


PRIMARY = schedule("Primary", shift(ago(hours=1), ahead(hours=1), ALICE, BOB))


def test_part__names_people_by_schedule():
    backup = schedule("值班 🎏 <#C0|x> [b]", shift(ago(hours=1), ahead(hours=1), WANG))
    assert (
        topic_part(ALONE, entries(PRIMARY, backup), PEOPLE)
        == "Alice Chen, Bob Müller (Primary) · 王小明 (值班 ‹#C0|x› (b))"
    )


def test_part__without_anybody__says_so():
    assert topic_part(ALONE, entries(schedule("Primary")), PEOPLE) == "nobody"
    assert topic_part(ALONE, [], PEOPLE) == "nobody"


@pytest.mark.parametrize(
    ("topic", "becomes"),
    [
        ("", "[on call: Alice]"),
        ("Payments", "Payments [on call: Alice]"),
        ("Payments [on call: Bob (Primary)]", "Payments [on call: Alice]"),
        ("[on call: nobody] &amp; more &lt;3", "[on call: Alice] &amp; more &lt;3"),
        ("a [on call: Bob] b [on call: Bob] c", "a [on call: Alice] b [on call: Bob] c"),
    ],
)
def test_with_part__leaves_everything_else_alone(topic, becomes):
    assert with_part(ALONE, topic, "Alice") == becomes


@pytest.mark.parametrize(
    ("kept", "part"),
    [
        ("Payments [on call: Alice (<http://db1.harbor.example|db1.harbor.example>)]", "Alice (db1.harbor.example)"),
        ("[on call: Alice (<https://wiki.example/a>)] more", "Alice (https://wiki.example/a)"),
        ("[on call: Alice (<#C0SEARCH|search-oncall>)]", "Alice (#search-oncall)"),
        ("[on call: <mailto:new@harbor.example|new@harbor.example> (Primary)]", "new@harbor.example (Primary)"),
        ("see <https://wiki.example|Runbook> [on call: Alice]", "Alice"),
    ],
)
def test_a_topic__with_parts_slack_linked__is_right(kept, part):
    """Compared without undoing the links, such topics are set again every 15 minutes."""
    assert is_right(ALONE, kept, part)
    assert not is_right(ALONE, kept, f"{part} and Bob")
    assert not is_right(ALONE, "Payments", part)


def test_part__holds_no_emoji_code():
    """A name with `:100:` would become an emoji in the topic."""
    rota = schedule("a:100:b at 12:00", shift(ago(hours=1), ahead(hours=1), ALICE))
    assert topic_part(ALONE, entries(rota), PEOPLE) == "Alice Chen (a∶100:b at 12:00)"


def test_with_part__without_room__is_none():
    assert with_part(ALONE, "x" * 230, "Alice") is None


def test_with_part__too_long__is_cut_and_closed():
    made = with_part(ALONE, "x" * 200, "Alice " * 40)
    assert len(made) == TOPIC_LIMIT
    assert made.endswith("…]")


@given(st.text(max_size=300), st.lists(st.text(max_size=30), min_size=1, max_size=2))
def test_with_part__again__changes_nothing_and_replaces_itself(topic, names):
    parts = [
        topic_part(ALONE, entries(schedule(name, shift(ago(hours=1), ahead(hours=1), ALICE))), PEOPLE) for name in names
    ]
    made = with_part(ALONE, topic, parts[0])
    if made is not None:
        assert len(made) <= TOPIC_LIMIT
        assert with_part(ALONE, made, parts[0]) == made
        assert len(with_part(ALONE, made, parts[-1]) or "") <= TOPIC_LIMIT


def test_the_part__is_found_in_whichever_language_it_was_written():
    to = readers(in_chinese()).everybody
    chinese = with_part(to, "Payments [on call: Alice] more", "Bob")
    assert chinese != "Payments [on call: Bob] more"
    assert with_part(ALONE, chinese, "Carol") == "Payments [on call: Carol] more"
