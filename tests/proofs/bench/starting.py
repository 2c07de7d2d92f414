"""How long the bot takes to start, and what memory it takes, against a minimal Bolt app."""

import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.proofs.bench.processes import LOOPBACK, child, connected, database, free_port
from tests.proofs.bench.row import Row, ratio
from tests.proofs.bench.signed import SECRET, Command, ask

ROUNDS: Final = 5
GOAL: Final = 1.5
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
        pairs = [(_start("bot", environ), _start("tests.proofs.bench.minimal_bolt", environ)) for _ in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    return [
        ratio(
            "start-up time, over a minimal Bolt app",
            f"from the start of the process to the first command answered; median of {ROUNDS} starts in turns",
            median(bot.seconds for bot in ours) / median(app.seconds for app in theirs),
            GOAL,
            f"{median(bot.seconds for bot in ours):.2f} s over {median(app.seconds for app in theirs):.2f} s",
        ),
        ratio(
            "peak memory, over a minimal Bolt app",
            "resident, as the kernel counts it just before the end; the same starts",
            median(bot.peak_mb for bot in ours) / median(app.peak_mb for app in theirs),
            GOAL,
            f"{median(bot.peak_mb for bot in ours):.0f} MB over {median(app.peak_mb for app in theirs):.0f} MB",
        ),
    ]


def _environ(slack: int, flashduty: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "xoxb-pretend-0001",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://{LOOPBACK}:{slack}/api/",
        "FLASHDUTY_API_URL": f"http://{LOOPBACK}:{flashduty}",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "not-asked-for-here",
        "HOST": LOOPBACK,
        "DATABASE_URL": database(),
    }


def _start(module: str, environ: dict[str, str]) -> Start:
    port = free_port()
    began = time.perf_counter()
    with child(module, environ=environ | {"PORT": str(port)}) as process:
        with connected(port) as connection:
            status = ask(connection, Command.new().request)
        seconds = time.perf_counter() - began
        if status != OK:
            raise RuntimeError(f"{module} answered its first command {status}")
        process.stop()
    return Start(seconds, process.peak_mb)
