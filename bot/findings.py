"""What `python -m bot check` found, and how it is shown."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from textwrap import wrap
from typing import Final
from unicodedata import east_asian_width

from bot.messages.text import clipped, one_line

WIDEST: Final = 120
NARROWEST: Final = 30
SUBJECT_LIMIT: Final = 40


class Mark(Enum):
    """How something stands, as it is shown in front of it."""

    RIGHT = "✔"
    WRONG = "✘"
    NOT_LOOKED_AT = "–"


@dataclass(frozen=True)
class Finding:
    """One thing to look at: how it stands, what was found, and the cure if it is wrong."""

    subject: str
    mark: Mark
    what: str
    cure: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is known to be wrong."""
        return self.mark is not Mark.WRONG


def good(subject: str, what: str) -> Finding:
    """Report something that is right."""
    return Finding(subject, Mark.RIGHT, what)


def bad(subject: str, what: str, cure: str) -> Finding:
    """Report something that is wrong, with the cure."""
    return Finding(subject, Mark.WRONG, what, cure)


def unseen(subject: str, why: str = "") -> Finding:
    """Report something that was not looked at, and what there is to say about it."""
    return Finding(subject, Mark.NOT_LOOKED_AT, f"not looked at; {why}" if why else "not looked at")


def table(findings: Sequence[Finding]) -> str:
    """Draw the findings for a terminal: a mark, what was looked at, what was found and the cure."""
    subjects = [clipped(one_line(finding.subject), SUBJECT_LIMIT) for finding in findings]
    widest = max((_width(subject) for subject in subjects), default=0)
    room = min(shutil.get_terminal_size((100, 24)).columns, WIDEST) - widest - len("✔    ")
    rows = [_row(finding, subject, widest, room) for finding, subject in zip(findings, subjects, strict=True)]
    return "\n".join([*rows, "", _sum(findings)])


def _row(finding: Finding, subject: str, widest: int, room: int) -> str:
    told = [one_line(finding.what)] if finding.ok else [one_line(finding.what), f"→ {one_line(finding.cure)}"]
    folded = [line for text in told for line in wrap(text, max(room, NARROWEST)) or [""]]
    first = f"{finding.mark.value} {subject}{' ' * (widest - _width(subject))}  {folded[0]}"
    return "\n".join([first, *(" " * (widest + 4) + line for line in folded[1:])])


def _width(text: str) -> int:
    """Count the columns a text takes in a terminal, where Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(not finding.ok for finding in findings)
    not_seen = sum(finding.mark is Mark.NOT_LOOKED_AT for finding in findings)
    if not wrong and not not_seen:
        return "Everything is as it should be."
    if not wrong:
        return f"Everything that was looked at is as it should be. {_not_seen(not_seen)}"
    told = "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
    return f"{told} {_not_seen(not_seen)}" if not_seen else told


def _not_seen(count: int) -> str:
    return "One thing was not looked at." if count == 1 else f"{count} things were not looked at."
