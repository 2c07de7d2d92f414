"""Parse the filters of the incident list from typed words, and write them as words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

from bot.flashduty import Progress, Severity
from bot.incidents.list_view import (
    DEFAULT_SINCE,
    LABEL_FILTER_LIMIT,
    MAX_LABEL_FILTERS,
    MAX_SINCE,
    NAME_FILTER_LIMIT,
    OPEN,
    SEARCH_TEXT_LIMIT,
    IncidentList,
)
from bot.messages.buttons import WORDS_LIMIT

_SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "严重": Severity.CRITICAL,
    "警告": Severity.WARNING,
    "提醒": Severity.INFO,
}
_PROGRESS: Final = {
    "triggered": (Progress.TRIGGERED,),
    "processing": (Progress.PROCESSING,),
    "closed": (Progress.CLOSED,),
    "open": OPEN,
    "待处理": (Progress.TRIGGERED,),
    "处理中": (Progress.PROCESSING,),
    "已关闭": (Progress.CLOSED,),
    "未关闭": OPEN,
}
_MINE: Final = frozenset({"mine", "我的"})
_SNOOZED: Final = frozenset({"snoozed", "暂缓", "已暂缓"})
_OLDEST_FIRST: Final = frozenset({"age", "oldest", "最早", "时长"})
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SINCE = re.compile(r"(\d{1,5})([mhdw])", re.IGNORECASE)
_PAGE = re.compile(r"\d{1,3}")
_SLACK_ID = re.compile(r"<@([UW][A-Z0-9]{1,30})>")
# The filters with a value, by each of their names.
_KEYS: Final = {
    "since": "since",
    "page": "page",
    "channel": "channel",
    "协作空间": "channel",
    "label": "label",
    "标签": "label",
    "responder": "responder",
    "处理人员": "responder",
    "sort": "sort",
    "排序": "sort",
}
_KEY = "|".join(_KEYS)
_NAMED = re.compile(rf"({_KEY})[:：](.*)", re.IGNORECASE | re.DOTALL)
# A full-width colon, an equals sign or a space instead of the colon, or a misspelt name.
_ALMOST = re.compile(r"(?<!\S)([a-z]{3,7})[:=：\s]{0,3}(\d{1,5}[mhdw]?)(?!\S)", re.IGNORECASE)
_QUOTED_OR_WORD = re.compile(rf'((?:{_KEY})[:：])"([^"]*)"|"([^"]*)"|\S+', re.IGNORECASE)
_COMMAS = re.compile("[,，、]")
# Shorter prefixes are too often words to search for.
_SHORTEST_BEGINNING: Final = 4


@dataclass
class _Found:
    """What has been read of the words."""

    severities: dict[Severity, None] = field(default_factory=dict)
    progress: dict[Progress, None] = field(default_factory=dict)
    since: timedelta = DEFAULT_SINCE
    page: int = 1
    flashduty_channel: str = ""
    labels: dict[str, None] = field(default_factory=dict)
    responder: str = ""
    responder_slack_id: str = ""
    is_mine: bool = False
    is_snoozed: bool = False
    is_oldest_first: bool = False
    text: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)

    def read(self, word: str) -> None:
        """Read one word that is not in quotes."""
        plain, named = word.lower(), _NAMED.fullmatch(word)
        if named:
            if not self._read_value(_KEYS[named[1].lower()], named[2]):
                self.not_understood.append(word)
        elif plain in _SEVERITIES:
            self.severities[_SEVERITIES[plain]] = None
        elif plain in _PROGRESS:
            self.progress.update(dict.fromkeys(_PROGRESS[plain]))
        elif plain in _MINE:
            self.is_mine = True
        elif plain in _SNOOZED:
            self.is_snoozed = True
        else:
            self.text.append(word)

    def _read_value(self, key: str, value: str) -> bool:
        """Read the value of a named filter; return whether it is one."""
        value = " ".join(value.split())
        if key == "since" and (found := _SINCE.fullmatch(value)):
            self.since = min(timedelta(**{_UNITS[found[2].lower()]: max(int(found[1]), 1)}), MAX_SINCE)
        elif key == "page" and _PAGE.fullmatch(value):
            self.page = max(int(value), 1)
        elif key == "channel" and 0 < len(value) <= NAME_FILTER_LIMIT:
            self.flashduty_channel = value
        elif (
            key == "label" and 0 < len(value) <= LABEL_FILTER_LIMIT and len({*self.labels, value}) <= MAX_LABEL_FILTERS
        ):
            self.labels[value] = None
        elif key == "responder" and (slack_id := _SLACK_ID.fullmatch(value)):
            self.responder, self.responder_slack_id = "", slack_id[1]
        elif key == "responder" and 0 < len(name := value.removeprefix("@").strip()) <= NAME_FILTER_LIMIT:
            self.responder, self.responder_slack_id = name, ""
        elif key == "sort" and value.lower() in _OLDEST_FIRST:
            self.is_oldest_first = True
        else:
            return False
        return True

    def view(self) -> IncidentList:
        """Return the list that was described."""
        return IncidentList(
            severities=tuple(self.severities),
            progress=tuple(self.progress) or OPEN,
            since=self.since,
            text=" ".join(self.text)[:SEARCH_TEXT_LIMIT],
            page=self.page,
            flashduty_channel=self.flashduty_channel,
            labels=tuple(self.labels),
            responder=self.responder,
            responder_slack_id=self.responder_slack_id,
            is_mine=self.is_mine,
            is_snoozed=self.is_snoozed,
            is_oldest_first=self.is_oldest_first,
            not_understood=" ".join(self.not_understood)[:WORDS_LIMIT],
        )


def read_search(words: str) -> IncidentList:
    """Parse the words after `/flashduty incidents`, in any order and case; words that are no filter are search text.

    Words in double quotes are search text as well; the value of a named filter may be in quotes. Filters may be
    separated by commas. `since:` takes minutes, hours, days or weeks (`since:90m`, `since:7d`), a year at most.
    """
    found = _Found()
    for word, is_quoted in _pieces(words):
        if is_quoted:
            found.text.append(word)
        else:
            found.read(word)
    return found.view()


def words_of(search: IncidentList) -> str:
    """Return the shortest words for the same search."""
    parts = [severity.value.lower() for severity in search.severities]
    if search.progress != OPEN:
        parts += [progress.value.lower() for progress in search.progress]
    parts += ["mine"] if search.is_mine else []
    parts += ["snoozed"] if search.is_snoozed else []
    named = (
        ("channel", search.flashduty_channel),
        *(("label", label) for label in search.labels),
        ("responder", f"<@{search.responder_slack_id}>" if search.responder_slack_id else search.responder),
        ("sort", "age" if search.is_oldest_first else ""),
        ("since", "" if search.since == DEFAULT_SINCE else _length(search.since)),
        ("page", str(search.page) if search.page > 1 else ""),
    )
    parts += [_written(key, value) for key, value in named if value]
    return " ".join([*parts, *map(_protected, search.text.split())])


def _written(key: str, value: str) -> str:
    return f'{key}:"{value}"' if " " in value or _COMMAS.search(value) else f"{key}:{value}"


def _protected(word: str) -> str:
    """Write a word to search for so that it is not read as a filter."""
    return f'"{word}"' if any(map(_is_filter, _COMMAS.split(word))) or _NAMED.fullmatch(word) else word


def _is_filter(word: str) -> bool:
    plain, named = word.lower(), _NAMED.fullmatch(word)
    return bool(named and named[2]) or any(plain in words for words in (_SEVERITIES, _PROGRESS, _MINE, _SNOOZED))


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def probable_search(search: IncidentList) -> IncidentList | None:
    """Return the search that was probably intended, if a search word looks like a misspelt filter; otherwise None."""
    respelt = " ".join(_respelt(word) for word in _ALMOST.sub(_joined, search.text).split())
    if respelt == " ".join(search.text.split()):
        return None
    filters = words_of(replace(search, text="", page=1))
    return read_search(f"{filters} {respelt}")


def _joined(found: re.Match[str]) -> str:
    near = get_close_matches(found[1].lower(), ("since", "page"), n=1, cutoff=0.75)
    if not near:
        return found[0]
    form = _SINCE if near[0] == "since" else _PAGE
    return f"{near[0]}:{found[2]}" if form.fullmatch(found[2]) else found[0]


def _respelt(word: str) -> str:
    plain = word.lower()
    known = (*_SEVERITIES, *_PROGRESS)
    begun = [name for name in known if len(plain) >= _SHORTEST_BEGINNING and name.startswith(plain)]
    near = begun or get_close_matches(plain, known, n=1, cutoff=0.8)
    return near[0] if near else word


def _pieces(words: str) -> Iterator[tuple[str, bool]]:
    """Split a line into words, each with whether it was in quotes; commas separate filters."""
    for found in _QUOTED_OR_WORD.finditer(words):
        if found[1] is not None:
            yield f"{found[1]}{found[2]}", False
            continue
        if found[3] is not None:
            yield from ((word, True) for word in found[3].split())
            continue
        parts = [part for part in _COMMAS.split(found[0]) if part]
        yield from ((part, False) for part in (parts if any(map(_is_filter, parts)) else [found[0]]))
