"""Read what cards show besides their incidents: names, who pressed, alerts, and who is paged next.

What cannot be read is left out: the card of an incident does not wait for it.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

import structlog

from bot.cards.model import CardContents, NextPage, next_page
from bot.flashduty import Alert, EscalationRule, Flashduty, FlashdutyError, Incident, Person, Progress
from bot.incidents.attribution import Attributions
from bot.incidents.queries import people_of
from bot.oncall.schedules import ScheduleCache
from bot.people.directory import PartialPeople, look_up_people
from bot.runtime.cache import TtlCache
from bot.teams.team import Team

log = structlog.get_logger(__name__)

SHOWN_ALERTS: Final = 5
RULES_TTL: Final = 300.0
# Of reads of alerts at one time: a leader that has just begun may need many.
MAX_READS: Final = 8
EXTRAS_TIMEOUT: Final = 8.0
CACHED_ALERTS: Final = 5_000


class ContentsReader:
    """Reads the contents of cards; never raises."""

    def __init__(
        self,
        *,
        attributions: Attributions,
        schedule_cache: ScheduleCache,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._attributions = attributions
        self._schedule_cache = schedule_cache
        self._now = now
        self._rules: TtlCache[tuple[EscalationRule, ...]] = TtlCache(RULES_TTL, monotonic)
        self._alerts: dict[str, tuple[tuple[int, int], tuple[Alert, ...]]] = {}
        self._reads = asyncio.Semaphore(MAX_READS)

    async def read(self, team: Team, incidents: Sequence[Incident]) -> dict[str, CardContents]:
        """Return the contents of the cards of incidents, by id."""
        if not incidents:
            return {}
        flashduty = team.flashduty.until(asyncio.get_running_loop().time() + EXTRAS_TIMEOUT)
        known, pages, alerts = await asyncio.gather(
            self._attributions.of(team.name, incidents),
            self.next_pages(team, flashduty, incidents),
            asyncio.gather(*(self._alerts_of(flashduty, one) for one in incidents)),
        )
        people = await people_of(flashduty, incidents, remembered_will_do=True)
        others = {person for page in pages.values() for person in page.person_ids}
        others |= {one.closer_id for one in incidents if one.closer_id and not one.closer_name}
        people = await _with_others(flashduty, people, sorted(others - people.keys()))
        return {
            one.id: CardContents(
                incident=one, people=people, known=known[one.id], next_page=pages.get(one.id), alerts=first
            )
            for one, first in zip(incidents, alerts, strict=True)
        }

    async def next_pages(self, team: Team, flashduty: Flashduty, incidents: Iterable[Incident]) -> dict[str, NextPage]:
        """Find out whom Flashduty pages next, by the ids of the incidents; without those where that is not known."""
        waiting = [one for one in incidents if one.progress is Progress.TRIGGERED and one.escalation_rule_id]
        channels = sorted({one.channel_id for one in waiting if one.channel_id})
        read = await asyncio.gather(*(self._rules_of(team, flashduty, channel) for channel in channels))
        rules = dict(zip(channels, read, strict=True))
        if not any(rules.values()):
            return {}
        schedules = await self._schedule_cache.get_recent(team)
        found = {
            one.id: next_page(
                one, rules.get(one.channel_id, ()), schedules.schedules if schedules else None, now=self._now()
            )
            for one in waiting
        }
        return {incident_id: page for incident_id, page in found.items() if page is not None}

    async def _rules_of(self, team: Team, flashduty: Flashduty, channel: int) -> tuple[EscalationRule, ...]:
        async def fetch(_key: str) -> tuple[EscalationRule, ...]:
            try:
                return await flashduty.escalation_rules(channel)
            except FlashdutyError as error:
                log.info("cards.rules_unread", team=team.name, code=error.raw_code or str(error))
                return ()

        return await self._rules.get(f"{team.name} {channel}", fetch)

    async def _alerts_of(self, flashduty: Flashduty, incident: Incident) -> tuple[Alert, ...]:
        """Return the first alerts of an incident that groups several, read again when their number has changed."""
        if incident.alert_count <= 1 or not incident.is_open:
            return ()
        counts = (incident.alert_count, incident.active_alert_count)
        known_counts, known = self._alerts.get(incident.id, (None, ()))
        if known_counts == counts:
            return known
        try:
            async with self._reads:
                found = (await flashduty.in_background().alerts_of(incident.id, SHOWN_ALERTS)).alerts[:SHOWN_ALERTS]
        except FlashdutyError as error:
            log.info("cards.alerts_unread", incident=incident.id, code=error.raw_code or str(error))
            return known
        if len(self._alerts) >= CACHED_ALERTS:
            self._alerts.clear()
        self._alerts[incident.id] = (counts, found)
        return found


async def _with_others(flashduty: Flashduty, people: dict[int, Person], others: Sequence[int]) -> dict[int, Person]:
    """Add people to those that were looked up; PartialPeople where not all of them could be."""
    if not others:
        return people
    remembered = flashduty.cached_persons(others)
    found = remembered if len(remembered) == len(others) else await look_up_people(flashduty, others)
    both = {**people, **found}
    return PartialPeople(both) if isinstance(people, PartialPeople) or isinstance(found, PartialPeople) else both
