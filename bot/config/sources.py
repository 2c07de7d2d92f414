"""Where settings come from: the environment, over `.env`, over files in a secrets directory."""

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from dotenv.parser import parse_stream

from bot.config.problems import Problem
from bot.config.setting_names import TEAMS_PREFIX, can_be_shown, place_of, shown
from bot.config.text import spoilt

SECRETS_DIR: Final = "SECRETS_DIR"
USUAL_SECRETS_DIR: Final = Path("/run/secrets")
LARGEST_FILE: Final = 64 * 1024
LARGEST_ENV_FILE: Final = 1024 * 1024
_COLON: Final = re.compile(r"\s*(?:export\s+)?[A-Za-z_]\w*\s*:")


@dataclass
class Given:
    """What was found: values by upper-case name, never empty ones, and which source each came from.

    `empty` holds names that were set to nothing, which counts as not set; `others` holds names that are none of ours,
    `files` those of files in the secrets directory, each with where it was found.
    """

    values: dict[str, str] = field(default_factory=dict, repr=False)
    origins: dict[str, str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    read: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    @property
    def spoilt(self) -> set[str]:
        """Names that are set, to something that cannot be read."""
        return {problem.name.removesuffix("_FILE") for problem in self.problems}

    def told_of(self, name: str) -> bool:
        """Whether a setting has a value, or its value has a problem of its own."""
        return name in self.values or name in self.spoilt


class _UnreadableError(Exception):
    """A file that holds a setting cannot be used; the text is a sentence without its subject."""


def gather(environ: Mapping[str, str], env_file: Path | None, secrets_dir: Path | None, names: frozenset[str]) -> Given:
    """Collect the settings called one of `names` or after a team, the first source that has one winning.

    A name with `_FILE` behind it names a file that holds the value. `SECRETS_DIR` overrides `secrets_dir`,
    which need not exist otherwise.
    """
    given = Given()
    layers = {"the environment": dict(environ), ".env": _env_file(given, env_file)}
    asked = next((layer[SECRETS_DIR].strip() for layer in layers.values() if layer.get(SECRETS_DIR)), None)
    for origin, layer in layers.items():
        _add(given, layer, names, origin=origin)
    directory = Path(asked) if asked else secrets_dir
    _add_secrets(given, directory, names, must_exist=directory not in {secrets_dir, USUAL_SECRETS_DIR})
    return given


def _env_file(given: Given, path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        text = _env_text(path)
    except FileNotFoundError:
        return {}
    except _UnreadableError as error:
        what, _, cure = str(error).partition("; ")
        given.problems.append(Problem(path.name, what, cure=cure))
        return {}
    return dict(_lines(given, path, text))


def _env_text(path: Path) -> str:
    """Read `.env`; raises FileNotFoundError, or _UnreadableError with the cure behind a semicolon."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise _UnreadableError(
                "is a directory, not a file; remove it and put the file there"
                " (Docker makes such a directory when the file to mount does not exist)"
            )
        with path.open("rb") as file:
            content = file.read(LARGEST_ENV_FILE + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise _UnreadableError(f"cannot be read ({why}); let the user the bot runs as read it: chmod, chown") from None
    if len(content) > LARGEST_ENV_FILE:
        raise _UnreadableError("is too large to hold settings; keep nothing but settings in it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise _UnreadableError("is not UTF-8 text; save it again with the encoding UTF-8")
    return text


def _lines(given: Given, path: Path, text: str) -> Iterator[tuple[str, str]]:
    for line in parse_stream(StringIO(text)):
        # Blank lines in front count as a part of it.
        blank = line.original.string[: len(line.original.string) - len(line.original.string.lstrip())]
        number = line.original.line + blank.count("\n")
        if (line.error or line.value is None) and _COLON.match(line.original.string):
            given.problems.append(Problem(path.name, f"has : where = belongs (line {number})", "NAME=value"))
        elif line.error:
            what = f"has a line that cannot be understood (line {number}); is a quotation mark left open?"
            given.problems.append(Problem(path.name, what, "NAME=value"))
        elif line.key is not None and line.value is None:
            given.problems.append(Problem(path.name, f"has a line without = (line {number})", "NAME=value"))
        elif line.key is not None:
            yield line.key, line.value or ""


def _add(given: Given, layer: Mapping[str, str], names: frozenset[str], origin: str) -> None:
    # Of two spellings the lower case one holds, as for curl, unless it is empty.
    upper: dict[str, str] = {}
    for name in sorted(layer):
        key = name.strip().upper()
        upper[key] = layer[name].strip() or upper.get(key, "")
    for name, value in upper.items():
        base = name.removesuffix("_FILE")
        if _is_ours(name, names) and not (name != base and name.startswith(TEAMS_PREFIX)):
            _offer(given, name, value, origin=origin)
        elif name != base and _is_ours(base, names):
            _offer_file(given, name, base, path=value, is_twice=bool(upper.get(base)))
        elif can_be_shown(name):
            given.others.setdefault(name, origin)


def _is_ours(name: str, names: frozenset[str]) -> bool:
    return name in names or name.startswith(TEAMS_PREFIX)


def _offer(given: Given, name: str, value: str, origin: str) -> None:
    if not value:
        given.empty.add(name)
    elif name not in given.values:
        fault = spoilt(value)
        if fault:
            given.problems.append(Problem(shown(name), f"{fault.what}{_from(origin)}", cure=fault.cure))
        else:
            given.values[name] = value
            given.origins[name] = origin


def _from(origin: str) -> str:
    return "" if origin == "the environment" else f", in {origin}"


def _offer_file(given: Given, name: str, base: str, path: str, *, is_twice: bool) -> None:
    example = f"{shown(name)}=/run/secrets/{shown(base).lower()}"
    if path and is_twice:
        given.problems.append(Problem(shown(name), f"and {shown(base)} are both set; keep one", example))
        return
    if not path or base in given.values:
        return
    if fault := spoilt(path):
        given.problems.append(Problem(shown(name), fault.what, cure=fault.cure))
        return
    try:
        content = _content(Path(path))
    except _UnreadableError as error:
        home = "; ~ is not understood here, write the whole path" if path.startswith("~") else ""
        given.problems.append(Problem(shown(name), f"names a file that {error}{home}", example))
        return
    given.read.add(Path(path))
    _offer(given, base, content, origin=f"the file that {shown(name)} names")


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "unknown reason"
        raise _UnreadableError(f"cannot be read ({why})") from None
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
        # Kubernetes mounts keep the real files below "..data" and link to them.
        found = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        what = f"names a directory that cannot be read ({error.strerror or 'unknown reason'})"
        given.problems.append(Problem(SECRETS_DIR, what, f"{SECRETS_DIR}=/run/secrets"))
        return
    for path in found:
        name = path.name.upper()
        if not (name in names or place_of(name)):
            given.files[name] = path
        elif name not in given.values:
            _offer_secret(given, name, path)


def _offer_secret(given: Given, name: str, path: Path) -> None:
    if path.is_dir():
        what = "is a directory in the secrets directory, where a file with the value belongs"
        cure = f"put a file called {path.name} there (Docker makes a directory when the file to mount does not exist)"
        given.problems.append(Problem(name, what, cure=cure))
        return
    try:
        content = _content(path)
    except _UnreadableError as error:
        given.problems.append(Problem(name, f"has a file in the secrets directory that {error}", f"chmod 0444 {name}"))
    else:
        _offer(given, name, content, origin="the secrets directory")


def nested(given: Given) -> dict[str, Any]:
    """Arrange the values as the settings class has them, with teams that have only empty settings."""
    found: dict[str, Any] = {
        name.lower(): value for name, value in given.values.items() if not name.startswith(TEAMS_PREFIX)
    }
    teams: dict[str, dict[str, str]] = {}
    for name in (*given.values, *sorted(given.empty)):
        if place := place_of(name):
            team = teams.setdefault(place[0].lower(), {})
            team |= {place[1].lower(): given.values[name]} if name in given.values else {}
    return found | ({"flashduty_teams": teams} if teams else {})
