from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.search import OPEN, TEXT_LIMIT, IncidentSearch, read_search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", IncidentSearch()),
        ("critical", IncidentSearch(severities=(Severity.CRITICAL,))),
        ("WARNING Critical", IncidentSearch(severities=(Severity.WARNING, Severity.CRITICAL))),
        ("closed since:7d", IncidentSearch(progress=(Progress.CLOSED,), since=timedelta(days=7))),
        ("open", IncidentSearch(progress=OPEN)),
        ("since:90m page:3", IncidentSearch(since=timedelta(minutes=90), page=3)),
        ("since:99999d", IncidentSearch(since=timedelta(days=365))),
        ("支付 网关 critical", IncidentSearch(severities=(Severity.CRITICAL,), text="支付 网关")),
        ("page:0", IncidentSearch()),
    ],
)
def test_read_search__finds_filters_and_text(words, found):
    assert read_search(words) == found


@pytest.mark.parametrize("word", ["since:", "since:soon", "since:7y", "page:x", "since:-1d"])
def test_read_search__keeps_what_it_does_not_understand_apart(word):
    assert read_search(f"db {word}").not_understood == (word,)
    assert read_search(f"db {word}").text == "db"


def test_read_search__clips_a_long_text():
    assert len(read_search("数" * 500).text) == TEXT_LIMIT


@given(st.text(max_size=300))
def test_words__ask_for_the_same_again(words):
    search = read_search(words)
    assert read_search(search.words) == search
