"""Parse the filters of the incident list from typed words, and write them as words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

from bot.flashduty import Progress, Severity
from bot.messages.views import DEFAULT_SINCE, MAX_SINCE, OPEN, SEARCH_TEXT_LIMIT, IncidentList

PAGE_SIZE: Final = 10

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
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SINCE = re.compile(r"since:(\d{1,5})([mhdw])", re.IGNORECASE)
_PAGE = re.compile(r"page:(\d{1,3})", re.IGNORECASE)
# A full-width colon, an equals sign or a space instead of the colon, or a misspelt name.
_ALMOST = re.compile(r"(?<!\S)([a-z]{3,7})[:=：\s]{0,3}(\d{1,5}[mhdw]?)(?!\S)", re.IGNORECASE)
_NAMED: Final = ("since:", "page:")
_QUOTED_OR_WORD = re.compile(r'"([^"]*)"|\S+')
_COMMAS = re.compile("[,，、]")
# Shorter prefixes are too often words to search for.
_SHORTEST_BEGINNING: Final = 4


@dataclass(frozen=True)
class IncidentSearch:
    """Filters of `/flashduty incidents`; without any, everything open in the last 31 days."""

    severities: tuple[Severity, ...] = ()
    progress: tuple[Progress, ...] = OPEN
    since: timedelta = DEFAULT_SINCE
    text: str = ""
    page: int = 1
    storm: str = ""
    not_understood: tuple[str, ...] = field(default=(), compare=False)

    @property
    def narrows(self) -> bool:
        """Whether open incidents of the last 31 days are left out."""
        leaves_out = self.severities or self.text or self.storm or self.since < DEFAULT_SINCE
        return bool(leaves_out) or not set(OPEN) <= set(self.progress)

    @property
    def words(self) -> str:
        """The shortest words for the same search."""
        parts = [severity.value.lower() for severity in self.severities]
        if self.progress != OPEN:
            parts += [progress.value.lower() for progress in self.progress]
        if self.since != DEFAULT_SINCE:
            parts.append(f"since:{_length(self.since)}")
        if self.page > 1:
            parts.append(f"page:{self.page}")
        return " ".join([*parts, *map(_protected, self.text.split())])

    @property
    def view(self) -> IncidentList:
        """The view that shows the result."""
        return IncidentList(
            severities=self.severities,
            progress=self.progress,
            since=self.since,
            text=self.text,
            page=self.page,
            storm=self.storm,
        )

    def on_page(self, page: int) -> "IncidentSearch":
        """Return the same search for another page."""
        return replace(self, page=page)


def search_of(view: IncidentList) -> IncidentSearch:
    """Return the search a view shows."""
    return IncidentSearch(
        severities=view.severities,
        progress=view.progress,
        since=view.since,
        text=view.text,
        page=view.page,
        storm=view.storm,
        not_understood=tuple(view.not_understood.split()),
    )


def _protected(word: str) -> str:
    """Write a word to search for so that it is not read as a filter."""
    has_filter = any(map(_is_filter, _COMMAS.split(word)))
    return f'"{word}"' if has_filter or word.lower().startswith(_NAMED) else word


def _is_filter(word: str) -> bool:
    plain = word.lower()
    return plain in _SEVERITIES or plain in _PROGRESS or bool(_SINCE.fullmatch(word) or _PAGE.fullmatch(word))


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    for unit, size in (("d", 24 * 60), ("h", 60)):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


def probable_search(search: IncidentSearch) -> IncidentSearch | None:
    """Return the search that was probably intended, if a search word looks like a misspelt filter; otherwise None."""
    respelt = " ".join(_respelt(word) for word in _ALMOST.sub(_joined, search.text).split())
    if respelt == " ".join(search.text.split()):
        return None
    filters = replace(search, text="", page=1).words
    return read_search(f"{filters} {respelt}")


def _joined(found: re.Match[str]) -> str:
    near = get_close_matches(found[1].lower(), ("since", "page"), n=1, cutoff=0.75)
    fixed = f"{near[0]}:{found[2]}" if near else ""
    return fixed if _SINCE.fullmatch(fixed) or _PAGE.fullmatch(fixed) else found[0]


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
            yield from ((word, True) for word in found[1].split())
            continue
        parts = [part for part in _COMMAS.split(found[0]) if part]
        yield from ((part, False) for part in (parts if any(map(_is_filter, parts)) else [found[0]]))


def read_search(words: str) -> IncidentSearch:
    """Parse the words after `/flashduty incidents`, in any order and case; words that are no filter are search text.

    Words in double quotes are search text as well. Filters may be separated by commas. `since:` takes minutes, hours,
    days or weeks (`since:90m`, `since:7d`), a year at most.
    """
    severities: dict[Severity, None] = {}
    progress: dict[Progress, None] = {}
    since, page = DEFAULT_SINCE, 1
    text: list[str] = []
    not_understood: list[str] = []
    for word, is_quoted in _pieces(words):
        plain = word.lower()
        if is_quoted:
            text.append(word)
        elif plain in _SEVERITIES:
            severities[_SEVERITIES[plain]] = None
        elif plain in _PROGRESS:
            progress.update(dict.fromkeys(_PROGRESS[plain]))
        elif found := _SINCE.fullmatch(word):
            since = min(timedelta(**{_UNITS[found[2].lower()]: max(int(found[1]), 1)}), MAX_SINCE)
        elif found := _PAGE.fullmatch(word):
            page = max(int(found[1]), 1)
        elif plain.startswith(_NAMED):
            not_understood.append(word)
        else:
            text.append(word)
    return IncidentSearch(
        severities=tuple(severities),
        progress=tuple(progress) or OPEN,
        since=since,
        text=" ".join(text)[:SEARCH_TEXT_LIMIT],
        page=page,
        not_understood=tuple(not_understood),
    )
