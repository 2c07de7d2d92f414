"""How long the bot takes to start, and what memory it takes, against a minimal Bolt app."""

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.proofs.bench.processes import LOOPBACK, child, compiled_code, connected, database, free_port
from tests.proofs.bench.row import Row, ratio
from tests.proofs.bench.signed import SECRET, Command, ask

ROUNDS: Final = 9
START_GOAL: Final = 3.0
MEMORY_GOAL: Final = 2.1
OK: Final = 200


@dataclass(frozen=True)
class Start:
    """One start: seconds until the first command was answered, and the peak memory until the end."""

    seconds: float
    peak_mb: float


def measure() -> list[Row]:
    """Start both in turns, with a pretend Slack and a pretend Flashduty that are there already."""
    with ExitStack() as stack:
        slack, flashduty = free_port(), free_port()
        for name, port in (("slack", slack), ("flashduty", flashduty)):
            stack.enter_context(child("sandbox", name, "--port", str(port)))
            connected(port).close()
        environ = _environ(slack, flashduty)
        # Makes the tables, and the compiled code of both.
        for module in ("bot", "tests.proofs.bench.minimal_bolt"):
            _start(module, environ)
        pairs = [(_start("bot", environ), _start("tests.proofs.bench.minimal_bolt", environ)) for _ in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    return [
        ratio(
            "start-up time, over a minimal Bolt app",
            "from the start of the process to the first command answered, the code compiled as in the image, the"
            f" database up to date; median of {ROUNDS} starts in turns",
            median(bot.seconds for bot in ours) / median(app.seconds for app in theirs),
            START_GOAL,
            f"{median(bot.seconds for bot in ours):.2f} s over {median(app.seconds for app in theirs):.2f} s",
        ),
        ratio(
            "peak memory, over a minimal Bolt app",
            "resident, as the kernel counts it just before the end; the same starts",
            median(bot.peak_mb for bot in ours) / median(app.peak_mb for app in theirs),
            MEMORY_GOAL,
            f"{median(bot.peak_mb for bot in ours):.0f} MB over {median(app.peak_mb for app in theirs):.0f} MB",
        ),
        Row(
            "what each import of a start costs",
            f"CPU and resident memory; median of {ROUNDS} processes",
            _imports(environ),
        ),
    ]


def _imports(environ: dict[str, str]) -> str:
    """Say what each import costs, dearest first."""
    runs = []
    for _ in range(ROUNDS):
        with child("tests.proofs.bench.as_installed", "tests.proofs.bench.import_costs", environ=environ) as process:
            runs.append(json.loads(process.first_line()))
    each = [
        (name, median(run[place][1] for run in runs), median(run[place][2] for run in runs))
        for place, (name, _, _) in enumerate(runs[0])
    ]
    return "; ".join(f"{name} {cpu:.0f} ms, {mb:.1f} MB" for name, cpu, mb in sorted(each, key=lambda one: -one[1]))


def _environ(slack: int, flashduty: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-pretend-0001",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://{LOOPBACK}:{slack}/api/",
        "FLASHDUTY_API_URL": f"http://{LOOPBACK}:{flashduty}",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "pretend-app-key-payments-0001",
        "HOST": LOOPBACK,
        "DATABASE_URL": database(),
        **compiled_code(),
    }


def _start(module: str, environ: dict[str, str]) -> Start:
    port = free_port()
    began = time.perf_counter()
    with child("tests.proofs.bench.as_installed", module, environ=environ | {"PORT": str(port)}) as process:
        with connected(port) as connection:
            status = ask(connection, Command.new().request)
        seconds = time.perf_counter() - began
        if status != OK:
            raise RuntimeError(f"{module} answered its first command {status}")
        process.stop()
    return Start(seconds, process.peak_mb)
