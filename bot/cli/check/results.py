"""The findings of `python -m bot check`, and the table that shows them."""

import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final
from unicodedata import east_asian_width

from bot.messages.text import one_line

# All widths are in terminal columns.
MAX_TABLE_WIDTH: Final = 120
MIN_TEXT_WIDTH: Final = 30
# A wider subject has a line to itself.
MAX_SUBJECT_WIDTH: Final = 24
_FALLBACK_TERMINAL_SIZE: Final = (100, 24)
_ASCII_REPLACEMENTS: Final = str.maketrans(
    {"✔": "+", "✘": "x", "–": "-", "→": "->", "“": '"', "”": '"', "…": "...", "’": "'"}
)


class CheckMark(Enum):
    """The result of one check; the value is the character shown in front of it."""

    PASSED = "✔"
    FAILED = "✘"
    WARNING = "!"
    NOT_CHECKED = "–"


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: the result, what was found, and the remedy for a problem."""

    subject: str
    mark: CheckMark
    what: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Whether the check did not fail; what was not checked counts as well."""
        return self.mark is not CheckMark.FAILED


def passed(subject: str, what: str) -> Finding:
    """Report a check that passed."""
    return Finding(subject, CheckMark.PASSED, what)


def failed(subject: str, what: str, remedy: str) -> Finding:
    """Report a check that failed, with the remedy."""
    return Finding(subject, CheckMark.FAILED, what, remedy=remedy)


def warning(subject: str, what: str, remedy: str) -> Finding:
    """Report something that may be intended, with the remedy in case it is not."""
    return Finding(subject, CheckMark.WARNING, what, remedy=remedy)


def not_checked(subject: str, why: str = "") -> Finding:
    """Report something that was not or cannot be checked, and the reason where there is one."""
    return Finding(subject, CheckMark.NOT_CHECKED, why or "not looked at")


def findings_table(findings: Sequence[Finding]) -> str:
    """Format the findings for a terminal: general ones first, then those of each team under its name.

    A row has the mark, the subject and what was found; the remedy is on a line of its own.
    """
    groups: dict[str, list[Finding]] = {"": []}
    for finding in findings:
        team, colon, subject = finding.subject.partition(": ")
        groups.setdefault(team if colon else "", []).append(replace(finding, subject=subject if colon else team))
    widths = [_width(finding.subject) for group in groups.values() for finding in group]
    subject_width = max((width for width in widths if width <= MAX_SUBJECT_WIDTH), default=0)
    columns = min(shutil.get_terminal_size(_FALLBACK_TERMINAL_SIZE).columns, MAX_TABLE_WIDTH)
    text_width = max(columns - subject_width - len("✔   "), MIN_TEXT_WIDTH)
    texts = [_group(name, group, subject_width, text_width=text_width) for name, group in groups.items() if group]
    return "\n\n".join([*texts, _summary(findings)])


def printable(text: str, encoding: str) -> str:
    """Replace marks and quotation marks by ASCII where the terminal's encoding lacks them."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        plain = text.translate(_ASCII_REPLACEMENTS)
        return plain.encode(encoding, "replace").decode(encoding)
    return text


def _group(name: str, findings: Sequence[Finding], subject_width: int, text_width: int) -> str:
    heading = [f"Team{'s' if ', ' in name else ''} {one_line(name)}"] if name else []
    return "\n".join([*heading, *(_row(finding, subject_width, text_width) for finding in findings)])


def _row(finding: Finding, subject_width: int, text_width: int) -> str:
    subject = one_line(finding.subject)
    texts = [one_line(finding.what), *([f"→ {one_line(finding.remedy)}"] if finding.remedy else [])]
    lines = [line for text in texts for line in _wrapped(text, text_width)]
    if _width(subject) > subject_width:
        lines.insert(0, "")
    first = f"{finding.mark.value} {subject}{' ' * (subject_width - _width(subject))}  {lines[0]}".rstrip()
    return "\n".join([first, *(" " * (subject_width + len("✔   ")) + line for line in lines[1:])])


def _wrapped(text: str, text_width: int) -> list[str]:
    """Wrap a text between words; a word longer than a line is cut."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}".strip()
        if _width(joined) <= text_width:
            lines[-1] = joined
            continue
        lines += ["", *_cut(word, text_width)] if lines[-1] else _cut(word, text_width)
    return [line for line in lines if line] or [""]


def _cut(word: str, text_width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if _width(pieces[-1] + character) > text_width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _width(text: str) -> int:
    """Count the columns of a text in a terminal, where Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _summary(findings: Sequence[Finding]) -> str:
    count = Counter(finding.mark for finding in findings)
    sentences = []
    if count[CheckMark.FAILED]:
        sentences.append(_counted(count[CheckMark.FAILED], "One thing is wrong.", "{} things are wrong."))
    elif count[CheckMark.NOT_CHECKED]:
        sentences.append("Nothing that was looked at is wrong.")
    if count[CheckMark.WARNING]:
        sentences.append(_counted(count[CheckMark.WARNING], "One thing deserves a look.", "{} things deserve a look."))
    if count[CheckMark.NOT_CHECKED]:
        sentences.append(
            _counted(count[CheckMark.NOT_CHECKED], "One thing was not looked at.", "{} things were not looked at.")
        )
    return " ".join(sentences) or "Everything is as it should be."


def _counted(count: int, singular: str, plural: str) -> str:
    return singular if count == 1 else plural.format(count)
