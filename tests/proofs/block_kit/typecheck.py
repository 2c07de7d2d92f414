"""Checks payloads against Slack's own TypeScript types: unknown fields, wrong styles, misplaced text."""

import json
import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
TYPES = HERE / "node_modules" / "@slack" / "types"
TSC = HERE / "node_modules" / "typescript" / "bin" / "tsc"

MARK = "// payload "
HEAD = """import type { KnownBlock, View } from "@slack/types";
type Message = { text: string; blocks: KnownBlock[]; attachments?: { color: string; blocks: KnownBlock[] }[] };
"""
OPTIONS = {
    "compilerOptions": {
        "strict": True,
        "noEmit": True,
        "target": "es2022",
        "module": "nodenext",
        "moduleResolution": "nodenext",
        "types": [],
    },
    "files": ["payloads.ts"],
}


def missing():
    """Say in a sentence what is missing for this check, or None."""
    if shutil.which("node") is None:
        return "Node is not installed, so no payload was checked against @slack/types"
    if not TYPES.is_dir() or not TSC.is_file():
        return "@slack/types is not installed (npm ci in tests/proofs/block_kit), so no payload was checked against it"
    return None


def complaints(payloads, folder):
    """Check named payloads, messages and views, in an empty folder; what tsc says about each it refuses."""
    (folder / "node_modules").symlink_to(HERE / "node_modules", target_is_directory=True)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "tsconfig.json").write_text(json.dumps(OPTIONS))
    source = as_typescript(payloads)
    (folder / "payloads.ts").write_text(source)
    command = ["node", str(TSC), "--project", str(folder), "--pretty", "false"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=folder)  # noqa: S603 - our own files
    found, payload = {}, "tsc itself"
    for line in (done.stdout + done.stderr).splitlines():
        # An indented line goes on with what the line above says.
        payload = payload if line.startswith(" ") else _payload_of(line, source)
        found.setdefault(payload, []).append(line)
    return found


def as_typescript(payloads):
    """Write the payloads as literals, so that tsc looks for unknown fields as well."""
    parts = [HEAD]
    for number, (name, payload) in enumerate(payloads.items()):
        kind = "View" if payload.get("type") in {"modal", "home"} else "Message"
        literal = json.dumps(payload, ensure_ascii=True, indent=1)
        parts.append(f"{MARK}{name}\nexport const payload{number}: {kind} = {literal};\n")
    return "\n".join(parts)


def _payload_of(line, source):
    """Name the payload that a line like `payloads.ts(12,3): error …` is about."""
    place = re.match(r"payloads\.ts\((\d+),", line)
    above = source.splitlines()[: int(place[1])] if place else []
    return next((text.removeprefix(MARK) for text in reversed(above) if text.startswith(MARK)), "tsc itself")
