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
    at: datetime
