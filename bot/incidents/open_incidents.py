"""What is open in a team: who waits for somebody, what lasts too long, what comes back today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.flashduty import Flashduty, Incident, IncidentQuery, Person, Progress
from bot.incidents.holders import Attributions
from bot.incidents.queries import SKEW, WINDOW, is_snoozed, read_all
from bot.incidents.search import OPEN
from bot.teams.access import Team

TOO_LONG: Final = timedelta(days=1)


@dataclass(frozen=True)
class OpenIncidents:
    """The open incidents of a team at an instant of its local time."""

    incidents: tuple[Incident, ...]
    is_complete: bool
    as_of: datetime
    people: Mapping[int, Person] = field(default_factory=dict)
    known: Attributions = field(default_factory=dict)

    @property
    def unacknowledged(self) -> tuple[Incident, ...]:
        """Those nobody has acknowledged and no snooze keeps quiet, most severe first, then oldest."""
        waiting = (
            one for one in self.incidents if one.progress is Progress.TRIGGERED and not is_snoozed(one, self.as_of)
        )
        return tuple(sorted(waiting, key=lambda one: (one.severity.rank, one.started_at)))

    @property
    def long_open(self) -> tuple[Incident, ...]:
        """Those open for more than a day, oldest first."""
        return _oldest_first(one for one in self.incidents if self.as_of - one.started_at > TOO_LONG)

    @property
    def snoozes_ending(self) -> tuple[Incident, ...]:
        """Those whose snooze runs out before the local day does, the next one first."""
        today = self.as_of.date()
        return tuple(
            incident for until, incident in self._snoozes() if until.astimezone(self.as_of.tzinfo).date() == today
        )

    def snoozes_between(self, start: datetime, end: datetime | None) -> tuple[Incident, ...]:
        """Those whose snooze runs out on a shift, which has no end that is known when `end` is None."""
        return tuple(incident for until, incident in self._snoozes() if start <= until and (end is None or until < end))

    def _snoozes(self) -> list[tuple[datetime, Incident]]:
        waiting = ((one.snoozed_until, one) for one in self.incidents)
        ahead = [(until, one) for until, one in waiting if until is not None and until > self.as_of]
        return sorted(ahead, key=lambda pair: pair[0])


def _oldest_first(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    return tuple(sorted(incidents, key=lambda incident: incident.started_at))


async def read_open_incidents(flashduty: Flashduty, team: Team, now: datetime) -> OpenIncidents:
    """Read what was opened in the last 31 days and is open: one call, and one for each further hundred up to 500."""
    query = IncidentQuery(
        start=now + SKEW - WINDOW,
        end=now + SKEW,
        progress=OPEN,
        channel_ids=team.flashduty_channel_ids,
        team_ids=team.flashduty_team_ids,
    )
    found: dict[str, Incident] = {}
    is_complete = await read_all(flashduty, query, found)
    return OpenIncidents(tuple(found.values()), is_complete, now.astimezone(team.timezone))
