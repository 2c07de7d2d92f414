"""Names of settings that are nearly right: what was meant, or why a name does not work."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.config.problems import Problem
from bot.config.setting_names import LONGEST_TEAM_NAME, TEAMS_PREFIX, place_of, setting_name, shown
from bot.config.similar_names import ALIKE, alike, likeness, nearest
from bot.config.sources import Given

_KEYS: Final = frozenset({"API_KEY", "APIKEY", "APPKEY", "APP_KEY", "KEY", "TOKEN"})
# These words mean too much elsewhere to be taken for a team's setting by themselves.
_COMMON: Final = frozenset({"ACCOUNT", "APP_KEY", "TIMEZONE", "TOPIC"})


@dataclass(frozen=True)
class Known:
    """The names there are: of the whole bot, in upper case, and of a team, in lower case."""

    top: Sequence[str]
    of_a_team: Sequence[str]


def misnamed(given: Given, known: Known) -> Iterator[Problem]:
    """List what was meant as a setting and is called otherwise: variables, and files in the secrets directory."""
    for name in (*given.values, *given.empty):
        if name.startswith(TEAMS_PREFIX) and not place_of(name):
            yield _no_place(name, known)
    for name in sorted(given.others):
        yield from _other(name, given, known)
    for name, path in sorted(given.files.items()):
        if path not in given.read and path.resolve() not in {one.resolve() for one in given.read}:
            yield from _file(name, path.name, given, known=known)


def hint(name: str, given: Given, known: Known) -> str:
    """Name what was set instead of a required setting that is missing."""
    # Where something is missing for certain, a hint may reach further.
    others = [(other, _base(other)) for other in sorted(given.others)]
    meant = [shown(other) for other, base in others if name in nearest(base, known.top)]
    meant += [shown(other) for other, base in others if base.startswith("SLACK_") and likeness(base, name) >= ALIKE]
    return f"; did you mean it by {meant[0]}?" if meant else ""


def unknown_field(team: str, field: str, known: Known) -> Problem:
    """Say that a team has no such setting, and which there are of nearly that name."""
    name = setting_name(team, field)
    if field.upper() in known.top:
        cure = f"call it {field.upper()}"
        return Problem(name, f"is no setting of a team; {field.upper()} belongs to the whole bot", cure=cure)
    fields = [setting_name(team, near) for near in alike(field.lower(), known.of_a_team)]
    meant = f"; did you mean {' or '.join(fields)}?" if fields else ""
    cures = ("take it out; .env.example has every setting", f"call it {''.join(fields)}", "call it as the one you mean")
    return Problem(name, f"is not a setting I know{meant}", cure=cures[min(len(fields), 2)])


def _other(name: str, given: Given, known: Known) -> Iterator[Problem]:
    """Judge a name that is none of ours; silent where what it may mean is set under its own name as well."""
    base = _base(name)
    written, field = _field(base, known)
    meant = nearest(base, known.top)
    if field is not None:
        if written is not None or not _every_team_has(field, given):
            yield _of_a_team(name, written, field, given=given)
    elif base == TEAMS_PREFIX.rstrip("_") or (base.startswith("FLASHDUTY_") and "__" in base):
        yield Problem(name, f"is no setting of mine; those of a team begin with {TEAMS_PREFIX}", _example_of_a_team())
    elif meant and not any(given.told_of(one) for one in meant) and not _is_asked_for(meant, given):
        what = f"is not a setting I know; did you mean {' or '.join(meant)}?"
        yield Problem(name, what, cure=f"rename it to {meant[0]}{_ending(name)}")


def _ending(name: str) -> str:
    return "_FILE" if name.endswith("_FILE") else ""


def _is_asked_for(meant: list[str], given: Given) -> bool:
    """Whether what was meant is missing, which is a problem of its own and says what was set instead."""
    ways_in = {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
    has_no_way_in = not any(given.told_of(one) for one in ways_in)
    return "SLACK_BOT_TOKEN" in meant or (has_no_way_in and not ways_in.isdisjoint(meant))


def _base(name: str) -> str:
    return name.removesuffix("_FILE")


def _field(name: str, known: Known) -> tuple[str | None, str | None]:
    """Tell of which team, if it says so, and which setting of one a variable is that begins otherwise."""
    fields = {field.upper(): field for field in known.of_a_team}
    written = re.fullmatch(rf"FLASHDUTY_*TEAMS?_+(.+?)_+({'|'.join(_by_length(fields))})", name)
    if written:
        return written[1], fields[written[2]]
    if name in fields:
        return None, None if name in _COMMON else fields[name]
    bare = name.removeprefix("FLASHDUTY_")
    if bare == name:
        return None, None
    return None, "app_key" if bare in _KEYS else fields.get(bare)


def _every_team_has(field: str, given: Given) -> bool:
    places = [place for name in (*given.values, *given.spoilt) if (place := place_of(name))]
    teams = {team for team, _ in places}
    return bool(teams) and all((team, field.upper()) in places for team in teams)


def _of_a_team(name: str, written: str | None, field: str, given: Given) -> Problem:
    """Give the name such a setting has: with the team's name in it, between two underscores each."""
    if written is not None:
        what = f"is no setting of mine; those of a team begin with {TEAMS_PREFIX}"
        return Problem(name, what, cure=f"call it {setting_name(written, field)}{_ending(name)}")
    teams = sorted({place[0] for one in given.values if (place := place_of(one))})
    right = f"{TEAMS_PREFIX}{teams[0] if len(teams) == 1 else '<TEAM>'}__{field.upper()}{_ending(name)}"
    return Problem(name, "does not say of which team it is", cure=f"call it {right}")


def _example_of_a_team() -> str:
    return f"{setting_name('payments', 'app_key')}=…"


def _no_place(name: str, known: Known) -> Problem:
    """Say why a name that begins like a team's setting is none."""
    rest = name.removeprefix(TEAMS_PREFIX)
    team, _, field = rest.partition("__")
    single = next((one.upper() for one in _by_length(known.of_a_team) if rest.endswith(f"_{one.upper()}")), None)
    ending = re.fullmatch(r"(.+__[A-Z0-9_]+)\.[A-Z0-9]+", name)
    if ending and place_of(ending[1]):
        return Problem(shown(name), "has an ending, which no setting has", cure=f"call it {ending[1]}")
    if field and len(team) > LONGEST_TEAM_NAME:
        what = f"names a team with {len(team)} characters; {LONGEST_TEAM_NAME} is the most"
        return Problem(shown(name), what, cure="give the team a shorter name, in all of its settings")
    if field and team:
        what = (
            "names a team with characters that do not work: letters A to Z, digits, single underscores, dots and dashes"
        )
        return Problem(shown(name), f"{what} do", _example_of_a_team())
    if single and rest != single and "__" not in rest:
        right = setting_name(rest.removesuffix(f"_{single}"), single)
        return Problem(name, "has one underscore where two belong, behind the team's name", cure=f"call it {right}")
    return Problem(shown(name), "does not say which setting of which team it is", _example_of_a_team())


def _by_length(names: Iterable[str]) -> list[str]:
    return sorted(names, key=len, reverse=True)


def _file(name: str, called: str, given: Given, known: Known) -> Iterator[Problem]:
    """Judge a file in the secrets directory that is called like none of the settings."""
    stem = re.sub(r"\.[A-Z0-9]{1,10}$", "", name)
    plain = re.sub(r"[^A-Z0-9_.]", "_", stem)
    if place_of(stem):
        meant = [stem]
    elif place := place_of(plain):
        meant = [setting_name(*place)]
    else:
        meant = [one for one in known.top if one == plain] or nearest(plain, known.top)
    if not meant and name.startswith(TEAMS_PREFIX):
        yield _no_place(name, known)
    if not meant or any(given.told_of(one) for one in meant):
        return
    what = f"may be in the file {_file_name(called)} of the secrets directory, which is not read"
    yield Problem(meant[0], what, cure=f"call that file {meant[0]}, without an ending")


def _file_name(called: str) -> str:
    return re.sub(r"[^\w.-]", "…", called)[:80]
