"""Golden files: what a message or a form looks like, as a person agreed to it."""

import json
import os


def agreed(path, payload):
    """Give what is agreed; `UPDATE_GOLDEN=1 make test` writes it anew, and a person reads the diff."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(payload, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))
