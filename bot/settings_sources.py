"""Where settings come from: the environment, over `.env`, over files in a secrets directory."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values

from bot.settings_problems import Problem

TEAMS: Final = "FLASHDUTY_TEAMS__"
SECRETS_DIR: Final = "SECRETS_DIR"
USUAL_SECRETS_DIR: Final = Path("/run/secrets")
LARGEST_FILE: Final = 64 * 1024
# The team's name ends at the first double underscore.
_TEAM_SETTING: Final = re.compile(TEAMS + r"([A-Z0-9](?:_?[A-Z0-9.-]){0,39})__([A-Z0-9_]+)")


@dataclass
class Given:
    """What was found: values by upper-case name, never empty ones.

    `empty` holds names that were set to nothing, which counts as not set; `strange` holds names that begin
    like ours and are none of ours.
    """

    values: dict[str, str] = field(default_factory=dict, repr=False)
    empty: set[str] = field(default_factory=set)
    strange: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def spoilt(self) -> set[str]:
        """Names that are set, to something that cannot be read."""
        return {problem.name.removesuffix("_FILE") for problem in self.problems}


class _UnreadableError(Exception):
    """A file that holds a setting cannot be used; the text is a sentence without its subject."""


def gather(environ: Mapping[str, str], env_file: Path | None, secrets_dir: Path | None, names: frozenset[str]) -> Given:
    """Collect the settings called one of `names` or after a team, the first source that has one winning.

    A name with `_FILE` behind it names a file that holds the value. `SECRETS_DIR` overrides `secrets_dir`,
    which need not exist otherwise.
    """
    given = Given()
    layers = [dict(environ), _env_file(given, env_file)]
    asked = next((layer[SECRETS_DIR] for layer in layers if layer.get(SECRETS_DIR)), None)
    for layer in layers:
        _add(given, layer, names)
    directory = Path(asked) if asked else secrets_dir
    _add_secrets(given, directory, names, must_exist=directory not in {secrets_dir, USUAL_SECRETS_DIR})
    return given


def _env_file(given: Given, path: Path | None) -> dict[str, str]:
    if path is None or not path.is_file():
        return {}
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except UnicodeDecodeError:
        given.problems.append(Problem(path.name, "is not UTF-8 text", "save it again with the encoding UTF-8"))
        return {}
    return {name: value or "" for name, value in found.items()}


def _add(given: Given, layer: Mapping[str, str], names: frozenset[str]) -> None:
    upper = {name.upper(): value.strip() for name, value in layer.items()}
    for name, value in upper.items():
        base = name.removesuffix("_FILE")
        if _is_ours(name, names) and not (name != base and name.startswith(TEAMS)):
            _offer(given, name, value)
        elif name != base and _is_ours(base, names):
            _offer_file(given, name, base, value, is_twice=bool(upper.get(base)))
        elif name.startswith(("SLACK_", "FLASHDUTY_")):
            given.strange.add(name)


def _is_ours(name: str, names: frozenset[str]) -> bool:
    return name in names or name.startswith(TEAMS)


def _offer(given: Given, name: str, value: str) -> None:
    if not value:
        given.empty.add(name)
    else:
        given.values.setdefault(name, value)


def _offer_file(given: Given, name: str, base: str, path: str, *, is_twice: bool) -> None:
    if path and is_twice:
        given.problems.append(
            Problem(name, f"and {base} are both set; keep one", f"{name}=/run/secrets/{base.lower()}")
        )
        return
    if not path or base in given.values:
        return
    try:
        _offer(given, base, _content(Path(path)))
    except _UnreadableError as error:
        given.problems.append(Problem(name, f"names a file that {error}", f"{name}=/run/secrets/{base.lower()}"))


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _UnreadableError(f"cannot be read ({error.strerror or 'unknown reason'})") from None
    if len(content) > LARGEST_FILE:
        raise _UnreadableError("is too large to hold a setting")
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise _UnreadableError("is not text") from None


def _add_secrets(given: Given, directory: Path | None, names: frozenset[str], *, must_exist: bool) -> None:
    if directory is None or not (must_exist or directory.is_dir()):
        return
    try:
        files = sorted(_files(directory))
    except OSError as error:
        what = f"names a directory that cannot be read ({error.strerror or 'unknown reason'})"
        given.problems.append(Problem(SECRETS_DIR, what, f"{SECRETS_DIR}=/run/secrets"))
        return
    for path in files:
        name = path.name.upper()
        if _is_ours(name, names) and name not in given.values:
            _offer_secret(given, name, path)


def _files(directory: Path) -> Iterator[Path]:
    # Kubernetes mounts keep the real files below "..data" and link to them.
    return (path for path in directory.iterdir() if not path.name.startswith(".") and path.is_file())


def _offer_secret(given: Given, name: str, path: Path) -> None:
    try:
        _offer(given, name, _content(path))
    except _UnreadableError as error:
        given.problems.append(Problem(name, f"has a file in the secrets directory that {error}", f"chmod 0444 {name}"))


def setting_name(team: str, field: str) -> str:
    """Name a team's setting as it is set."""
    return f"{TEAMS}{team.upper()}__{field.upper()}"


def nested(given: Given) -> dict[str, Any]:
    """Arrange the values as the settings class has them, with teams that have only empty settings."""
    found: dict[str, Any] = {name.lower(): value for name, value in given.values.items() if not name.startswith(TEAMS)}
    teams: dict[str, dict[str, str]] = {}
    for name in (*given.values, *sorted(given.empty)):
        if place := _place(name):
            team = teams.setdefault(place[0].lower(), {})
            team |= {place[1].lower(): given.values[name]} if name in given.values else {}
    return found | ({"flashduty_teams": teams} if teams else {})


def _place(name: str) -> tuple[str, str] | None:
    """Take a team's setting apart into team and field."""
    found = _TEAM_SETTING.fullmatch(name)
    return (found[1], found[2]) if found else None


def misnamed(given: Given) -> Iterable[Problem]:
    """List the names that look like a team's setting and are none."""
    example = f"{setting_name('payments', 'app_key')}=…"
    for name in (*given.values, *given.empty):
        if name.startswith(TEAMS) and not _place(name):
            yield Problem(name, "does not say which setting of which team it is", example)
    for name in given.strange:
        if name == TEAMS.rstrip("_") or (name.startswith("FLASHDUTY_") and "__" in name):
            yield Problem(name, f"is no setting of mine; those of a team begin with {TEAMS}", example)
