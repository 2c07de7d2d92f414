"""Whether this process should be given work: named probes, and whether it is on its way out."""

from collections.abc import Callable
from typing import Any

Probe = Callable[[], str | None]
Fact = Callable[[], str | int | float]


class Health:
    """Asks each probe when somebody wants to know; a probe answers None when all is well, else a sentence.

    Probes are called on the event loop for every look at `/readyz` and must not block.
    """

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}
        self._facts: dict[str, Fact] = {}
        self._is_draining = False

    def add(self, name: str, check: Probe) -> None:
        """Add a probe, or replace the one of that name."""
        self._probes[name] = check

    def tell(self, name: str, fact: Fact) -> None:
        """Add something worth knowing that is neither good nor bad; asked as probes are."""
        self._facts[name] = fact

    def drain(self) -> None:
        """Say from now on that no new work should come here."""
        self._is_draining = True

    def complaints(self) -> dict[str, str]:
        """Ask every probe and give the sentences of those that are not well."""
        told = {name: check() for name, check in self._probes.items()}
        return {name: sentence for name, sentence in told.items() if sentence is not None}

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Tell whether requests should come here, with the details for whoever asks why not."""
        complaints = self.complaints()
        ready = not complaints and not self._is_draining
        facts = {name: fact() for name, fact in self._facts.items()}
        return ready, {
            "ready": ready,
            "draining": self._is_draining,
            "probes": {name: complaints.get(name, "ok") for name in self._probes},
            **({"facts": facts} if facts else {}),
        }
