"""Plans for synced user groups, and their format in the settings."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

_GROUP: Final = re.compile(r"S[A-Z0-9]{2,30}")
_PERSON: Final = re.compile(r"[UW][A-Z0-9]{2,30}")
_SOURCE: Final = re.compile(r"([1-9][0-9]{0,18})(?:/([0-9]{1,18}))?")
_HINT: Final = "write S0123ABCD=6001,6002/1: a user group, then schedules, each with a role behind a slash if only that"


@dataclass(frozen=True)
class GroupSource:
    """A schedule that feeds a group, with all its roles or one."""

    schedule_id: int
    role_id: int | None = None


@dataclass(frozen=True)
class GroupPlan:
    """A user group, the schedules that feed it, and its permanent members."""

    group: str
    sources: tuple[GroupSource, ...]
    pinned: frozenset[str] = frozenset()

    @property
    def signature(self) -> str:
        """Eight characters that change with the plan, so that an approval of one plan does not count for another."""
        sources = sorted((one.schedule_id, -1 if one.role_id is None else one.role_id) for one in self.sources)
        text = f"{self.group} {sources} {sorted(self.pinned)}"
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def parse_group_plans(raw: Any) -> tuple[GroupPlan, ...]:  # noqa: ANN401 - text from a source, or plans from code
    """Read `S0ONCALL=6001,6002/1,U0BOSS;S0LEADS=6001/2`, or the same as a JSON object of lists.

    Raises ValueError with a sentence that does not repeat the value.
    """
    if not isinstance(raw, str):
        return tuple(raw)
    pairs = list(_json(raw) if raw.lstrip().startswith("{") else _text(raw))
    plans = tuple(_plan(group, entries) for group, entries in pairs)
    if len({plan.group for plan in plans}) < len(plans):
        raise ValueError("names a user group twice; put all its schedules behind one name")
    return plans


def _text(raw: str) -> Iterable[tuple[str, list[str]]]:
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", raw))):
        group, equals, entries = part.partition("=")
        if not equals:
            raise ValueError(f"holds something without an equals sign; {_HINT}")
        yield group.strip(), [entry for entry in re.split(r"[,\s]+", entries) if entry]


def _json(raw: str) -> Iterable[tuple[str, list[str]]]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(entries, list) for entries in found.values()):
        raise ValueError(f"starts like a JSON object of lists and is none; or {_HINT}")
    return [(group, [str(entry).strip() for entry in entries]) for group, entries in found.items()]


def _plan(group: str, entries: list[str]) -> GroupPlan:
    if not _GROUP.fullmatch(group):
        raise ValueError(f"must name user groups by their ids, which start with S; {_HINT}")
    pinned = frozenset(entry for entry in entries if _PERSON.fullmatch(entry))
    sources = tuple(_source(entry) for entry in entries if entry not in pinned)
    if not sources:
        raise ValueError(f"has a user group without a schedule; {_HINT}")
    return GroupPlan(group, tuple(dict.fromkeys(sources)), pinned)


def _source(entry: str) -> GroupSource:
    found = _SOURCE.fullmatch(entry)
    if not found:
        raise ValueError(f"holds something that is neither a schedule's id nor a person's; {_HINT}")
    return GroupSource(int(found[1]), int(found[2]) if found[2] else None)
