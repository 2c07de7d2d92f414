"""Wrong names of settings: which setting was meant, or why the name is invalid."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.config.names.setting_names import LONGEST_TEAM_NAME, TEAMS_PREFIX, parse_team_setting, setting_name, shown
from bot.config.names.similar_names import SIMILARITY, nearest, similar_fields, similarity
from bot.config.problems import Problem
from bot.config.sources import RawSettings

_KEYS: Final = frozenset({"API_KEY", "APIKEY", "APPKEY", "APP_KEY", "KEY", "TOKEN"})
# Names that other programs use as well, so that alone they are not taken for a team's setting.
_COMMON: Final = frozenset({"ACCOUNT", "APP_KEY", "TIMEZONE", "TOPIC"})


@dataclass(frozen=True)
class SettingNames:
    """The names of all settings: those of the whole bot in upper case, the fields of a team in lower case."""

    top_level: Sequence[str]
    team_fields: Sequence[str]


def misnamed(raw: RawSettings, names: SettingNames) -> Iterator[Problem]:
    """List settings with a wrong name: variables, and files in the secrets directory."""
    for name in (*raw.values, *raw.empty):
        if name.startswith(TEAMS_PREFIX) and not parse_team_setting(name):
            yield _malformed_name(name, names)
    for name in sorted(raw.unknown):
        yield from _unknown_name(name, raw, names)
    for name, path in sorted(raw.unknown_files.items()):
        if path not in raw.files_read and path.resolve() not in {one.resolve() for one in raw.files_read}:
            yield from _unread_file(name, path.name, raw, names=names)


def hint(name: str, raw: RawSettings, names: SettingNames) -> str:
    """Name what was set instead of a required setting that is missing; empty if nothing similar was."""
    # A required setting is missing, so the hint also covers less similar names.
    unknown = [(other, _without_file_suffix(other)) for other in sorted(raw.unknown)]
    meant = [shown(other) for other, base in unknown if name in nearest(base, names.top_level)]
    meant += [
        shown(other) for other, base in unknown if base.startswith("SLACK_") and similarity(base, name) >= SIMILARITY
    ]
    return f"; did you mean it by {meant[0]}?" if meant else ""


def unknown_field(team: str, field: str, names: SettingNames) -> Problem:
    """Report a team's setting that does not exist, with the settings of a similar name."""
    name = setting_name(team, field)
    if field.upper() in names.top_level:
        remedy = f"call it {field.upper()}"
        return Problem(name, f"is no setting of a team; {field.upper()} belongs to the whole bot", remedy=remedy)
    fields = [setting_name(team, near) for near in similar_fields(field.lower(), names.team_fields)]
    meant = f"; did you mean {' or '.join(fields)}?" if fields else ""
    remedies = (
        "take it out; .env.example has every setting",
        f"call it {''.join(fields)}",
        "call it as the one you mean",
    )
    return Problem(name, f"is not a setting I know{meant}", remedy=remedies[min(len(fields), 2)])


def _unknown_name(name: str, raw: RawSettings, names: SettingNames) -> Iterator[Problem]:
    """Report a name that is no setting, unless the setting it may mean is set as well."""
    base = _without_file_suffix(name)
    team, field = _team_field(base, names)
    meant = nearest(base, names.top_level)
    if field is not None:
        if team is not None or not _every_team_has(field, raw):
            yield _misnamed_team_setting(name, team, field, raw=raw)
    elif base == TEAMS_PREFIX.rstrip("_") or (base.startswith("FLASHDUTY_") and "__" in base):
        yield Problem(name, f"is no setting of mine; those of a team begin with {TEAMS_PREFIX}", _team_example())
    elif meant and not any(raw.has(one) for one in meant) and not _is_reported_missing(meant, raw):
        what = f"is not a setting I know; did you mean {' or '.join(meant)}?"
        yield Problem(name, what, remedy=f"rename it to {meant[0]}{_file_suffix(name)}")


def _file_suffix(name: str) -> str:
    return "_FILE" if name.endswith("_FILE") else ""


def _is_reported_missing(meant: list[str], raw: RawSettings) -> bool:
    """Whether a required setting was meant that is missing: its own problem names this variable."""
    connecting = {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    is_unconnected = not any(raw.has(one) for one in connecting)
    return "SLACK_BOT_TOKEN" in meant or (is_unconnected and not connecting.isdisjoint(meant))


def _without_file_suffix(name: str) -> str:
    return name.removesuffix("_FILE")


def _team_field(name: str, names: SettingNames) -> tuple[str | None, str | None]:
    """Give the team, where it is named, and the field that a variable with a wrong prefix means."""
    fields = {field.upper(): field for field in names.team_fields}
    found = re.fullmatch(rf"FLASHDUTY_*TEAMS?_+(.+?)_+({'|'.join(_by_length(fields))})", name)
    if found:
        return found[1], fields[found[2]]
    if name in fields:
        return None, None if name in _COMMON else fields[name]
    bare = name.removeprefix("FLASHDUTY_")
    if bare == name:
        return None, None
    return None, "app_key" if bare in _KEYS else fields.get(bare)


def _every_team_has(field: str, raw: RawSettings) -> bool:
    parsed = [one for name in (*raw.values, *raw.unreadable) if (one := parse_team_setting(name))]
    teams = {team for team, _ in parsed}
    return bool(teams) and all((team, field.upper()) in parsed for team in teams)


def _misnamed_team_setting(name: str, team: str | None, field: str, raw: RawSettings) -> Problem:
    """Report a team's setting with a wrong prefix, and form the right name."""
    if team is not None:
        what = f"is no setting of mine; those of a team begin with {TEAMS_PREFIX}"
        return Problem(name, what, remedy=f"call it {setting_name(team, field)}{_file_suffix(name)}")
    teams = sorted({parsed[0] for one in raw.values if (parsed := parse_team_setting(one))})
    right = f"{TEAMS_PREFIX}{teams[0] if len(teams) == 1 else '<TEAM>'}__{field.upper()}{_file_suffix(name)}"
    return Problem(name, "does not say of which team it is", remedy=f"call it {right}")


def _team_example() -> str:
    return f"{setting_name('payments', 'app_key')}=…"


def _malformed_name(name: str, names: SettingNames) -> Problem:
    """Report why a name with the prefix of a team's settings is invalid."""
    rest = name.removeprefix(TEAMS_PREFIX)
    team, _, field = rest.partition("__")
    single = next((one.upper() for one in _by_length(names.team_fields) if rest.endswith(f"_{one.upper()}")), None)
    extension = re.fullmatch(r"(.+__[A-Z0-9_]+)\.[A-Z0-9]+", name)
    if extension and parse_team_setting(extension[1]):
        return Problem(shown(name), "has an ending, which no setting has", remedy=f"call it {extension[1]}")
    if field and len(team) > LONGEST_TEAM_NAME:
        what = f"names a team with {len(team)} characters; {LONGEST_TEAM_NAME} is the most"
        return Problem(shown(name), what, remedy="give the team a shorter name, in all of its settings")
    if field and team:
        what = (
            "names a team with characters that do not work: letters A to Z, digits, single underscores, dots and dashes"
        )
        return Problem(shown(name), f"{what} do", _team_example())
    if single and rest != single and "__" not in rest:
        right = setting_name(rest.removesuffix(f"_{single}"), single)
        return Problem(name, "has one underscore where two belong, behind the team's name", remedy=f"call it {right}")
    return Problem(shown(name), "does not say which setting of which team it is", _team_example())


def _by_length(names: Iterable[str]) -> list[str]:
    return sorted(names, key=len, reverse=True)


def _unread_file(name: str, file_name: str, raw: RawSettings, names: SettingNames) -> Iterator[Problem]:
    """Report a file in the secrets directory whose name resembles a setting that is not set."""
    stem = re.sub(r"\.[A-Z0-9]{1,10}$", "", name)
    plain = re.sub(r"[^A-Z0-9_.]", "_", stem)
    if parse_team_setting(stem):
        meant = [stem]
    elif parsed := parse_team_setting(plain):
        meant = [setting_name(*parsed)]
    else:
        meant = [one for one in names.top_level if one == plain] or nearest(plain, names.top_level)
    if not meant and name.startswith(TEAMS_PREFIX):
        yield _malformed_name(name, names)
    if not meant or any(raw.has(one) for one in meant):
        return
    what = f"may be in the file {_shown_file_name(file_name)} of the secrets directory, which is not read"
    yield Problem(meant[0], what, remedy=f"call that file {meant[0]}, without an ending")


def _shown_file_name(file_name: str) -> str:
    return re.sub(r"[^\w.-]", "…", file_name)[:80]
