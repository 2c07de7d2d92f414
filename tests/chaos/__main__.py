"""`python -m tests.chaos`: every fault against the real process, counted; within ten minutes, on 127.0.0.1 only."""

import argparse
import asyncio
import json
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from tests.chaos import answers, attacks, databases, hostile, slowness, stopping, storms
from tests.chaos.line import Line, printed

MOST_SECONDS: Final = 600.0
PARTS: Final[dict[str, Callable[[], AsyncIterator[Line]]]] = {
    "attacks": attacks.lines,
    "hostile": hostile.lines,
    "answers": answers.lines,
    "slowness": slowness.lines,
    "databases": databases.lines,
    "stopping": stopping.lines,
    "storms": storms.lines,
}


async def _part(name: str, begun: float) -> list[Line]:
    """Run one part; what it could not do for a defect, or for want of time, is a line that did not hold."""
    print(f"\n== {name}", flush=True)  # noqa: T201 - the command's output
    found: list[Line] = []
    try:
        async with asyncio.timeout(max(1.0, begun + MOST_SECONDS - time.monotonic())):
            async for line in PARTS[name]():
                found.append(line)
                print(printed(line), flush=True)  # noqa: T201 - same
    except Exception as error:  # noqa: BLE001 - a part that breaks must not hide the others
        traceback.print_exc()
        found.append(Line(name, "whole part", {}, (f"{type(error).__name__}: {error}",)))
        print(printed(found[-1]), flush=True)  # noqa: T201 - same
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the parts and print the table; 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these")
    parser.add_argument("--json", type=Path, help="write the lines there as well")
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    lines = [line for name in asked.parts or PARTS for line in asyncio.run(_part(name, begun))]
    if asked.json:
        told = json.dumps([line.as_json() for line in lines], ensure_ascii=False, indent=1)
        asked.json.write_text(told + "\n")
    broken = sum(not line.held for line in lines)
    print(f"\n{len(lines) - broken} passed, {broken} failed")  # noqa: T201 - same
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
