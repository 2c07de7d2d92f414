"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was compared, how, and what came out; `met` is None where there is no goal."""

    what: str
    how: str
    measured: str
    goal: str = ""
    met: bool | None = None


def ratio(what: str, how: str, value: float, most: float, detail: str) -> Row:
    """Make the row of a ratio that should be at most `most`."""
    return Row(what, how, f"{value:.2f} × ({detail})", f"≤ {most:g} ×", value <= most)
