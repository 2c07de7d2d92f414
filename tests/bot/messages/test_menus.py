"""Overflow menus: what an entry carries comes back as it was, and nothing in them exceeds Slack's limits."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flashduty import Progress, Severity
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.messages import views
from bot.messages.buttons import ACKNOWLEDGE, OPTION_VALUE, SHOW_PRIVATELY, TEAM_LIMIT
from bot.messages.menus import BLOCK_ID_LIMIT, Entry, Link, block_of, overflow_menu, pressed_value, view_of_block
from bot.messages.text import Label
from bot.messages.views import IncidentComment, ViewValue

INCIDENT = "69da451ef77b1b51f4000001"
LIST = IncidentList(severities=(Severity.CRITICAL,), progress=(Progress.CLOSED,), text="<latency> & 支付", page=3)


def entry(value, route=ACKNOWLEDGE):
    return Entry(label=Label("Do it"), route=route, value=value)


@given(team=st.from_regex(rf"[\w.-]{{{TEAM_LIMIT}}}", fullmatch=True))
def test_every_entry_of_a_row__fits_for_every_name_of_a_team(team):
    values = (
        AcknowledgeValue(team=team, incident_id=INCIDENT),
        ViewValue(team=team, view=IncidentComment(asked=INCIDENT)),
    )
    assert all(len(entry(value, SHOW_PRIVATELY).written) <= OPTION_VALUE for value in values)
    assert len(entry(values[0]).written) <= OPTION_VALUE


def test_an_entry__comes_back_as_the_route_and_value_of_a_button():
    value = AcknowledgeValue(team="payments", incident_id=INCIDENT)
    route, written = pressed_value("menu:1", entry(value).written)
    assert (route, written) == (ACKNOWLEDGE, entry(value).written.removeprefix("acknowledge "))


def test_a_button__has_the_route_of_its_action_id():
    assert pressed_value("acknowledge:1", "{} {}") == ("acknowledge", "{} {}")


@pytest.mark.parametrize("value", ["link", "", "acknowledge", " {}", "overflow_menu"])
def test_an_entry_without_a_route_or_a_value__is_nothing_to_do(value):
    assert "" in pressed_value("menu:1", value)


def test_a_value_longer_than_an_option__has_no_entry():
    long = ViewValue(team="payments", view=views.IncidentCard(asked="x" * OPTION_VALUE))
    assert overflow_menu("1", entry(long)) is None
    (option,) = overflow_menu("1", entry(long), Link(label=Label("Open"), url="https://console.example/1")).options
    assert option.url == "https://console.example/1"


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "https://", "ftp://x.example", f"https://x.example/{'a' * 3000}"]
)
def test_a_link__goes_to_web_pages_alone(url):
    assert overflow_menu("1", Link(label=Label("Open"), url=url)) is None


@pytest.mark.parametrize("view", [IncidentList(), LIST, views.Home(), views.Digest()])
def test_the_view_around_a_menu__comes_back_from_its_block(view):
    written = block_of(INCIDENT, view)
    assert html.escape(written, quote=False) == written
    assert view_of_block(written) == view


def test_a_view_that_has_no_room_in_a_block__is_left_out():
    assert block_of(INCIDENT, IncidentList(text="支" * 199)) is not None
    assert len(block_of(INCIDENT, IncidentList(text="支" * 199))) <= BLOCK_ID_LIMIT
    assert block_of(INCIDENT, IncidentList(text="支" * 199, page=2)) is None


@pytest.mark.parametrize(
    "block_id", ["", INCIDENT, f"{INCIDENT} ", f"{INCIDENT} []", f'{INCIDENT} {{"nothing":{{}}}}', "a {{"]
)
def test_a_block_that_names_no_view__has_none(block_id):
    assert view_of_block(block_id) is None
