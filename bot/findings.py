"""What `python -m bot check` found, and how it is shown."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final
from unicodedata import east_asian_width

from bot.messages.text import clipped, one_line

WIDEST: Final = 120
NARROWEST: Final = 30
SUBJECT_LIMIT: Final = 40


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is right, what was found, and the cure if it is not."""

    subject: str
    ok: bool
    what: str
    cure: str = ""


def good(subject: str, what: str) -> Finding:
    """Report something that is right."""
    return Finding(subject, ok=True, what=what)


def bad(subject: str, what: str, cure: str) -> Finding:
    """Report something that is wrong, with the cure."""
    return Finding(subject, ok=False, what=what, cure=cure)


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
    first = f"{'✔' if finding.ok else '✘'} {subject}{' ' * (widest - _width(subject))}  {folded[0]}"
    return "\n".join([first, *(" " * (widest + 4) + line for line in folded[1:])])


def _width(text: str) -> int:
    """Count the columns a text takes in a terminal, where Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(not finding.ok for finding in findings)
    if not wrong:
        return "Everything is as it should be."
    return "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
