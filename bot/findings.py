"""What `python -m bot check` found, and how it is shown."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from bot.messages.text import one_line

WIDEST: Final = 120


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
    # rich takes longer to import than the rest of the bot; only this command draws.
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - see above
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.table import Table  # noqa: PLC0415 - see above
    from rich.text import Text  # noqa: PLC0415 - see above

    drawn = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading, width in (("", 1), ("looked at", 30), ("found", None)):
        drawn.add_column(heading, max_width=width, overflow="fold")
    for finding in findings:
        # Text, not str: names from Slack and Flashduty may look like rich's markup.
        mark = Text("✔", "green") if finding.ok else Text("✘", "bold red")
        found = Text(one_line(finding.what))
        if not finding.ok:
            found.append(f"\n→ {one_line(finding.cure)}", "bold")
        drawn.add_row(mark, Text(one_line(finding.subject)), found)
    out = StringIO()
    width = min(shutil.get_terminal_size((100, 24)).columns, WIDEST)
    Console(file=out, width=width, force_terminal=sys.stdout.isatty(), legacy_windows=False).print(drawn)
    lines = [line.rstrip() for line in out.getvalue().rstrip().splitlines()]
    return "\n".join([*lines, "", _sum(findings)])


def _sum(findings: Sequence[Finding]) -> str:
    wrong = sum(not finding.ok for finding in findings)
    if not wrong:
        return "Everything is as it should be."
    return "One thing is wrong." if wrong == 1 else f"{wrong} things are wrong."
