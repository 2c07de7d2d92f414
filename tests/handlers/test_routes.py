"""The permissions of the routing tables: each new route is listed here."""

from datetime import UTC, datetime

import pytest

from bot.messages.buttons import encode
from bot.messages.help import menu
from bot.messages.views import VIEWS_BY_NAME, Home
from bot.teams.access import Permission
from handlers import app_entries, lookup, routes
from handlers.dispatch.context import Origin
from handlers.dispatch.requests import ButtonPress, Command, Shortcut
from tests.bot.samples import ALONE

VIEW, RESPOND = Permission.VIEW, Permission.RESPOND
NEEDED = {
    "views": {
        "help": VIEW,
        "unknown": VIEW,
        "incidents": VIEW,
        "incident": VIEW,
        "catch_up": VIEW,
        "living": VIEW,
        "comment": RESPOND,
        "acknowledge": RESPOND,
        "act": RESPOND,
        "not_yet": VIEW,
        "all_open": VIEW,
        "oncall": VIEW,
        "oncall_question": VIEW,
        "week": VIEW,
        "home": VIEW,
        "me": VIEW,
        "digest": VIEW,
        "digest_week": VIEW,
        "unknown_digest": VIEW,
        "digest_post": RESPOND,
        "audit": VIEW,
        "language": VIEW,
        "reminder": VIEW,
    },
    "buttons": {
        "acknowledge": RESPOND,
        "undo_acknowledge": RESPOND,
        "snooze": RESPOND,
        "wake": RESPOND,
        "close": RESPOND,
        "reopen": RESPOND,
        "unacknowledge": RESPOND,
        "tell_action": RESPOND,
        "reassign": RESPOND,
        "escalate": RESPOND,
        "add_responder": RESPOND,
        "custom_action": RESPOND,
        "form": RESPOND,
        # What it lists is decided by the permission of whoever opens it.
        "more": VIEW,
        "incident_details": VIEW,
        "tell_channel": RESPOND,
        "again": VIEW,
        "open": VIEW,
        "details": VIEW,
        "share": VIEW,
        # Whoever has the shift may say so; the handler judges.
        "take_over": VIEW,
        "follow_group": RESPOND,
        "leave_group": RESPOND,
        "stop_group": RESPOND,
        "propose_group": RESPOND,
    },
    "forms": {
        "comment": RESPOND,
        "snooze": RESPOND,
        "close": RESPOND,
        "reopen": RESPOND,
        "reassign": RESPOND,
        "escalate": RESPOND,
        "add_responder": RESPOND,
        "answer_acknowledge": RESPOND,
        "answer_close": RESPOND,
    },
    "options": {"find_incident": RESPOND, "find_person": RESPOND},
}
DRAWN = {view.NAME: drawing for view, drawing in routes.VIEWS.items()}
TABLES = {"views": DRAWN, "buttons": routes.BUTTONS, "forms": routes.FORMS, "options": routes.OPTIONS}
NOW = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
HERE = Origin("T0HARBOR", "C0PAYMENTS", "U0ALICE")


@pytest.mark.parametrize("table", TABLES)
def test_every_route__needs_what_this_table_says(table):
    assert {name: route.permission for name, route in TABLES[table].items()} == NEEDED[table]


def test_every_view__can_be_drawn():
    ours = {view for view in VIEWS_BY_NAME.values() if view.__module__.startswith("bot.")}
    assert set(routes.VIEWS) == ours


@pytest.mark.parametrize("table", TABLES)
def test_every_route_that_changes_something__needs_a_responder_or_judges_by_itself(table):
    changing = {name for name, route in TABLES[table].items() if getattr(route, "change", None) is not None}
    assert changing - {"take_over"} <= {name for name, needs in NEEDED[table].items() if needs is RESPOND}


@pytest.mark.parametrize("typed", ["digest post", "digest  POST", "digest week post", "Digest post week"])
def test_a_command_that_is_typed_or_drawn__needs_what_its_row_says(typed):
    incoming = lookup.read_request(Command(HERE, "once", " ".join(typed.split())), NOW)
    assert lookup.route_for(incoming).permission is RESPOND
    carried = ButtonPress(HERE, "once", route="again", pressed=("again:x", encode(incoming.value)))
    assert lookup.route_for(lookup.read_request(carried, NOW)).permission is RESPOND


@pytest.mark.parametrize(
    ("typed", "changes"),
    [("comment", False), ("comment 0E83EE", False), ("comment x", False), ("comment 0E83EE x", True)],
)
def test_a_command_that_opens_a_form__changes_nothing_yet(typed, changes):
    route = lookup.route_for(lookup.read_request(Command(HERE, "once", typed), NOW))
    assert (route.change is not None) == changes
    assert route.permission is RESPOND


def test_a_shortcut__is_the_command_of_its_name():
    assert lookup.read_request(Shortcut(HERE, "once", route="me"), NOW).value.view == Home()
    assert lookup.has_route(Shortcut(HERE, "once", route="me"))
    assert not lookup.has_route(Shortcut(HERE, "once", route="nothing"))
    assert not lookup.has_route(Shortcut(HERE, "once", route="acknowledge"))


def test_aliases__name_a_command_each_and_none_twice():
    aliases = [alias for route in routes.COMMANDS.values() for alias in route.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(routes.COMMANDS)
    for name, command in routes.COMMANDS.items():
        for alias in command.aliases:
            assert lookup.read_command(f"{alias} rest") == lookup.read_command(f"{name} rest")


def test_the_menu_the_hint_and_the_nearest_command__come_from_the_rows():
    shown = menu(ALONE, "payments", routes.help_rows()).text
    for name, route in routes.COMMANDS.items():
        for line in route.help:
            assert line.usage.split()[0] in name
            assert (f"`{line.usage}` {line.shows}\n" in shown) == bool(line.button)
    hint = app_entries.usage_hint()
    assert hint.startswith("[")
    assert hint.endswith(" | help]")
    assert "incidents | incident 0E83EE | ack 0E83EE | comment 0E83EE | catchup 0E83EE | oncall | me | digest" in hint


def test_help__has_six_rows_with_a_button_each__that_does_what_its_command_does():
    drawn = menu(ALONE, "payments", routes.help_rows())
    rows = [block for block in drawn.blocks if getattr(block, "accessory", None)]
    assert len(rows) == 6
    for row, block in zip(routes.help_rows(), rows, strict=True):
        pressed = (block.accessory.action_id, block.accessory.value)
        incoming = lookup.read_request(ButtonPress(HERE, "once", route="open", pressed=pressed), NOW)
        example = row.line.usage.replace(" 0E83EE", "")
        assert incoming.value.view == lookup.read_command(example)
