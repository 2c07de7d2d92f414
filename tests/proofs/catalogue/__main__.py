"""`python -m tests.proofs.catalogue`: bring the catalogue up to date with the source, and compile it.

It prints what has no translation yet; the exit code is 1 while there is any.
"""

import sys

from tests.proofs.catalogue.extraction import MO, PO, compiled, stored, updated, written


def main() -> int:
    """Update the catalogue, compile it, and list what is to be translated."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    if not PO.exists():
        PO.write_bytes(b"")
    PO.write_bytes(written(updated()))
    catalogue = stored()
    MO.write_bytes(compiled(catalogue))
    missing = [message for message in catalogue if message.id and not all(_strings(message.string))]
    for message in missing:
        print(f"to translate: {message.id!r}")  # noqa: T201 - the command's output
    print(f"{len(catalogue)} sentences, {len(missing)} of them to translate")  # noqa: T201 - same
    return 1 if missing else 0


def _strings(held: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (held,) if isinstance(held, str) else tuple(held)


if __name__ == "__main__":
    sys.exit(main())
