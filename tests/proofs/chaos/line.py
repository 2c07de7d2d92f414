"""One line of the table of `make chaos`: a fault, what was counted under it, and whether the bot held."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Line:
    """What was done to the bot and what came of it.

    `counts` holds what was counted by name, in the order it is told; `memory_mib` is how much the process grew over its
    idle size, `most_mib` how much it may; `broken` says what did not hold, one sentence each.
    """

    fault: str
    where: str
    counts: dict[str, int]
    broken: tuple[str, ...] = ()
    memory_mib: float | None = None
    most_mib: float | None = None

    @property
    def held(self) -> bool:
        """Whether everything is as it must be."""
        return not self.broken and not self._is_too_large

    @property
    def _is_too_large(self) -> bool:
        return self.memory_mib is not None and self.most_mib is not None and self.memory_mib > self.most_mib

    @property
    def memory(self) -> str:
        """The growth beside its limit, for people."""
        if self.memory_mib is None:
            return ""
        limit = f" of {self.most_mib:g}" if self.most_mib is not None else ""
        return f"{self.memory_mib:+.0f} MiB{limit}"

    def as_json(self) -> dict[str, Any]:
        """The line for machines."""
        return asdict(self) | {"held": self.held}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Read what `as_json` gave."""
        given = {name: value for name, value in told.items() if name != "held"}
        return cls(**given | {"broken": tuple(told["broken"])})


def printed(line: Line) -> str:
    """Write a line for a terminal: a mark, the fault, what was counted, and below it what did not hold."""
    counts = ", ".join(f"{name} {count}" for name, count in line.counts.items())
    told = "; ".join(part for part in (counts, line.memory) if part)
    mark = "✔" if line.held else "✘"
    problems = [*line.broken, *(["memory grew too much"] if line._is_too_large else [])]  # noqa: SLF001 - same module
    return "\n".join([f"{mark} {line.fault} ({line.where}): {told}", *(f"    ✘ {one}" for one in problems)])
