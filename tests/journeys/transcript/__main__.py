"""Record the scenes into a folder, or print how two recordings differ.

python -m tests.journeys.transcript record FOLDER [SCENE …]
python -m tests.journeys.transcript diff FOLDER FOLDER
"""

import argparse
import asyncio
import difflib
import sys
from pathlib import Path

from tests.journeys.transcript.scenes import SCENES

RECORDED = Path(__file__).parent / "recorded"


def difference(old, new):
    """Give the differing lines of two folders of transcripts."""
    for name in sorted({one.name for folder in (old, new) for one in folder.glob("*.txt")}):
        before, after = (_lines(folder / name) for folder in (old, new))
        yield from difflib.unified_diff(before, after, f"{old}/{name}", f"{new}/{name}", n=2, lineterm="")


def _lines(path):
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


async def _record(folder, names):
    folder.mkdir(parents=True, exist_ok=True)
    requests = 0
    for name in names or SCENES:
        text, count = await SCENES[name].record()
        requests += count
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        print(f"{name}: {count} requests", flush=True)  # noqa: T201 - what the command is for
    print(f"{requests} requests")  # noqa: T201 - same


def main(given):
    """Do what the command line says; 1 when two recordings differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.transcript")
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record", help="play the scenes and write their transcripts")
    recording.add_argument("folder", type=Path)
    recording.add_argument("scenes", nargs="*", metavar="SCENE", help=", ".join(SCENES))
    comparing = commands.add_parser("diff", help="print how two recordings differ")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    arguments = parser.parse_args(given)
    if arguments.command == "record":
        asyncio.run(_record(arguments.folder, arguments.scenes))
        return 0
    lines = list(difference(arguments.old, arguments.new))
    print("\n".join(lines) or "no difference")  # noqa: T201 - what the command is for
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
