"""Whether this process should be given work, and what else its operator may want to know about it."""

from collections.abc import Callable
from typing import Any, Final

STARTING: Final = "starting"
RUNNING: Final = "running"
DRAINING: Final = "draining"
WELL: Final = "ok"

Probe = Callable[[], str | None]
Fact = Callable[[], str | int | None]


class Health:
    """Ready once started, until it drains, and while every probe answers None; facts are told and judge nothing.

    Anybody may read the details in HTTP mode, so probes and facts give counts and fixed words, never names or what
    somebody else said; names are `snake_case` and stay as they are. Both are called on the event loop for every look
    at `/readyz` and must not block.
    """

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}
        self._facts: dict[str, Fact] = {}
        self._state = STARTING

    def add(self, name: str, check: Probe) -> None:
        """Add a probe without which nothing should come here, or replace the one of that name."""
        self._probes[name] = check

    def tell(self, name: str, fact: Fact) -> None:
        """Add a fact, or replace the one of that name."""
        self._facts[name] = fact

    def started(self) -> None:
        """Say that the first start is done."""
        self._state = RUNNING

    def drain(self) -> None:
        """Say from now on that no new work should come here."""
        self._state = DRAINING

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Tell whether requests should come here, with the details for whoever asks why not."""
        probes = {name: check() or WELL for name, check in self._probes.items()}
        ready = self._state == RUNNING and all(word == WELL for word in probes.values())
        facts = {name: fact() for name, fact in self._facts.items()}
        return ready, {"ready": ready, "state": self._state, **probes, **facts}
