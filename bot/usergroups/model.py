"""A proposal to follow the schedules, and what somebody decided about it."""

from dataclasses import dataclass
from datetime import datetime

from bot.usergroups.plan import GroupPlan


@dataclass(frozen=True)
class Proposal:
    """What following would do to a group now; everything but the plan is names, for people."""

    plan: GroupPlan
    handle: str
    schedules: tuple[tuple[str, int | None], ...]
    """Names, each with the one role that counts, if not all do."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    staying: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    trouble: str | None = None


@dataclass(frozen=True)
class Decision:
    """What somebody said to a proposal, and when."""

    handle: str
    follows: bool
    who: str
    at: datetime
