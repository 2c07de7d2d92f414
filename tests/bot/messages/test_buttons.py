"""What a control carries comes back as it was, whatever Slack does to it on the way; nothing else is believed."""

import dataclasses
import html
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.handoff.messages.shift_value import SHORT_NAME_LIMIT, ShiftValue
from bot.incidents import list_view
from bot.incidents.messages.acknowledgement import AnnounceValue, UndoValue
from bot.incidents.messages.actions.typed import TypedAction
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages import views
from bot.messages.buttons import BUTTON_VALUE, OPTION_VALUE, TEAM_LIMIT, WORDS_LIMIT, decode, encode
from bot.messages.menus import pressed_value
from bot.messages.views import ViewValue
from bot.runtime.encodable import is_encodable
from bot.usergroups.messages import HANDLE_LIMIT, GroupValue
from tests.bot.every_surface import SURFACES

WRITABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def texts(limit, **more):
    return st.text(WRITABLE | st.sampled_from('&<>"\\\n\x01支👍a'), max_size=limit, **more)


WORDS = texts(WORDS_LIMIT)
PERSONS = texts(views.PERSON_NAME_LIMIT)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(9999, 12, 31))
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NUMBERS = st.integers(0, 2**63 - 1)
INCIDENTS = st.from_regex(r"[0-9a-f]{24}", fullmatch=True)
TIMESTAMPS = st.integers(0, 4_102_444_799)
ZONES = texts(64)
SEVERITIES = [one for one in Severity if one is not Severity.UNKNOWN]
PROGRESS = [one for one in Progress if one is not Progress.UNKNOWN]

VIEW_RECORDS = st.one_of(
    st.builds(views.Help),
    st.builds(views.UnknownCommand, words=WORDS),
    st.builds(
        list_view.IncidentList,
        severities=st.lists(st.sampled_from(Severity).filter(lambda one: one is not Severity.UNKNOWN), unique=True).map(
            tuple
        ),
        progress=st.lists(st.sampled_from(Progress).filter(lambda one: one is not Progress.UNKNOWN), unique=True).map(
            tuple
        ),
        since=st.integers(1, 365 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
        text=texts(list_view.SEARCH_TEXT_LIMIT),
        page=st.integers(1, list_view.MAX_PAGE),
        flashduty_channel=texts(list_view.NAME_FILTER_LIMIT),
        labels=st.lists(texts(list_view.LABEL_FILTER_LIMIT).filter(bool), max_size=list_view.MAX_LABEL_FILTERS).map(
            tuple
        ),
        responder=texts(list_view.NAME_FILTER_LIMIT),
        responder_slack_id=st.sampled_from(["", "U0BOB", "W1"]),
        is_mine=st.booleans(),
        is_snoozed=st.booleans(),
        is_oldest_first=st.booleans(),
    ),
    st.builds(views.IncidentCard, asked=WORDS),
    st.builds(views.OnCall, words=WORDS, at=st.none() | INSTANTS, zone=ZONES),
    st.builds(views.OnCallWeek, words=WORDS, zone=ZONES),
    st.builds(views.OnCallQuestion, words=WORDS),
    st.builds(views.Home),
    st.builds(views.HomeTab, language=st.sampled_from(["", "en", "zh-CN", "auto"])),
    st.builds(views.Digest, on=DAYS, asked_by=PERSONS),
    st.builds(views.DigestWeek, on=DAYS, asked_by=PERSONS),
    st.builds(views.UnknownDigest, words=WORDS),
    st.builds(views.PostedDigest, is_week=st.booleans()),
    st.builds(views.Reminder, at=INSTANTS, person_id=NUMBERS),
)
# Settings allow letters, digits and three signs in a team's name; what people type for one may be anything.
SHARED = {
    "team": st.from_regex(rf"[\w.-]{{1,{TEAM_LIMIT}}}", fullmatch=True) | texts(TEAM_LIMIT),
    "occasion": st.sampled_from(["", "2026-11-24T07:30Z"]),
    "thread": st.sampled_from(["", "1795507200.123456", "1" * 16 + "." + "1" * 16]),
}
VALUES = st.one_of(
    st.builds(ViewValue, view=VIEW_RECORDS, **SHARED),
    st.builds(AcknowledgeValue, incident_id=INCIDENTS, view=st.none() | VIEW_RECORDS, **SHARED),
    st.builds(UndoValue, incident_id=INCIDENTS, acknowledged_at=st.none() | TIMESTAMPS, **SHARED),
    st.builds(
        AnnounceValue,
        incident_id=INCIDENTS,
        change=st.sampled_from(["acknowledged", "undone"]),
        moment=TIMESTAMPS,
        **SHARED,
    ),
    st.builds(ShiftValue, schedule_id=NUMBERS, starts_at=TIMESTAMPS, schedule=texts(SHORT_NAME_LIMIT), **SHARED),
    st.builds(
        GroupValue,
        group=st.from_regex(r"S[A-Z0-9]{1,39}", fullmatch=True),
        signature=st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
        handle=texts(HANDLE_LIMIT),
        **SHARED,
    ),
)
KINDS = [ViewValue, AcknowledgeValue, UndoValue, AnnounceValue, ShiftValue, GroupValue]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.text(max_size=8), held, max_size=3),
    max_leaves=12,
)


@given(value=VALUES)
def test_every_value__comes_back_through_entities__and_fits_into_a_button(value):
    """Slack gives &, < and > of a value back as entities."""
    written = encode(value)
    assert len(written) <= BUTTON_VALUE
    assert html.escape(written, quote=False) == written
    assert decode(type(value), written) == value
    assert json.loads(written)["v"] == 1


@given(value=VALUES, kind=st.sampled_from(KINDS))
def test_a_value__is_read_by_another_kind_only_if_that_writes_the_same(value, kind):
    """The control's name chooses the kind; two kinds whose optional fields are empty may be written alike."""
    read = decode(kind, encode(value))
    assert read == value if kind is type(value) else read is None or encode(read) == encode(value)


@given(written=st.text(max_size=400) | JSON.map(json.dumps), kind=st.sampled_from(KINDS))
def test_any_string__is_not_understood(written, kind):
    assert decode(kind, written) is None


@given(value=VALUES, name=st.text(max_size=10), held=JSON, data=st.data())
def test_a_value_with_one_field_changed__is_within_all_limits_or_not_understood(value, name, held, data):
    fields = json.loads(encode(value))
    changed = {**fields, data.draw(st.sampled_from(sorted(fields)) | st.just(name)): held}
    read = decode(type(value), json.dumps(changed))
    if read is not None:
        assert decode(type(read), encode(read)) == read
        assert len(encode(read)) <= BUTTON_VALUE


NOT_OURS = [
    "",
    "no JSON",
    "7",
    "[" * 100_000,
    '{"v":' * 100_000,
    '{"v":1}',
    '{"team":"payments","view":{"me":{}}}',
    '{"v":true,"team":"payments","view":{"me":{}}}',
    '{"v":2,"team":"payments","view":{"me":{}}}',
    '{"v":"1","team":"payments","view":{"me":{}}}',
    '{"v":1,"team":7,"view":{"me":{}}}',
    '{"v":1,"team":"payments","view":{"me":{},"help":{}}}',
    '{"v":1,"team":"payments","view":{"me":{"more":1}}}',
    '{"v":1,"team":"payments","view":{"nonsense":{}}}',
    '{"v":1,"team":"payments","view":{"me":null}}',
    '{"v":1,"team":"payments","view":"me"}',
    '{"v":1,"team":"payments","view":{"incidents":{"page":0}}}',
    '{"v":1,"team":"payments","view":{"incidents":{"page":true}}}',
    '{"v":1,"team":"payments","view":{"incidents":{"page":1e9}}}',
    '{"v":1,"team":"payments","view":{"incidents":{"severities":["Critical","Nonsense"]}}}',
    '{"v":1,"team":"payments","view":{"incidents":{"since":"P9999D"}}}',
    '{"v":1,"team":"payments","view":{"oncall":{"at":"2026-11-24T07:30:00"}}}',
    '{"v":1,"team":"payments","view":{"oncall":{"at":"0001-01-01T00:00:00Z"}}}',
    '{"v":1,"team":"payments","view":{"reminder":{"at":"2026-11-24T07:30:00Z","person_id":-1}}}',
    '{"v":1,"team":"payments","view":{"reminder":{"at":"2026-11-24T07:30:00Z","person_id":9223372036854775808}}}',
    '{"v":1,"team":"\\ud800","view":{"me":{}}}',
    '{"v":1,"team":"\\u0000","view":{"me":{}}}',
    '{"v":1,"team":"' + "x" * (TEAM_LIMIT + 1) + '","view":{"me":{}}}',
    '{"v":1,"team":"payments","thread":"../..","view":{"me":{}}}',
    '{"v":1,"team":"payments","occasion":"<!channel>","view":{"me":{}}}',
    '{"v":1,"team":"payments","view":{"incident":{"asked":"' + "x" * (WORDS_LIMIT + 1) + '"}}}',
]


@pytest.mark.parametrize("written", NOT_OURS)
def test_a_made_up_value__is_not_understood(written):
    assert decode(ViewValue, written) is None


@given(team=st.from_regex(rf"[\w.-]{{{TEAM_LIMIT}}}", fullmatch=True), incident=INCIDENTS)
def test_the_details_of_an_incident__fit_into_a_menu__for_every_name_of_a_team(team, incident):
    assert len(encode(ViewValue(team=team, view=views.IncidentCard(asked=incident)))) <= OPTION_VALUE


@given(team=st.from_regex(rf"[\w.-]{{{TEAM_LIMIT}}}", fullmatch=True))
def test_a_shift__fits_into_a_menu__for_every_name_of_a_team(team):
    longest = ShiftValue(team=team, schedule_id=2**63 - 1, starts_at=4_102_444_799)
    assert len(encode(longest)) <= OPTION_VALUE


@pytest.mark.parametrize("name", ["words", "asked"])
def test_the_longest_words__fit_into_a_button__in_every_view(name):
    """Each of these characters is written with six."""
    shared = {"team": "&" * TEAM_LIMIT, "occasion": "2026-11-24T07:30Z", "thread": "1" * 33}
    known = views.VIEWS_BY_NAME.values()
    with_words = [view for view in known if name in {field.name for field in dataclasses.fields(view)}]
    assert with_words
    verbs = {views.NotYet: "merge", TypedAction: "close"}
    for view in with_words:
        is_several = name == "asked" and view in {views.IncidentAcknowledgement, TypedAction}
        words = ("&" * WORDS_LIMIT,) if is_several else "&" * WORDS_LIMIT
        others = {"verb": verbs[view]} if view in verbs else {}
        value = ViewValue(view=view(**{name: words}, **others), **shared)
        assert len(encode(value)) <= BUTTON_VALUE


def values(held, action_id=""):
    if isinstance(held, dict):
        action_id = held.get("action_id", action_id)
        yield from ([pressed_value(action_id, held["value"])] if "value" in held else [])
        held = list(held.values())
    for one in held if isinstance(held, list) else []:
        yield from values(one, action_id)


@pytest.mark.parametrize("name", SURFACES)
def test_every_control__carries_nothing_slack_would_change(name):
    for route, value in values(SURFACES[name].payload["blocks"]):
        assert html.escape(value, quote=False) == value
        assert not route or json.loads(value)["v"] == 1
        assert is_encodable(value)
