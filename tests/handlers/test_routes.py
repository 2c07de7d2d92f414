"""The routing tables as data: what each route needs, and that a new one is named here."""

import pytest

from bot.messages.help import menu
from bot.teams.access import Permission
from handlers import routes
from handlers.dispatch.context import Origin
from handlers.dispatch.requests import Command, Shortcut
from handlers.routes import subcommand

VIEW, RESPOND = Permission.VIEW, Permission.RESPOND
NEEDED = {
    "commands": {
        "": VIEW,
        "help": VIEW,
        "incidents": VIEW,
        "incident": VIEW,
        "oncall": VIEW,
        "me": VIEW,
        "digest": VIEW,
        "digest post": RESPOND,
        "digest week": VIEW,
        "digest week post": RESPOND,
        "digest post week": RESPOND,
        "reminder": VIEW,
    },
    "buttons": {
        "acknowledge": RESPOND,
        "undo_acknowledge": RESPOND,
        "tell_channel": RESPOND,
        "again": VIEW,
        "open": VIEW,
        "details": VIEW,
        "share": VIEW,
        # Whoever has the shift may say so; the handler judges.
        "take_over": VIEW,
        "follow_group": RESPOND,
        "leave_group": RESPOND,
    },
    "forms": {},
    "options": {},
}
TABLES = {"commands": routes.COMMANDS, "buttons": routes.BUTTONS, "forms": routes.FORMS, "options": routes.OPTIONS}
HERE = Origin("T0HARBOR", "C0PAYMENTS", "U0ALICE")


@pytest.mark.parametrize("table", TABLES)
def test_every_route__needs_what_this_table_says(table):
    assert {name: route.permission for name, route in TABLES[table].items()} == NEEDED[table]


@pytest.mark.parametrize("table", TABLES)
def test_every_route_that_changes_something__needs_a_responder_or_judges_by_itself(table):
    changing = {name for name, route in TABLES[table].items() if getattr(route, "change", None) is not None}
    assert changing - {"take_over"} <= {name for name, needs in NEEDED[table].items() if needs is RESPOND}


@pytest.mark.parametrize("typed", ["digest post", "digest  POST", "digest week post", "Digest post week"])
def test_a_command_that_is_typed_or_drawn__needs_what_its_row_says(typed):
    asked = Command(HERE, "once", " ".join(typed.split()))
    assert routes.route_for(asked).permission is RESPOND


def test_a_shortcut__is_the_command_of_its_name():
    assert routes.route_for(Shortcut(HERE, "once", route="me")).handle is routes.COMMANDS["me"].handle
    assert routes.route_for(Shortcut(HERE, "once", route="nothing")) is None


def test_aliases__name_a_command_each_and_none_twice():
    aliases = [alias for route in routes.COMMANDS.values() for alias in route.aliases]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(routes.COMMANDS)
    assert {subcommand(f"{alias} rest")[1] for alias in aliases} == {"rest"}


def test_the_menu_the_hint_and_the_nearest_command__come_from_the_rows():
    shown = menu("payments", routes.help_lines()).text
    for name, route in routes.COMMANDS.items():
        for line in route.help:
            assert line.usage.split()[0] in name
            assert line.shows == "" or line.shows in shown
    assert routes.usage_hint() == "[incidents | incident 0E83EE | oncall | me | digest | help]"
