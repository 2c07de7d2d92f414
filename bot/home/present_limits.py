"""What the bot cannot do for a team at present: what its periodic jobs have recorded, and the state of the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from bot.delivery.problem_notices import SyncSubject
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.oncall.problems import ProblemTable
from bot.storage.postings import PostingKind
from bot.teams.access import Team


class LimitKind(Enum):
    """What does not work; the sentences are in `bot.home.tab_messages`."""

    DATABASE = auto()
    TOPIC = auto()
    USER_GROUP = auto()


@dataclass(frozen=True, kw_only=True)
class PresentLimit:
    """One thing that does not work: of which channel or user group, since when, and Slack's code."""

    kind: LimitKind
    subject: str = ""
    since: datetime | None = None
    code: str = ""


class PresentLimits:
    """Reads what the periodic jobs of a team have recorded; with the database away that is the one limit."""

    def __init__(self, problems: ProblemTable, now: Callable[[], datetime]) -> None:
        self._problems = problems
        self._now = now

    async def of(self, team: Team) -> tuple[PresentLimit, ...]:
        """List the limits of a team: one transaction for each topic and user group in its settings. Never raises."""
        try:
            return tuple(
                [
                    PresentLimit(kind=kind, subject=subject.slack_id, since=problem.since, code=problem.code)
                    for kind, subject in _subjects(team)
                    for problem in await self._problems.of_subject(team.name, subject.name, self._now())
                ]
            )
        except DatabaseUnavailable:
            return (PresentLimit(kind=LimitKind.DATABASE),)


def _subjects(team: Team) -> list[tuple[LimitKind, SyncSubject]]:
    channel = team.announcement_channel
    channels = [channel] if team.settings.topic and channel else []
    return [
        *((LimitKind.TOPIC, SyncSubject(PostingKind.TOPIC, channel)) for channel in channels),
        *(
            (LimitKind.USER_GROUP, SyncSubject(PostingKind.USER_GROUP, plan.group))
            for plan in team.settings.oncall_usergroups
        ),
    ]
