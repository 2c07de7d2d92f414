"""What each import of a start costs, in this process: a line of JSON with name, CPU milliseconds and megabytes each."""

import importlib
import json
import time
from pathlib import Path
from typing import Final

# In this order: what a package brings along counts for it, and not for the next.
PACKAGES: Final = (
    "slack_bolt.async_app",
    "pydantic",
    "structlog",
    "sqlalchemy.ext.asyncio",
    "sqlalchemy.dialects.sqlite",
    "httpx",
    "uvicorn",
    "apscheduler.schedulers.asyncio",
    "uvloop",
    "bot.__main__",
    "bot.app.process",
)


def _resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def costs() -> list[tuple[str, float, float]]:
    """Import everything and give what each took; Linux only."""
    found, resident = [], _resident_mb()
    for name in PACKAGES:
        began = time.process_time()
        importlib.import_module(name)
        now = _resident_mb()
        found.append((name, (time.process_time() - began) * 1000, now - resident))
        resident = now
    return found


if __name__ == "__main__":
    print(json.dumps(costs()))  # noqa: T201 - read by the benchmark
