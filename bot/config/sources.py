"""Sources of settings, by precedence: the environment, `.env`, files in a secrets directory."""

import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from dotenv.parser import parse_stream

from bot.config.names.setting_names import TEAMS_PREFIX, can_be_shown, parse_team_setting, shown
from bot.config.problems import Problem
from bot.config.text import value_fault

SECRETS_DIR: Final = "SECRETS_DIR"
DEFAULT_SECRETS_DIR: Final = Path("/run/secrets")
LARGEST_FILE: Final = 64 * 1024
LARGEST_ENV_FILE: Final = 1024 * 1024
_COLON: Final = re.compile(r"\s*(?:export\s+)?[A-Za-z_]\w*\s*:")


@dataclass
class RawSettings:
    """The texts of all sources: values by upper-case name, never empty, and the origin of each.

    `empty` holds names that are set to an empty text, which counts as not set; `unknown` holds other names with their
    origins, `unknown_files` other files of the secrets directory by name, `files_read` the files named by `…_FILE`, and
    `files` the file of each value that came from one.
    """

    values: dict[str, str] = field(default_factory=dict, repr=False)
    origins: dict[str, str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    unknown: dict[str, str] = field(default_factory=dict)
    unknown_files: dict[str, Path] = field(default_factory=dict)
    files_read: set[Path] = field(default_factory=set)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def unreadable(self) -> set[str]:
        """Names that are set to a value that cannot be read."""
        return {problem.name.removesuffix("_FILE") for problem in self.problems}

    def has(self, name: str) -> bool:
        """Whether a setting has a value, readable or not."""
        return name in self.values or name in self.unreadable


class UnreadableFile(Exception):  # noqa: N818 - its text is a sentence without its subject
    """A file of settings cannot be used."""


def gather(
    environ: Mapping[str, str], env_file: Path | None, secrets_dir: Path | None, names: frozenset[str]
) -> RawSettings:
    """Collect the settings in `names` and those of teams; the first source that has one wins.

    `<NAME>_FILE` is the path of a file that holds the value of `<NAME>`. `SECRETS_DIR` overrides `secrets_dir`,
    which otherwise need not exist.
    """
    raw = RawSettings()
    layers = {"the environment": dict(environ), ".env": _env_file(raw, env_file)}
    configured = next((layer[SECRETS_DIR].strip() for layer in layers.values() if layer.get(SECRETS_DIR)), None)
    for origin, layer in layers.items():
        _add(raw, layer, names, origin=origin)
    directory = Path(configured) if configured else secrets_dir
    _add_secrets(raw, directory, names, must_exist=directory not in {secrets_dir, DEFAULT_SECRETS_DIR})
    return raw


def _env_file(raw: RawSettings, path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        text = _env_text(path)
    except FileNotFoundError:
        return {}
    except UnreadableFile as error:
        what, _, remedy = str(error).partition("; ")
        raw.problems.append(Problem(path.name, what, remedy=remedy))
        return {}
    return dict(_lines(raw, path, text))


def _env_text(path: Path) -> str:
    """Read `.env`; raises FileNotFoundError, or UnreadableFile with the remedy after a semicolon."""
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            raise UnreadableFile(
                "is a directory, not a file; remove it and put the file there"
                " (Docker makes such a directory when the file to mount does not exist)"
            )
        with path.open("rb") as file:
            content = file.read(LARGEST_ENV_FILE + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = error.strerror or "unknown reason"
        raise UnreadableFile(f"cannot be read ({why}); let the user the bot runs as read it: chmod, chown") from None
    if len(content) > LARGEST_ENV_FILE:
        raise UnreadableFile("is too large to hold settings; keep nothing but settings in it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UnreadableFile("is not UTF-8 text; save it again with the encoding UTF-8")
    return text


def _lines(raw: RawSettings, path: Path, text: str) -> Iterator[tuple[str, str]]:
    for line in parse_stream(StringIO(text)):
        # Blank lines before a line are part of its text.
        blank = line.original.string[: len(line.original.string) - len(line.original.string.lstrip())]
        number = line.original.line + blank.count("\n")
        if (line.error or line.value is None) and _COLON.match(line.original.string):
            raw.problems.append(Problem(path.name, f"has : where = belongs (line {number})", "NAME=value"))
        elif line.error:
            what = f"has a line that cannot be understood (line {number}); is a quotation mark left open?"
            raw.problems.append(Problem(path.name, what, "NAME=value"))
        elif line.key is not None and line.value is None:
            raw.problems.append(Problem(path.name, f"has a line without = (line {number})", "NAME=value"))
        elif line.key is not None:
            yield line.key, line.value or ""


def _add(raw: RawSettings, layer: Mapping[str, str], names: frozenset[str], origin: str) -> None:
    # Of two spellings the lower-case one wins, as in curl, unless it is empty.
    upper: dict[str, str] = {}
    for name in sorted(layer):
        key = name.strip().upper()
        upper[key] = layer[name].strip() or upper.get(key, "")
    for name, value in upper.items():
        base = name.removesuffix("_FILE")
        if _is_setting(name, names) and not (name != base and name.startswith(TEAMS_PREFIX)):
            _add_value(raw, name, value, origin=origin)
        elif name != base and _is_setting(base, names):
            _add_from_file(raw, name, base, path=value, is_twice=bool(upper.get(base)))
        elif can_be_shown(name):
            raw.unknown.setdefault(name, origin)


def _is_setting(name: str, names: frozenset[str]) -> bool:
    return name in names or name.startswith(TEAMS_PREFIX)


def _add_value(raw: RawSettings, name: str, value: str, *, origin: str, file: Path | None = None) -> None:
    if not value:
        raw.empty.add(name)
    elif name not in raw.values:
        fault = value_fault(value)
        if fault:
            raw.problems.append(Problem(shown(name), f"{fault.what}{_in_origin(origin)}", remedy=fault.remedy))
        else:
            raw.values[name] = value
            raw.origins[name] = origin
            if file is not None:
                raw.files[name] = file


def _in_origin(origin: str) -> str:
    return "" if origin == "the environment" else f", in {origin}"


def _add_from_file(raw: RawSettings, name: str, base: str, path: str, *, is_twice: bool) -> None:
    example = f"{shown(name)}=/run/secrets/{shown(base).lower()}"
    if path and is_twice:
        raw.problems.append(Problem(shown(name), f"and {shown(base)} are both set; keep one", example))
        return
    if not path or base in raw.values:
        return
    if fault := value_fault(path):
        raw.problems.append(Problem(shown(name), fault.what, remedy=fault.remedy))
        return
    try:
        content = file_content(Path(path))
    except UnreadableFile as error:
        tilde = "; ~ is not understood here, write the whole path" if path.startswith("~") else ""
        raw.problems.append(Problem(shown(name), f"names a file that {error}{tilde}", example))
        return
    raw.files_read.add(Path(path))
    _add_value(raw, base, content, origin=f"the file that {shown(name)} names", file=Path(path))


def file_content(path: Path) -> str:
    """Read the value in a file, without the white space around it; raises UnreadableFile."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "unknown reason"
        raise UnreadableFile(f"cannot be read ({why})") from None
    if len(content) > LARGEST_FILE:
        raise UnreadableFile("is too large to hold a setting")
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UnreadableFile("is not text") from None


def _add_secrets(raw: RawSettings, directory: Path | None, names: frozenset[str], *, must_exist: bool) -> None:
    if directory is None or not (must_exist or directory.is_dir()):
        return
    try:
        # In Kubernetes mounts the files are links into the directory "..data".
        found = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
    except OSError as error:
        what = f"names a directory that cannot be read ({error.strerror or 'unknown reason'})"
        raw.problems.append(Problem(SECRETS_DIR, what, f"{SECRETS_DIR}=/run/secrets"))
        return
    for path in found:
        name = path.name.upper()
        if not (name in names or parse_team_setting(name)):
            raw.unknown_files[name] = path
        elif name not in raw.values:
            _add_secret(raw, name, path)


def _add_secret(raw: RawSettings, name: str, path: Path) -> None:
    if path.is_dir():
        what = "is a directory in the secrets directory, where a file with the value belongs"
        remedy = f"put a file called {path.name} there (Docker makes a directory when the file to mount does not exist)"
        raw.problems.append(Problem(name, what, remedy=remedy))
        return
    try:
        content = file_content(path)
    except UnreadableFile as error:
        raw.problems.append(Problem(name, f"has a file in the secrets directory that {error}", f"chmod 0444 {name}"))
    else:
        _add_value(raw, name, content, origin="the secrets directory", file=path)


def nested(raw: RawSettings) -> dict[str, Any]:
    """Nest the values like the settings class, including teams that have only empty settings."""
    found: dict[str, Any] = {
        name.lower(): value for name, value in raw.values.items() if not name.startswith(TEAMS_PREFIX)
    }
    teams: dict[str, dict[str, str]] = {}
    for name in (*raw.values, *sorted(raw.empty)):
        if parsed := parse_team_setting(name):
            team = teams.setdefault(parsed[0].lower(), {})
            team |= {parsed[1].lower(): raw.values[name]} if name in raw.values else {}
    return found | ({"flashduty_teams": teams} if teams else {})
