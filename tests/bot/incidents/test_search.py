from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.incidents.search import IncidentSearch, probable_search, read_search
from bot.messages.views import OPEN, SEARCH_TEXT_LIMIT

# Words with a meaning, in quotes and out of them.
WORDS = st.sampled_from(
    [
        "critical",
        '"critical',
        'closed"',
        '"',
        "since:7d",
        '"since:7d"',
        "page:2",
        "since:x",
        '"since:x"',
        "db",
        "db,open",
    ]
)


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
        ('"card payments"', IncidentSearch(text="card payments")),
        ('critical "closed since:7d" db', IncidentSearch(severities=(Severity.CRITICAL,), text="closed since:7d db")),
        ("critical,warning", IncidentSearch(severities=(Severity.CRITICAL, Severity.WARNING))),
        ("critical，延迟", IncidentSearch(severities=(Severity.CRITICAL,), text="延迟")),
        ("延迟，很高 a,b", IncidentSearch(text="延迟，很高 a,b")),
        ("Card FAILS", IncidentSearch(text="Card FAILS")),
    ],
)
def test_read_search__finds_filters_and_text(words, found):
    assert read_search(words) == found


@pytest.mark.parametrize("word", ["since:", "since:soon", "since:7y", "page:x", "since:-1d"])
def test_read_search__keeps_what_it_does_not_understand_apart(word):
    assert read_search(f"db {word}").not_understood == (word,)
    assert read_search(f"db {word}").text == "db"


def test_read_search__clips_a_long_text():
    assert len(read_search("数" * 500).text) == SEARCH_TEXT_LIMIT


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        ("sinse:7d", "since:7d"),
        ("since 90m ledger", "since:90m ledger"),
        ("since=36h", "since:36h"),
        ("since：7d", "since:7d"),
        ("critcal", "critical"),
        ("warn ledger", "warning ledger"),
        ("critical close", "critical closed"),
        ("closed since:2d trigered", "closed triggered since:2d"),
    ],
)
def test_meant__of_a_misspelt_filter__is_the_filter(words, suggested):
    assert probable_search(read_search(words)) == read_search(suggested)


@pytest.mark.parametrize(
    "words", ["", "zzz", "critical since:7d", "ledger 5d", "web 03", "支付 网关", "host:web1", "since:x", "crit" * 60]
)
def test_meant__of_words_to_search_for__is_nothing(words):
    assert probable_search(read_search(words)) is None


@pytest.mark.parametrize(
    ("words", "narrows"),
    [("", False), ("open since:60d", False), ("since:x", False), ("closed open", False)]
    + [(word, True) for word in ("zzz", "critical", "since:7d", "triggered", "closed")],
)
def test_narrows__tells_whether_open_incidents_are_left_out(words, narrows):
    assert read_search(words).narrows is narrows


@pytest.mark.parametrize("words", ["since:7d", "since:36h", "since:90m"])
def test_words__are_as_short_as_they_were_typed(words):
    assert read_search(words).words == words


@given(st.text(max_size=300))
def test_meant__of_anything__can_be_asked_for(words):
    found = probable_search(read_search(words))
    assert found is None or read_search(found.words) == found


@given(st.text(max_size=300) | st.lists(WORDS, max_size=8).map(" ".join))
def test_words__ask_for_the_same_again(words):
    search = read_search(words)
    assert read_search(search.words) == search
