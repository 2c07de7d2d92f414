"""`python -m tests.proofs.bench [PART …]`: every figure in one run, in about fifteen minutes, on 127.0.0.1 only."""

import logging
import sys
from collections.abc import Callable
from typing import Final

import structlog

from tests.proofs.bench import (
    actions,
    answering,
    at_rest,
    cards_at_rest,
    client_cpu,
    incident_storm,
    living,
    nine_oclock,
    starting,
    storm,
    under_fault,
)
from tests.proofs.bench.row import Row

PARTS: Final[dict[str, Callable[[], list[Row]]]] = {
    "answering a signed command": answering.measure,
    "a storm of commands": storm.measure,
    "calling Flashduty": client_cpu.measure,
    "nine o'clock": nine_oclock.measure,
    "at rest": at_rest.measure,
    "actions on cards": actions.measure,
    "living cards": living.measure,
    "cards at rest": cards_at_rest.measure,
    "a storm of incidents": incident_storm.measure,
    "starting": starting.measure,
    "under faults": under_fault.measure,
}
VERDICTS: Final = {True: "✔ met", False: "✘ missed", None: "no goal"}


def main() -> int:
    """Measure everything, or the parts that are named, and print it; 1 if a goal was missed."""
    chosen = sys.argv[1:] or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        print(f"no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")  # noqa: T201 - the command's output
        return 2
    # What the bot logs in this process would stand between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    rows = [row for name in chosen for row in _measured(name, PARTS[name])]
    return 1 if any(row.met is False for row in rows) else 0


def _measured(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    print(f"\n== {name}", flush=True)  # noqa: T201 - the command's output
    try:
        rows = measure()
    except (RuntimeError, OSError) as error:
        # One part that cannot be measured, on a machine that is too busy for one, leaves the others standing.
        rows = [Row(name, "", f"not measured: {error}", met=False)]
    for row in rows:
        goal = f"goal {row.goal}, {VERDICTS[row.met]}" if row.goal else VERDICTS[row.met]
        print(f"{row.what}: {row.measured} ({goal})\n    {row.how}", flush=True)  # noqa: T201 - same
    return rows


if __name__ == "__main__":
    sys.exit(main())
