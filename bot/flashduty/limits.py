"""How much the operations that change incidents take; texts count code points, and differ by operation.

Sources: the limits of each operation's page in the OpenAPI document, and the list of newer operations.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

INCIDENTS_PER_CALL: Final = 100
PEOPLE_PER_CALL: Final = 100
# /en/api-reference/on-call/incidents/incident-snooze, in minutes.
LONGEST_SNOOZE: Final = 1_440
# /incident/resolve: the root cause and the resolution; /incident/reopen: the reason.
MAX_NOTE_LENGTH: Final = 1_024
# /incident/resolve.
MAX_DESCRIPTION_LENGTH: Final = 6_144


def incident_ids_body(ids: Iterable[str]) -> dict[str, Sequence[str]]:
    """Return the ids of 1 to 100 incidents, each once, as requests name them; raises ValueError for another number."""
    unique = list(dict.fromkeys(ids))
    if not 0 < len(unique) <= INCIDENTS_PER_CALL:
        raise ValueError(f"{len(unique)} incidents in one call, Flashduty takes 1 to {INCIDENTS_PER_CALL}")
    return {"incident_ids": unique}


def people_of_call(ids: Iterable[int]) -> list[int]:
    """Return the ids of 1 to 100 people, each once; raises ValueError for another number."""
    unique = list(dict.fromkeys(ids))
    if not 0 < len(unique) <= PEOPLE_PER_CALL:
        raise ValueError(f"{len(unique)} people in one call, Flashduty takes 1 to {PEOPLE_PER_CALL}")
    return unique


def texts_of_call(texts: Mapping[str, str], limits: Mapping[str, int]) -> dict[str, str]:
    """Return the texts that are not empty, by the names of their fields; raises ValueError for one that is too long."""
    for name, text in texts.items():
        if len(text) > limits[name]:
            raise ValueError(f"{name} of {len(text)} characters, Flashduty takes {limits[name]}")
    return {name: text for name, text in texts.items() if text}
