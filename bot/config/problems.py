"""Problems of the settings, for the operator. They hold no value of any setting."""

import re
from dataclasses import dataclass
from typing import Final

# Two lines a problem, and the frame around them, fit a terminal of 24 lines.
PROBLEMS_PER_SCREEN: Final = 9


@dataclass(frozen=True)
class Problem:
    """One wrong setting: its name, a sentence without its subject, and a remedy or an example of a right value."""

    name: str
    what: str
    example: str = ""
    remedy: str = ""

    @property
    def advice(self) -> str:
        """The remedy, or else the example."""
        return self.remedy or f"for example {self.example}"

    @property
    def is_of_a_team(self) -> bool:
        """Whether it concerns a team's setting, also a misspelt one."""
        return re.match(r"FLASHDUTY_*TEAM", self.name) is not None or "FLASHDUTY_TEAMS__" in self.remedy

    def __str__(self) -> str:
        return f"  {self.name} {self.what}\n      {self.advice}"


class WrongSettings(Exception):  # noqa: N818 - reads as what happened
    """The settings are invalid; `problems` lists why, in the order of `.env.example`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.name} {problem.what}" for problem in problems))
        self.problems = problems

    def report(self) -> str:
        """Render the problems for a terminal of 24 lines."""
        shown = self.problems[:PROBLEMS_PER_SCREEN]
        hidden = len(self.problems) - len(shown)
        count = "one setting is wrong" if len(self.problems) == 1 else f"{len(self.problems)} settings are wrong"
        return "\n".join(
            [
                f"The bot cannot start: {count}.",
                *(str(problem) for problem in shown),
                *([f"  … and {hidden} more."] if hidden else []),
                "Settings are read from the environment, then .env, then the secrets directory;",
                ".env.example explains every one of them.",
            ]
        )
