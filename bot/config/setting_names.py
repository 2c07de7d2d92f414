"""The names of settings: those of a team, and what may be shown of any."""

import re
from typing import Final

TEAMS_PREFIX: Final = "FLASHDUTY_TEAMS__"
# Team names stand in menus and in the database.
LONGEST_TEAM_NAME: Final = 40
# The team's name ends at the first double underscore.
_TEAM_SETTING: Final = re.compile(
    TEAMS_PREFIX + rf"(?=.{{1,{LONGEST_TEAM_NAME}}}__)([A-Z0-9](?:_?[A-Z0-9.-])*)__([A-Z0-9_]+)"
)
# What may be shown of a name: anything else may be a value that lost its equals sign.
_NAME: Final = re.compile(r"\w[\w.-]{0,119}")


def can_be_shown(name: str) -> bool:
    """Tell whether a name may be shown whole."""
    return _NAME.fullmatch(name) is not None


def shown(name: str) -> str:
    """Give a name as it may be shown: up to the first character that no name has, 120 at most."""
    found = _NAME.match(name)
    kept = found[0] if found else ""
    return kept if kept == name else f"{kept}…"


def setting_name(team: str, field: str) -> str:
    """Name a team's setting as it is set."""
    return f"{TEAMS_PREFIX}{team.upper()}__{field.upper()}"


def place_of(name: str) -> tuple[str, str] | None:
    """Take a team's setting apart into team and field, in upper case."""
    found = _TEAM_SETTING.fullmatch(name)
    return (found[1], found[2]) if found else None
