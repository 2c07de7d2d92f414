"""Lists that repeat themselves, are short, empty or grow: counted in calls, from a typed command."""

from dataclasses import replace

import pytest
from harbor import CAROL, SEARCH

# A page of the list, and one that shows that it repeats.
FEW = 3


def has(place, **habits):
    place.flashduty.habits = replace(place.flashduty.habits, **habits)


def cursors(place):
    return [call.body.get("search_after_ctx") for call in place.called("/incident/list")]


async def test_a_list_that_repeats_itself__ends_after_two_calls_with_what_there_is(quay):
    """A cursor that does not move once cost 67 to 171 calls in 4 s."""
    has(quay, repeats_cursor=True, page_size=20)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert len(quay.called("/incident/list")) == 2
    assert message["text"].startswith("20 or more open")


@pytest.mark.parametrize(
    "words", ["incidents", "me", "digest", "digest week", "incidents closed since:7d", "incident ZZZZZZ"]
)
async def test_every_view_of_incidents__asks_a_list_that_repeats_itself_a_few_times(quay, words):
    """Each window of a view is read at most twice, and no page twice."""
    has(quay, repeats_cursor=True, page_size=2)
    await quay.types(f"/flashduty {words}")
    asked = [tuple(sorted(str(item) for item in call.body.items())) for call in quay.called("/incident/list")]
    assert len(asked) == len(set(asked))
    windows = {call.body["start_time"] for call in quay.called("/incident/list")}
    assert len(asked) <= 2 * len(windows)


async def test_short_pages__are_all_read_and_each_incident_is_counted_once(quay):
    plain = await quay.types("/flashduty incidents", CAROL, SEARCH)
    has(quay, page_size=20, overlap=5)
    before = len(quay.called("/incident/list"))
    again = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert again["text"].split(",")[0] == plain["text"].split(",")[0] == "120 open"
    assert len(quay.called("/incident/list")) - before == 8


async def test_pages_of_a_server_that_gives_two_at_a_time__are_read_up_to_twenty(quay):
    has(quay, page_size=2)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert len(quay.called("/incident/list")) == 20
    assert message["text"].startswith("40 or more open")


async def test_empty_pages_with_more_to_come__are_passed_over(quay):
    has(quay, empty_pages=2)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert message["text"].startswith("120 open")
    assert len(quay.called("/incident/list")) == 6


async def test_empty_pages_for_ever__end_after_four_and_are_no_all_clear(quay):
    """No incident is no reassurance while Flashduty says that there are some."""
    has(quay, empty_pages=1_000)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert len(quay.called("/incident/list")) == 4
    assert message["text"].startswith("*The reply of Flashduty could not be used")
    assert "No open incidents" not in message["text"]


@pytest.mark.parametrize("habits", [{"grows": True}, {"repeats_pages": True}, {"repeats_pages": True, "page_size": 2}])
@pytest.mark.parametrize("words", ["oncall", "oncall week", "me", "oncall at:+6h"])
async def test_schedules_that_repeat_or_grow__are_read_once_and_shown_once(quay, words, habits):
    """Such a list once cost 21 calls, and one schedule was shown 15 times."""
    plain = await quay.types(f"/flashduty {words}")
    calls = len(quay.called("/schedule/list"))
    has(quay, **habits)
    again = await quay.types(f"/flashduty {words}")
    assert len(quay.called("/schedule/list")) - calls <= 5
    assert again["text"].count("Payments primary") <= plain["text"].count("Payments primary")


async def test_schedules_that_repeat__are_shown_with_or_more(quay):
    has(quay, repeats_pages=True)
    message = await quay.types("/flashduty oncall")
    assert len(quay.called("/schedule/list")) == 2
    assert "There may be more: Flashduty did not return all schedules." in message["text"]


async def test_short_pages_of_schedules__are_all_read(quay):
    plain = await quay.types("/flashduty oncall")
    has(quay, page_size=1)
    again = await quay.types("/flashduty oncall")
    assert again["text"] == plain["text"]


@pytest.mark.parametrize("code", ["OK", "ok", "", "0", 0])
async def test_an_error_that_is_none__is_a_success(quay, code):
    """The vendor's own servers answer so, to reads and to an acknowledgement."""
    has(quay, ok_code=code)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert message["text"].startswith("120 open")
    on_call = await quay.types("/flashduty oncall")
    assert "On call now" in on_call["text"]
