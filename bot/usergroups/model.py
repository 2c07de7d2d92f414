"""A proposal to sync a user group with the schedules, and the decision about it."""

from dataclasses import dataclass
from datetime import datetime

from bot.config.group_plans import GroupPlan


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What a sync would change in a group now; everything but the plan is a name to show."""

    plan: GroupPlan
    handle: str
    schedules: tuple[tuple[str, int | None], ...]
    """Names, each with the one role that counts, or None for all roles."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    staying: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Who approved or declined a proposal, or stopped the sync, and when."""

    handle: str
    follows: bool
    who: str
    slack_user_id: str | None
    """None in what a version before stored, which kept the name alone."""
    at: datetime

    def is_same_answer(self, other: "Decision") -> bool:
        """Whether both give the same answer in the same person's name; names are compared where an id is missing."""
        if self.follows != other.follows:
            return False
        if None in {self.slack_user_id, other.slack_user_id}:
            return self.who == other.who
        return self.slack_user_id == other.slack_user_id
