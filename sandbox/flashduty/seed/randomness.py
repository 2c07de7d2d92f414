"""Deterministic random values."""

import random

from sandbox.flashduty.incidents.record import responder
from sandbox.flashduty.wire.checks import Record


def seeded_random(seed: str) -> random.Random:
    """Return a generator with a fixed sequence for each seed."""
    return random.Random(seed)  # noqa: S311 - sample data, not secret


def new_id(started: int, number: str, rng: random.Random) -> str:
    """Build an incident id in the real format: the time first, the six digits of its number last."""
    return f"{started:08x}{rng.getrandbits(40):010x}{number.lower()}"


def new_number(rng: random.Random) -> str:
    """Build a number such as 0E83EE."""
    return f"{rng.getrandbits(24):06X}"


def responders(assigned: int, person_ids: list[int], acknowledged: dict[int, int] | None = None) -> list[Record]:
    """Build responders assigned at one time; `acknowledged` maps person ids to times (Unix seconds)."""
    return [responder(person, assigned, (acknowledged or {}).get(person, 0)) for person in person_ids]
