"""Readiness of the process, and further facts for its operator."""

from collections.abc import Callable
from typing import Any, Final

STARTING: Final = "starting"
RUNNING: Final = "running"
DRAINING: Final = "draining"
HEALTHY: Final = "ok"

Probe = Callable[[], str | None]
Fact = Callable[[], str | int | None]


class Health:
    """Ready after the start, until draining, while every probe returns None; facts do not affect readiness.

    In HTTP mode the details are public, so probes and facts return counts and fixed words, no names and no text from
    outside. Their names are `snake_case` and stable. Both are called on the event loop for every request of `/readyz`
    and must not block.
    """

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}
        self._facts: dict[str, Fact] = {}
        self._state = STARTING

    def add_probe(self, name: str, probe: Probe) -> None:
        """Add a probe that readiness depends on, or replace the one of that name."""
        self._probes[name] = probe

    def add_fact(self, name: str, fact: Fact) -> None:
        """Add a fact, or replace the one of that name."""
        self._facts[name] = fact

    def mark_started(self) -> None:
        """Mark the start as complete."""
        self._state = RUNNING

    def drain(self) -> None:
        """Report as not ready from now on."""
        self._state = DRAINING

    def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Give whether the process accepts requests, and the state of every probe and fact."""
        probes = {name: probe() or HEALTHY for name, probe in self._probes.items()}
        ready = self._state == RUNNING and all(word == HEALTHY for word in probes.values())
        facts = {name: fact() for name, fact in self._facts.items()}
        return ready, {"ready": ready, "state": self._state, **probes, **facts}
