"""What `python -m bot check` found, and how it is shown."""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from unicodedata import east_asian_width

from bot.messages.text import one_line

WIDEST: Final = 120
NARROWEST: Final = 30
# A longer subject has a line to itself.
SUBJECT: Final = 24


# For terminals that know nothing else.
_IN_ASCII: Final = str.maketrans({"✔": "+", "✘": "x", "–": "-", "→": "->", "“": '"', "”": '"', "…": "...", "’": "'"})


class CheckMark(Enum):
    """How something stands, as it is shown in front of it."""

    RIGHT = "✔"
    WRONG = "✘"
    DOUBTFUL = "!"
    NOT_LOOKED_AT = "–"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: how it stands, what was found, and the cure if it is wrong."""

    subject: str
    mark: CheckMark
    what: str
    cure: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is known to be wrong."""
        return self.mark is not CheckMark.WRONG


def good(subject: str, what: str) -> Finding:
    """Report something that is right."""
    return Finding(subject, CheckMark.RIGHT, what)


def bad(subject: str, what: str, cure: str) -> Finding:
    """Report something that is wrong, with the cure."""
    return Finding(subject, CheckMark.WRONG, what, cure=cure)


def doubtful(subject: str, what: str, cure: str) -> Finding:
    """Report something that may be meant so and deserves a look, with the cure if it is not."""
    return Finding(subject, CheckMark.DOUBTFUL, what, cure=cure)


def unseen(subject: str, why: str = "") -> Finding:
    """Report something that was not looked at, or cannot be, and what there is to say about it."""
    return Finding(subject, CheckMark.NOT_LOOKED_AT, why or "not looked at")


def findings_table(findings: Sequence[Finding]) -> str:
    """Draw the findings for a terminal: what is about everything first, then each team's under its name.

    A mark, what was looked at, what was found, and the cure on a line of its own.
    """
    groups: dict[str, list[Finding]] = {"": []}
    for finding in findings:
        team, colon, subject = finding.subject.partition(": ")
        groups.setdefault(team if colon else "", []).append(replace(finding, subject=subject if colon else team))
    widest = max(
        (width for one in groups.values() for row in one if (width := _width(row.subject)) <= SUBJECT), default=0
    )
    room = max(min(shutil.get_terminal_size((100, 24)).columns, WIDEST) - widest - len("✔   "), NARROWEST)
    drawn = [_group(name, rows, widest, room=room) for name, rows in groups.items() if rows]
    return "\n\n".join([*drawn, _sum(findings)])


def printable(text: str, encoding: str) -> str:
    """Write the table for a terminal that may not know the marks: ASCII instead of them where it does not."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_IN_ASCII)
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def _group(name: str, findings: Sequence[Finding], widest: int, room: int) -> str:
    heading = [f"Team{'s' if ', ' in name else ''} {one_line(name)}"] if name else []
    return "\n".join([*heading, *(_row(finding, widest, room) for finding in findings)])


def _row(finding: Finding, widest: int, room: int) -> str:
    subject = one_line(finding.subject)
    told = [one_line(finding.what), *([f"→ {one_line(finding.cure)}"] if finding.cure else [])]
    folded = [line for text in told for line in _folded(text, room)]
    if _width(subject) > widest:
        folded.insert(0, "")
    first = f"{finding.mark.value} {subject}{' ' * (widest - _width(subject))}  {folded[0]}".rstrip()
    return "\n".join([first, *(" " * (widest + len("✔   ")) + line for line in folded[1:])])


def _folded(text: str, room: int) -> list[str]:
    """Fold a text between words; a word longer than a line is cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if _width(joined) <= room:
            lines[-1] = joined
            continue
        lines += ["", *_cut(word, room)] if lines[-1] else _cut(word, room)
    return [line for line in lines if line] or [""]


def _cut(word: str, room: int) -> list[str]:
    pieces = [""]
    for character in word:
        if _width(pieces[-1] + character) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _width(text: str) -> int:
    """Count the columns a text takes in a terminal, where Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _sum(findings: Sequence[Finding]) -> str:
    count = Counter(finding.mark for finding in findings)
    told = []
    if count[CheckMark.WRONG]:
        told.append(_counted(count[CheckMark.WRONG], "One thing is wrong.", "{} things are wrong."))
    elif count[CheckMark.NOT_LOOKED_AT]:
        told.append("Nothing that was looked at is wrong.")
    if count[CheckMark.DOUBTFUL]:
        told.append(_counted(count[CheckMark.DOUBTFUL], "One thing deserves a look.", "{} things deserve a look."))
    if count[CheckMark.NOT_LOOKED_AT]:
        told.append(
            _counted(count[CheckMark.NOT_LOOKED_AT], "One thing was not looked at.", "{} things were not looked at.")
        )
    return " ".join(told) or "Everything is as it should be."


def _counted(count: int, one: str, more: str) -> str:
    return one if count == 1 else more.format(count)
