"""Combinators for the rules of Block Kit: checks that report instead of raising."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

UNLIMITED: Final = 10**9


@dataclass
class Findings:
    """The problems of a payload, and totals over the whole of it."""

    problems: list[str] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, sentence: str) -> None:
        """Add a problem at a JSON pointer."""
        self.problems.append(f"{path or '/'}: {sentence}")

    def count(self, what: str, by: int = 1) -> None:
        """Add to a total that is limited for the whole payload."""
        self.counts[what] = self.counts.get(what, 0) + by


Check = Callable[[Any, str, Findings], None]
Fields = Mapping[str, Check]


def string(longest: int = UNLIMITED, *, shortest: int = 1, is_spacing: bool = False) -> Check:
    """Require a string within a length; white space alone only if `is_spacing`."""

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, str):
            findings.add(path, "must be a string")
        elif len(value) > longest:
            findings.add(path, f"must be at most {longest} characters, has {len(value)}")
        elif len(value) < shortest:
            findings.add(path, f"must be at least {shortest} character{'s' * (shortest != 1)}")
        elif shortest and not is_spacing and not value.strip():
            findings.add(path, "must not be blank")

    return check


def url(longest: int, *schemes: str) -> Check:
    """Require an absolute address."""
    allowed = schemes or ("http", "https", "mailto", "slack")

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        string(longest)(value, path, findings)
        if isinstance(value, str) and not _is_address(value, allowed):
            findings.add(path, "must be an absolute URL")

    return check


def _is_address(value: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in schemes and bool(parts.netloc or parts.scheme == "mailto") and not any(map(str.isspace, value))
    )


def boolean(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
    """Require true or false."""
    if not isinstance(value, bool):
        findings.add(path, "must be true or false")


def number(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
    """Require a number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        findings.add(path, "must be a number")


def whole(lowest: int, highest: int) -> Check:
    """Require an integer in a range."""

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            findings.add(path, f"must be an integer from {lowest} to {highest}")

    return check


def one_of(*words: str) -> Check:
    """Require one of the words."""

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if value not in words:
            findings.add(path, f"must be one of {', '.join(words)}")

    return check


def listed(item: Check, fewest: int, most: int) -> Check:
    """Require a list with a number of items within the bounds."""

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, list):
            findings.add(path, "must be a list")
            return
        if not fewest <= len(value) <= most:
            findings.add(path, f"must have {fewest} to {most} items, has {len(value)}")
        for index, one in enumerate(value):
            item(one, f"{path}/{index}", findings)

    return check


def shape(
    required: Fields, optional: Fields | None = None, rule: Check | None = None, *, kind: str | None = None
) -> Check:
    """Require an object with these fields and no others; `rule` checks the whole, `kind` is its `type`."""
    known = {**required, **(optional or {})}

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, dict):
            findings.add(path, "must be an object")
            return
        if kind is not None and value.get("type") != kind:
            findings.add(f"{path}/type", f"must be {kind}")
        _check_fields(value, path, findings=findings, required=required, known=known)
        if rule is not None:
            rule(value, path, findings)

    return check


def _check_fields(value: dict[str, Any], path: str, *, findings: Findings, required: Fields, known: Fields) -> None:
    for name in required:
        if name not in value:
            findings.add(path, f"needs {name}")
    for name, held in value.items():
        if name == "type":
            continue
        if name in known:
            known[name](held, f"{path}/{name}", findings)
        else:
            findings.add(f"{path}/{name}", "is not a field Slack knows here")


def by_type(kinds: Mapping[str, Check]) -> Check:
    """Require an object whose `type` is one of these, and check it as that type."""

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        if not isinstance(value, dict):
            findings.add(path, "must be an object")
        elif not isinstance(value.get("type"), str) or value["type"] not in kinds:
            findings.add(f"{path}/type", f"{value.get('type')!r} cannot stand here")
        else:
            kinds[value["type"]](value, path, findings)

    return check
