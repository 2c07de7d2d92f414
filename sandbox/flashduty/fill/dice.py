"""Chance that comes out the same every time."""

import random

from sandbox.flashduty.incidents.record import responder
from sandbox.flashduty.wire.checks import Record


def dice(seed: str) -> random.Random:
    """Give dice that always fall the same way for a seed."""
    return random.Random(seed)  # noqa: S311 - lifelike, not secret


def new_id(started: int, number: str, chance: random.Random) -> str:
    """Make an incident id as the real ones are: the time first, the six digits of its number last."""
    return f"{started:08x}{chance.getrandbits(40):010x}{number.lower()}"


def new_number(chance: random.Random) -> str:
    """Make a number such as 0E83EE."""
    return f"{chance.getrandbits(24):06X}"


def responders(assigned: int, person_ids: list[int], acknowledged: dict[int, int] | None = None) -> list[Record]:
    """Assign people at one time; `acknowledged` says who acknowledged when (Unix seconds)."""
    return [responder(person, assigned, (acknowledged or {}).get(person, 0)) for person in person_ids]
