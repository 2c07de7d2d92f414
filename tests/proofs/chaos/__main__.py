"""`python -m tests.proofs.chaos`: every fault against the real process, counted; within ten minutes, on loopback."""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tests.proofs.chaos import (
    answers,
    attacks,
    databases,
    hostile,
    leading,
    posting,
    recovering,
    repeating,
    slowness,
    starting,
    stopping,
    storms,
    waiting,
)
from tests.proofs.chaos.line import Line, printed

MOST_SECONDS: Final = 600.0
PARTS: Final[dict[str, Callable[[], AsyncIterator[Line]]]] = {
    "attacks": attacks.lines,
    "hostile": hostile.lines,
    "answers": answers.lines,
    "databases": databases.lines,
    "storms": storms.lines,
    "slowness": slowness.lines,
    "stopping": stopping.lines,
    "starting": starting.lines,
    "posting": posting.lines,
    "recovering": recovering.lines,
    "repeating": repeating.lines,
    "waiting": waiting.lines,
    "leading": leading.lines,
}
# Without names all parts run: these, which mostly wait, in processes of their own beside the rest.
BESIDE: Final = (
    ("slowness", "stopping", "databases"),
    ("waiting", "starting", "posting", "repeating"),
    ("recovering",),
    ("leading",),
)


async def _part(name: str, ends: float) -> list[Line]:
    """Run one part; what it could not do for a defect, or for want of time, is a line that did not hold."""
    print(f"\n== {name}", flush=True)  # noqa: T201 - the command's output
    found: list[Line] = []
    try:
        async with asyncio.timeout(max(1.0, ends - time.monotonic())):
            async for line in PARTS[name]():
                found.append(line)
                print(printed(line), flush=True)  # noqa: T201 - same
    except Exception as error:  # noqa: BLE001 - a part that breaks must not hide the others
        traceback.print_exc()
        found.append(Line(name, "whole part", {}, (f"{type(error).__name__}: {error}",)))
        print(printed(found[-1]), flush=True)  # noqa: T201 - same
    return found


@contextmanager
def _beside(names: tuple[str, ...], seconds: float, folder: Path) -> Iterator[Callable[[], list[Line]]]:
    """Run parts in a process of their own; what is given waits for its end and prints what it said."""
    told, said = folder / f"{names[0]}.json", folder / f"{names[0]}.txt"
    command = [sys.executable, "-m", "tests.proofs.chaos", *names, "--json", str(told), "--seconds", str(seconds)]
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603 - our own words

    def ended() -> list[Line]:
        process.wait()
        print(said.read_text(errors="replace").rpartition("\n\n")[0], flush=True)  # noqa: T201 - same
        if not told.exists():
            return [Line(", ".join(names), "whole part", {}, (f"it ended with {process.returncode}",))]
        return [Line.from_json(one) for one in json.loads(told.read_text())]

    try:
        yield ended
    finally:
        if process.poll() is None:
            # It ends the bots it has started.
            process.send_signal(signal.SIGINT)
            process.wait()


def _all(seconds: float) -> list[Line]:
    """Run everything, five parts at a time."""
    apart = {name for names in BESIDE for name in names}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        others = [stack.enter_context(_beside(names, seconds, folder)) for names in BESIDE]
        lines = _some([name for name in PARTS if name not in apart], seconds)
        return lines + [line for ended in others for line in ended()]


def _some(names: list[str], seconds: float) -> list[Line]:
    ends = time.monotonic() + seconds
    return [line for name in names for line in asyncio.run(_part(name, ends))]


def main(arguments: list[str] | None = None) -> int:
    """Run the parts and print the table; 1 when anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.proofs.chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="only these")
    parser.add_argument("--json", type=Path, help="write the lines there as well")
    parser.add_argument("--seconds", type=float, default=MOST_SECONDS, help="how long it may take (%(default)s)")
    asked = parser.parse_args(arguments)
    lines = _some(asked.parts, asked.seconds) if asked.parts else _all(asked.seconds)
    if asked.json:
        told = json.dumps([line.as_json() for line in lines], ensure_ascii=False, indent=1)
        asked.json.write_text(told + "\n")
    broken = sum(not line.held for line in lines)
    print(f"\n{len(lines) - broken} passed, {broken} failed")  # noqa: T201 - same
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
