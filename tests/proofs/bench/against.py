"""`python -m tests.proofs.bench.against CHECKOUT [PART …]`: every figure of two versions in turns, nine times each.

`CHECKOUT` is the version before, with a `.venv` of its own. A line is worse when the median of this version is beyond
all that the version before has measured.
"""

import argparse
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

HERE: Final = Path(__file__).parents[3]
TURNS: Final = 9
SECONDS_A_RUN: Final = 1800
# What is printed of a row: `what: 1.23 × (…) (goal …)`.
_ROW: Final = re.compile(r"^(?P<what>\S.*?): (?P<figure>\d+(?:\.\d+)?)", re.MULTILINE)
# More is better of these; less of all others.
_COUNTS: Final = re.compile(r"answers within|hints a second")
_MODULES: Final = ("tests.proofs.bench", "tests.bench")


@dataclass(frozen=True)
class Line:
    """What one line has measured in each version."""

    before: list[float] = field(default_factory=list)
    now: list[float] = field(default_factory=list)

    def verdict(self, what: str) -> str:
        """Say how the median of now stands to the spread of before."""
        if not self.before or not self.now:
            return "in one version only"
        low, high, here = min(self.before), max(self.before), median(self.now)
        if low <= here <= high:
            return "within its spread"
        is_more = here > high
        return "better" if is_more is bool(_COUNTS.search(what)) else "WORSE"


def measured(checkout: Path, parts: list[str]) -> dict[str, float]:
    """Run the benchmark of a checkout once and read its figures."""
    module = next(name for name in _MODULES if checkout.joinpath(*name.split("."), "__main__.py").exists())
    command = [str(checkout / ".venv/bin/python"), "-m", module, *parts]
    run = subprocess.run(  # noqa: S603 - our own words
        command, cwd=checkout, capture_output=True, text=True, check=False, timeout=SECONDS_A_RUN
    )
    return {row["what"]: float(row["figure"]) for row in _ROW.finditer(run.stdout)}


def main() -> int:
    """Measure both versions in turns and print a line for each figure; 1 if one is worse."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("checkout", type=Path)
    asked.add_argument("parts", nargs="*")
    asked.add_argument("--turns", type=int, default=TURNS)
    given = asked.parse_args()
    lines: dict[str, Line] = {}
    for turn in range(given.turns):
        for checkout in (given.checkout.resolve(), HERE):
            for what, figure in measured(checkout, given.parts).items():
                line = lines.setdefault(what, Line())
                (line.now if checkout == HERE else line.before).append(figure)
        print(f"turn {turn + 1} of {given.turns}", flush=True)  # noqa: T201 - the command's output
    for what, line in lines.items():
        before, now = (f"{median(figures):.2f}" if figures else "–" for figures in (line.before, line.now))
        spread = f"{min(line.before):.2f}…{max(line.before):.2f}" if line.before else "–"
        print(f"{what}: {before} ({spread}) → {now}, {line.verdict(what)}")  # noqa: T201 - same
    return 1 if any(line.verdict(what) == "WORSE" for what, line in lines.items()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
