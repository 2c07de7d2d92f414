from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.incidents.list_view import OPEN, SEARCH_TEXT_LIMIT, IncidentList
from bot.incidents.search import probable_search, read_search, words_of

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
        "mine",
        "channel:a",
        "channel:",
        'channel:"a b"',
        "label:a=b",
        "responder:@bob",
        "sort:age",
    ]
)


BOTH_LABELS = ("env=prod", "region")
PAYMENTS_IN_PROD = IncidentList(flashduty_channel="Payments", labels=("env=prod",), is_oldest_first=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", IncidentList()),
        ("critical", IncidentList(severities=(Severity.CRITICAL,))),
        ("WARNING Critical", IncidentList(severities=(Severity.WARNING, Severity.CRITICAL))),
        ("closed since:7d", IncidentList(progress=(Progress.CLOSED,), since=timedelta(days=7))),
        ("open", IncidentList(progress=OPEN)),
        ("since：7d", IncidentList(since=timedelta(days=7))),
        ("since:90m page:3", IncidentList(since=timedelta(minutes=90), page=3)),
        ("since:99999d", IncidentList(since=timedelta(days=365))),
        ("支付 网关 critical", IncidentList(severities=(Severity.CRITICAL,), text="支付 网关")),
        ("page:0", IncidentList()),
        ('"card payments"', IncidentList(text="card payments")),
        ('critical "closed since:7d" db', IncidentList(severities=(Severity.CRITICAL,), text="closed since:7d db")),
        ("critical,warning", IncidentList(severities=(Severity.CRITICAL, Severity.WARNING))),
        ("critical，延迟", IncidentList(severities=(Severity.CRITICAL,), text="延迟")),
        ("延迟，很高 a,b", IncidentList(text="延迟，很高 a,b")),
        ("Card FAILS", IncidentList(text="Card FAILS")),
        ("mine snoozed", IncidentList(is_mine=True, is_snoozed=True)),
        ("我的 已暂缓", IncidentList(is_mine=True, is_snoozed=True)),
        ("channel:Payments label:env=prod sort:age", PAYMENTS_IN_PROD),
        ("协作空间：Payments 标签:env=prod 排序:最早", PAYMENTS_IN_PROD),
        ('channel:"Card  payments" db', IncidentList(flashduty_channel="Card payments", text="db")),
        ("label:env=prod,label:region critical", IncidentList(severities=(Severity.CRITICAL,), labels=BOTH_LABELS)),
        ("responder:@bob", IncidentList(responder="bob")),
        ('responder:"Bob Müller"', IncidentList(responder="Bob Müller")),
        ("responder:<@U0BOB>", IncidentList(responder_slack_id="U0BOB")),
        ('"mine" "channel:x"', IncidentList(text="mine channel:x")),
    ],
)
def test_read_search__finds_filters_and_text(words, found):
    assert read_search(words) == found


@pytest.mark.parametrize(
    "word",
    [
        "since:",
        "since:soon",
        "since:7y",
        "page:x",
        "since:-1d",
        "channel:",
        "label:",
        "responder:@",
        "sort:x",
        f"label:{'x' * 61}",
    ],
)
def test_read_search__keeps_what_it_does_not_understand_apart(word):
    assert read_search(f"db {word}").not_understood == word
    assert read_search(f"db {word}").text == "db"


def test_read_search__clips_a_long_text():
    assert len(read_search("数" * 500).text) == SEARCH_TEXT_LIMIT


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        ("sinse:7d", "since:7d"),
        ("since 90m ledger", "since:90m ledger"),
        ("since=36h", "since:36h"),
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
    [("", False), ("open since:60d", False), ("since:x", False), ("closed open", False), ("sort:age", False)]
    + [
        (word, True)
        for word in (
            "zzz",
            "critical",
            "since:7d",
            "triggered",
            "closed",
            "mine",
            "snoozed",
            "channel:a",
            "label:a",
            "responder:a",
        )
    ],
)
def test_narrows__tells_whether_open_incidents_are_left_out(words, narrows):
    assert read_search(words).narrows is narrows


@pytest.mark.parametrize("words", ["since:7d", "since:36h", "since:90m"])
def test_words__are_as_short_as_they_were_typed(words):
    assert words_of(read_search(words)) == words


@given(st.text(max_size=300))
def test_meant__of_anything__can_be_asked_for(words):
    found = probable_search(read_search(words))
    assert found is None or read_search(words_of(found)) == found


@given(st.text(max_size=300) | st.lists(WORDS, max_size=8).map(" ".join))
def test_words__ask_for_the_same_again(words):
    search = read_search(words)
    assert read_search(words_of(search)) == search
