"""What does not fit goes to the thread, and nothing is lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from bot.messages.layout import MAX_THREAD_MESSAGES, MAX_THREAD_ROWS, in_thread, listed
from bot.messages.size import Chapter, fitted
from bot.messages.text import Mrkdwn, escaped
from tests.bot.samples import ALONE

TITLE = Mrkdwn("*Holes*")


def drawn(part):
    return fitted(part.pieces)


def rows(count, width=20):
    return [Mrkdwn(f"• {n} " + "x" * width) for n in range(count)]


def test_listed__shows_the_first_and_counts_the_others():
    part = drawn(listed(ALONE, TITLE, rows(5), most=3, in_thread=True))
    assert part.blocks[0].text.text.splitlines()[-1] == "and 2 more, in the thread"
    assert part.left_out == (Chapter(TITLE, tuple(rows(5)[3:])),)


def test_listed__promises_no_thread_where_there_is_none():
    assert drawn(listed(ALONE, TITLE, rows(5), most=3, in_thread=False)).blocks[0].text.text.endswith("and 2 more")


def test_listed__is_nothing_without_rows():
    assert listed(ALONE, TITLE, [], most=3, in_thread=True).pieces == ()


def test_listed__leaves_out_what_a_section_does_not_hold():
    part = drawn(listed(ALONE, TITLE, rows(10, width=900), most=10, in_thread=True))
    assert len(part.blocks[0].text.text) <= 3000
    assert len(part.left_out[0].rows) == 7


def test_a_thread__ends_before_anybody_is_tired_of_it():
    messages = in_thread(ALONE, [Chapter(TITLE, tuple(rows(MAX_THREAD_ROWS, width=200)))] * 9)
    assert len(messages) == MAX_THREAD_MESSAGES
    assert "more than fits here" in messages[-1].text


@given(st.lists(st.tuples(st.integers(1, MAX_THREAD_ROWS), st.text(max_size=120)), max_size=4))
def test_a_thread__has_every_row_once_within_slacks_limits(chapters):
    given_rows = [tuple(escaped(f"{n}-{m} {text}") for m in range(count)) for n, (count, text) in enumerate(chapters)]
    messages = in_thread(ALONE, [Chapter(TITLE, one) for one in given_rows])
    assert all(len(block.text.text) <= 3000 for message in messages for block in message.blocks[:-1])
    assert all(not message.text.endswith("…") for message in messages[: MAX_THREAD_MESSAGES - 1])
    if len(messages) < MAX_THREAD_MESSAGES:
        told = "\n".join(message.text for message in messages).splitlines()
        assert [line for line in told if line != TITLE] == [row for one in given_rows for row in one]


def test_a_long_list__does_not_crowd_out_the_next():
    messages = in_thread(ALONE, [Chapter(TITLE, tuple(rows(500))), Chapter(Mrkdwn("*Next*"), tuple(rows(1)))])
    assert f"and {500 - MAX_THREAD_ROWS} more" in messages[0].text
    assert "*Next*" in messages[-1].text
