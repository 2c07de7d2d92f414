"""The names of settings: how those of a team are formed, and what of a name may be shown."""

import re
from typing import Final

TEAMS_PREFIX: Final = "FLASHDUTY_TEAMS__"
# Team names are stored in menus and in the database.
LONGEST_TEAM_NAME: Final = 40
# The team's name ends at the first double underscore.
_TEAM_SETTING: Final = re.compile(
    TEAMS_PREFIX + rf"(?=.{{1,{LONGEST_TEAM_NAME}}}__)([A-Z0-9](?:_?[A-Z0-9.-])*)__([A-Z0-9_]+)"
)
# Any other text may be a value without its equals sign, so it is not shown.
_NAME: Final = re.compile(r"\w[\w.-]{0,119}")


def can_be_shown(name: str) -> bool:
    """Tell whether a name may be shown whole."""
    return _NAME.fullmatch(name) is not None


def shown(name: str) -> str:
    """Cut a name before the first character that names cannot contain, and at 120 characters."""
    found = _NAME.match(name)
    kept = found[0] if found else ""
    return kept if kept == name else f"{kept}…"


def setting_name(team: str, field: str) -> str:
    """Form the name of a team's setting."""
    return f"{TEAMS_PREFIX}{team.upper()}__{field.upper()}"


def parse_team_setting(name: str) -> tuple[str, str] | None:
    """Split the name of a team's setting into team and field, in upper case; None for other names."""
    found = _TEAM_SETTING.fullmatch(name)
    return (found[1], found[2]) if found else None
