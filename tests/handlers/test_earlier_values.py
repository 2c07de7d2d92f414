"""Controls with values of version 0 work for 90 days after version 1."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.handoff.messages.shift_value import ShiftValue
from bot.incidents import list_view
from bot.incidents.messages.acknowledgement import AnnounceValue, UndoValue
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages import views
from bot.messages.buttons import BUTTON_VALUE, decode, encode
from bot.messages.views import ViewValue
from bot.usergroups.messages import GroupValue
from handlers.earlier_values import UNDERSTOOD_UNTIL, read_earlier
from handlers.incidents.actions.table import ACTION_BUTTONS
from handlers.lookup import read_command
from handlers.routes import BUTTONS

NOW = datetime(2026, 12, 24, 7, 30, tzinfo=UTC)
INCIDENT = "69da451ef77b1b51f4000001"
TUESDAY = date(2026, 11, 24)


def read(route, value, now=NOW):
    return read_earlier(route, value if isinstance(value, str) else json.dumps(value), now, read_command=read_command)


DRAWN = {
    "": views.Help(),
    "help": views.Help(),
    "incidents": list_view.IncidentList(),
    "incidents critical closed since:7d page:2 ledger": list_view.IncidentList(
        severities=(Severity.CRITICAL,), progress=(Progress.CLOSED,), since=timedelta(days=7), text="ledger", page=2
    ),
    f"incident {INCIDENT}": views.IncidentCard(asked=INCIDENT),
    "incident 0E83EE": views.IncidentCard(asked="0E83EE"),
    "oncall": views.OnCall(),
    "oncall primary": views.OnCallQuestion(words="primary"),
    "oncall at:2026-11-25T18:00Z in:Asia/Shanghai primary": views.OnCall(
        at=datetime(2026, 11, 25, 18, tzinfo=UTC), zone="Asia/Shanghai", words="primary"
    ),
    "oncall week in:Europe/Berlin primary": views.OnCallWeek(zone="Europe/Berlin", words="primary"),
    "oncall week": views.OnCallWeek(),
    "me": views.Home(),
    "digest": views.Digest(),
    "digest on:2026-11-24": views.Digest(on=TUESDAY),
    "digest on:2026-11-24 by:Alice Chen": views.Digest(on=TUESDAY, asked_by="Alice Chen"),
    "digest week on:2026-11-24 by:Alice Chen": views.DigestWeek(on=TUESDAY, asked_by="Alice Chen"),
    "digest post": views.PostedDigest(),
    "digest week post": views.PostedDigest(is_week=True),
    "reminder 1795507200 7002": views.Reminder(at=datetime.fromtimestamp(1795507200, UTC), person_id=7002),
}


@pytest.mark.parametrize("words", DRAWN)
@pytest.mark.parametrize("route", ["again", "open", "share"])
def test_a_command_line__is_the_view_it_drew(route, words):
    held = {"t": "payments", "w": words, "o": "2026-11-24T07:30Z", "h": "1795507200.000100"}
    assert read(route, held) == ViewValue(
        team="payments", view=DRAWN[words], occasion="2026-11-24T07:30Z", thread="1795507200.000100"
    )


@pytest.mark.parametrize("words", [words for words in DRAWN if words])
def test_an_acknowledgement__draws_the_same_view_again(words):
    expected = AcknowledgeValue(team="payments", incident_id=INCIDENT, view=DRAWN[words])
    assert read("acknowledge", {"t": "payments", "w": words, "i": INCIDENT}) == expected


PRESSED = [
    ("acknowledge", {"i": INCIDENT}, AcknowledgeValue(team="payments", incident_id=INCIDENT)),
    ("details", {"i": INCIDENT, "w": "me"}, ViewValue(team="payments", view=views.IncidentCard(asked=INCIDENT))),
    ("undo_acknowledge", {"i": INCIDENT}, UndoValue(team="payments", incident_id=INCIDENT)),
    (
        "undo_acknowledge",
        {"i": INCIDENT, "w": "1795507200"},
        UndoValue(team="payments", incident_id=INCIDENT, acknowledged_at=1795507200),
    ),
    (
        "tell_channel",
        {"i": INCIDENT, "w": "undone 1795507200"},
        AnnounceValue(team="payments", incident_id=INCIDENT, change="undone", moment=1795507200),
    ),
    (
        "take_over",
        {"w": "6001 1795507200 Payments primary"},
        ShiftValue(team="payments", schedule_id=6001, starts_at=1795507200, schedule="Payments primary"),
    ),
    ("take_over", {"w": "6001 1795507200"}, ShiftValue(team="payments", schedule_id=6001, starts_at=1795507200)),
    (
        "follow_group",
        {"w": "S0PAYONCALL 1a2b3c4d payments-oncall"},
        GroupValue(team="payments", group="S0PAYONCALL", signature="1a2b3c4d", handle="payments-oncall"),
    ),
    (
        "leave_group",
        {"w": "S0PAYONCALL 1a2b3c4d"},
        GroupValue(team="payments", group="S0PAYONCALL", signature="1a2b3c4d"),
    ),
]


@pytest.mark.parametrize(("route", "held", "expected"), PRESSED)
def test_every_control__is_read_with_its_meaning(route, held, expected):
    assert read(route, {"t": "payments", **held}) == expected


def test_every_route__has_a_control_of_version_0():
    since = {"stop_group", "propose_group", *ACTION_BUTTONS}
    assert {route for route, *_ in PRESSED} | {"again", "open", "share"} == set(BUTTONS) - since


MADE_UP = [
    ("again", "[" * 100_000),
    ("again", {"t": 7}),
    ("again", {"t": "payments", "w": "me", "x": "more"}),
    ("again", {"t": "x" * 61, "w": "me"}),
    ("again", {"t": "payments", "w": "reminder 99999999999 7001"}),
    ("again", {"t": "payments", "w": "digest on:2026-02-30"}),
    ("again", {"t": "payments", "w": "me", "h": "<!channel>"}),
    ("acknowledge", {"t": "payments", "w": "me"}),
    ("acknowledge", {"t": "payments", "i": "0E83EE"}),
    ("undo_acknowledge", {"t": "payments", "i": INCIDENT, "w": "yesterday"}),
    ("tell_channel", {"t": "payments", "i": INCIDENT, "w": "closed 1795507200"}),
    ("take_over", {"t": "payments", "w": "primary"}),
    ("take_over", {"t": "payments", "w": f"{2**63} 1795507200"}),
    ("follow_group", {"t": "payments", "w": "S0PAYONCALL"}),
    ("nonsense", {"t": "payments"}),
]


@pytest.mark.parametrize(("route", "held"), MADE_UP)
def test_a_forged_value__is_not_understood(route, held):
    assert read(route, held) is None


@given(
    route=st.sampled_from(sorted(BUTTONS)),
    held=st.dictionaries(st.sampled_from("twioh"), st.text(max_size=400) | st.sampled_from([*DRAWN, INCIDENT])),
)
def test_any_words__become_a_value_that_fits_or_are_not_understood(route, held):
    value = read(route, held)
    if value is not None:
        assert len(encode(value)) <= BUTTON_VALUE
        assert decode(type(value), encode(value)) == value


@given(route=st.sampled_from(sorted(BUTTONS)), written=st.text(max_size=400))
def test_any_string__is_not_understood(route, written):
    assert read(route, written) is None


def test_version_0__is_understood_for_90_days():
    """When this fails the module has done its work: delete it and this file."""
    value = json.dumps({"t": "payments", "w": "me"})
    last = datetime.combine(UNDERSTOOD_UNTIL, datetime.max.time(), UTC)
    assert date(2026, 11, 26) + timedelta(days=90) == UNDERSTOOD_UNTIL
    assert read("again", value, last) == ViewValue(team="payments", view=views.Home())
    assert read("again", value, last + timedelta(seconds=1)) is None
