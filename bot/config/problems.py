"""What is wrong with the settings, for whoever can put it right. Holds no value of any setting."""

import re
from dataclasses import dataclass
from typing import Final

# Two lines a problem, and the frame around them, fit a terminal of 24 lines.
ON_ONE_SCREEN: Final = 9


@dataclass(frozen=True)
class Problem:
    """One wrong setting: its name, a sentence without its subject, and a cure or how it looks when it is right."""

    name: str
    what: str
    example: str = ""
    cure: str = ""

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.cure or f"for example {self.example}"

    @property
    def is_of_a_team(self) -> bool:
        """Whether it is about a team's setting, under whatever name."""
        return re.match(r"FLASHDUTY_*TEAM", self.name) is not None or "FLASHDUTY_TEAMS__" in self.cure

    def __str__(self) -> str:
        return f"  {self.name} {self.what}\n      {self.remedy}"


class WrongSettings(Exception):  # noqa: N818 - reads as what happened
    """The settings cannot be used; `problems` says why, in the order of `.env.example`."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.name} {problem.what}" for problem in problems))
        self.problems = problems

    def report(self) -> str:
        """Write one screen of plain sentences for the terminal."""
        shown = self.problems[:ON_ONE_SCREEN]
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
