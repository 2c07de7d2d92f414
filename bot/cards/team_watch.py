"""Watch the incidents of one team: hints at once, and all open incidents at an adaptive pace."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.cards.lease import CardsLease
from bot.cards.rounds import CardRound
from bot.cards.sync import CardSync
from bot.cards.timeline.turns import StoryTurns
from bot.config.plans import CardPlan
from bot.flashduty import Flashduty, FlashdutyError, Incident
from bot.incidents.actions.command import Change
from bot.incidents.actions.foreseen import ForeseenChanges
from bot.incidents.queries import open_query, read_all
from bot.incidents.scope import read_incidents, warm_scope
from bot.runtime.defects import ErrorBoundary
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.cards.incident_hints import ANY_INCIDENT, IncidentHintTable, StoredHint
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.oncall.sync_states import SyncState, SyncStateTable
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# Hints that come together are read together.
GATHER_HINTS: Final = 0.2
LONGEST_PAUSE: Final = 60.0
PACE: Final = 1.5
# After a failed look; a look at an answer that is slow ends within its time limit.
RETRY_PAUSE: Final = 5.0
TAKE_OVER_PAUSE: Final = 1.0
LOOK_TIMEOUT: Final = 20.0
READ_CALL_TIMEOUT: Final = 6.0
# Cards say that they could not be refreshed when it has lasted so long.
UNREAD_AFTER: Final = timedelta(minutes=1)
# Flashduty may return a state from before a change that it has confirmed.
SECOND_LOOK: Final = 2.0
# Twenty pages; live cards beyond them are read by their ids.
MAX_WATCHED: Final = 2_000
# An incident that Flashduty returns no longer: three looks in a row may be wrong, a fourth is not waited for.
MISSING_LOOKS: Final = 3
SWITCHED_ON: Final = "cards"
# When the incidents of a team were read last, by whichever replica led.
LAST_READ: Final = "cards read"
SWITCHED_ON_KEPT: Final = timedelta(days=3650)


class TeamWatch:
    """Reads what may have changed, and has it drawn; one round at a time."""

    def __init__(
        self,
        team: Team,
        plan: CardPlan,
        lease: CardsLease,
        *,
        hints: IncidentHintTable,
        cards: CardTable,
        states: SyncStateTable,
        sync: CardSync,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        retention: timedelta,
    ) -> None:
        self.team = team
        self.lease = lease
        self._poll_every = plan.poll_every.total_seconds()
        self._hints = hints
        self._cards = cards
        self._states = states
        self._sync = sync
        self._now = now
        self._monotonic = monotonic
        self._retention = retention
        self._lock = asyncio.Lock()
        self._woken = asyncio.Event()
        self._term = 0
        self._pause = self._poll_every
        self._poll_at = self._not_before = self._led_since = float("-inf")
        self._read_at: float | None = None
        self._last_read: datetime | None = None
        self._missing: dict[str, int] = {}
        self._second_looks: dict[str, float] = {}
        self._foreseen = ForeseenChanges(monotonic)
        self._story_turns = StoryTurns()
        self._has_begun = False
        self._is_stopping = False

    @property
    def age(self) -> int | None:
        """The seconds since the incidents were read last, where this process leads; None where it does not."""
        if not self.lease.is_held or self._read_at is None:
            return None
        return int(self._monotonic() - self._read_at)

    def stop(self) -> None:
        """End the watch after the round that runs."""
        self._is_stopping = True
        self._woken.set()

    def wake(self) -> None:
        """Look for hints now."""
        self._woken.set()

    def foresee(self, changes: Iterable[Change]) -> None:
        """Show what changes have made of incidents before they are read, where this process leads."""
        if self.lease.is_held:
            self._foreseen.add(changes)
            self._woken.set()

    async def run(self) -> None:
        """Look again and again until it is stopped; a defect ends one round and no more."""
        while not self._is_stopping:
            await self.round()
            await self._wait()

    async def round(self, *, is_poll: bool = False) -> None:
        """Take the hints, and read all open incidents where that is due; `is_poll` makes it due. Never raises."""
        async with self._lock:
            with ErrorBoundary("cards.round_failed", team=self.team.name):
                try:
                    await self._look(is_poll=is_poll)
                except DatabaseUnavailable as error:
                    log.warning("cards.round_postponed", team=self.team.name, why=str(error))
                else:
                    return
            self._not_before = self._monotonic() + RETRY_PAUSE

    async def _wait(self) -> None:
        """Wait for hints, or for the next poll; while another replica leads, until this one does."""
        now = self._monotonic()
        next_at = max(min([self._poll_at, *self._second_looks.values()]), self._not_before)
        left = max(0.0, next_at - now) if self.lease.is_held else LONGEST_PAUSE
        with suppress(TimeoutError):
            async with asyncio.timeout(max(left, GATHER_HINTS)):
                await self._woken.wait()
                if not (self._is_stopping or self._foreseen.are_waiting):
                    await asyncio.sleep(max(GATHER_HINTS, self._not_before - self._monotonic()))
        self._woken.clear()

    async def _look(self, *, is_poll: bool) -> None:
        if not self.lease.is_held:
            return
        if self._term != self.lease.term:
            # Another replica may have led meanwhile.
            await self._take_over()
        await self._show_foreseen()
        if not is_poll and self._monotonic() < self._not_before:
            return
        hints = await self._hints.take(self.team.name)
        hinted = (frozenset(one.incident_id for one in hints) - {ANY_INCIDENT}) | self._take_second_looks()
        is_asked = is_poll or not self._has_begun or any(one.incident_id == ANY_INCIDENT for one in hints)
        is_due = is_asked or self._monotonic() >= self._poll_at
        if not is_due and not hints and not hinted:
            return
        try:
            await (self._poll(hints, hinted) if is_due else self._look_at(hints, hinted))
        except FlashdutyError as error:
            await self._unread(error)
            return
        await self._hints.drop(hints)

    async def _show_foreseen(self) -> None:
        """Draw what changes have made of incidents; what became of them is read all the same."""
        incidents = self._foreseen.take(partial(self._sync.shown, self.team))
        rows = await self._rows(incidents) if incidents and self._has_begun else {}
        known = {one: incidents[one] for one in rows}
        if known:
            found = CardRound(team=self.team, lease=self.lease, incidents=known, rows=rows, urgent=frozenset(known))
            await self._sync.keep_equal(replace(found, is_foreseen=True))

    async def _take_over(self) -> None:
        """Begin to lead: nothing that this process remembers need be so."""
        last = await self._states.read(self.team.name, LAST_READ, self._now())
        self._last_read = last.checked_at if last is not None else None
        self._sync.forget(self.team)
        self._poll_at, self._led_since, self._term = float("-inf"), self._monotonic(), self.lease.term

    async def _poll(self, hints: list[StoredHint], hinted: frozenset[str]) -> None:
        """Read all open incidents, and by ids those with a live card that are not among them."""
        flashduty, found = self._flashduty(), dict[str, Incident]()
        await read_all(flashduty, open_query(self.team, self._now()), found, limit=MAX_WATCHED)
        live = {row.incident_id: row for row in await self._cards.live(self.team.name)}
        others = await self._read(flashduty, (live.keys() | hinted) - found.keys())
        rows = await self._rows(found.keys() | others.keys() | live.keys())
        self._sync.drop(self.team, [*live.values(), *rows.values()])
        await self._lose(live, found.keys() | others.keys())
        await self._note_read()
        turn = self._story_turns.take(live.values())
        changed = await self._apply(hints, hinted | turn, found | others, rows=rows)
        # Whoever presses a button on a card waits for fewer calls.
        channels = {one.channel_id for one in found.values() if self.team.owners.are_aging(one.channel_id)}
        await warm_scope(flashduty, self.team, channels)
        is_quiet = not changed and not found
        if self._sync.is_taking_over(self.team):
            self._poll_at = self._monotonic() + TAKE_OVER_PAUSE
            return
        self._pause = min(self._pause * PACE, max(LONGEST_PAUSE, self._poll_every)) if is_quiet else self._poll_every
        self._poll_at = self._monotonic() + self._pause
        await self._cards.keep(self.team.name, self._now() + self._retention)

    async def _look_at(self, hints: list[StoredHint], hinted: frozenset[str]) -> None:
        """Read the incidents of hints; what people wait for and did not change is read once more."""
        found = await self._read(self._flashduty(), hinted)
        again_at = self._monotonic() + SECOND_LOOK
        for one in hints:
            if one.is_urgent and self._sync.shows(self.team, found.get(one.incident_id)):
                self._second_looks[one.incident_id] = again_at
        await self._apply(hints, hinted, found, rows=await self._rows(hinted))
        self._pause = self._poll_every
        self._poll_at = min(self._poll_at, self._monotonic() + self._pause)

    def _take_second_looks(self) -> frozenset[str]:
        now = self._monotonic()
        due = frozenset(one for one, at in self._second_looks.items() if at <= now)
        self._second_looks = {one: at for one, at in self._second_looks.items() if at > now}
        return due

    async def _apply(
        self,
        hints: list[StoredHint],
        hinted: frozenset[str],
        incidents: dict[str, Incident],
        *,
        rows: dict[str, StoredCard],
    ) -> bool:
        outdated = self._foreseen.outdated(incidents.values())
        self._second_looks |= dict.fromkeys(outdated, self._monotonic() + SECOND_LOOK)
        incidents = {one: incident for one, incident in incidents.items() if one not in outdated}
        found = CardRound(
            team=self.team,
            lease=self.lease,
            incidents=incidents,
            rows=rows,
            urgent=frozenset(one.incident_id for one in hints if one.is_urgent),
            hinted=hinted,
        )
        if not self._has_begun and await self._begin(found):
            found = replace(found, rows=await self._rows(incidents.keys()))
        return await self._sync.keep_equal(found)

    async def _begin(self, found: CardRound) -> bool:
        """Give what is open when cards are first switched on a place in a storm, so that it is not posted one by one.

        Returns whether this was the first time.
        """
        now = self._now()
        self._has_begun = await self._states.read(self.team.name, SWITCHED_ON, now) is not None
        if self._has_begun:
            return False
        placed = await self._sync.place_all(found)
        state = SyncState(state="on", checked_at=now)
        await self._states.put(self.team.name, SWITCHED_ON, state, kept_until=now + SWITCHED_ON_KEPT)
        self._has_begun = True
        if placed:
            log.info("cards.switched_on", team=self.team.name, incidents=placed)
        return True

    async def _read(self, flashduty: Flashduty, incident_ids: frozenset[str] | set[str]) -> dict[str, Incident]:
        return await read_incidents(flashduty, self.team, sorted(incident_ids)) if incident_ids else {}

    async def _rows(self, incident_ids: Iterable[str]) -> dict[str, StoredCard]:
        return await self._cards.get(self.team.name, sorted(incident_ids))

    async def _lose(self, live: dict[str, StoredCard], found: set[str]) -> None:
        """Leave cards as they are whose incident Flashduty does not return any longer."""
        self._missing = {one: self._missing.get(one, 0) + 1 for one in live.keys() - found}
        for incident_id, looks in self._missing.items():
            if looks >= MISSING_LOOKS:
                log.warning("cards.incident_gone", team=self.team.name, incident=incident_id)
                await self._cards.lost(live[incident_id], kept_until=self._now() + self._retention)

    async def _note_read(self) -> None:
        self._read_at, self._last_read = self._monotonic(), self._now()
        self._sync.refreshed(self.team)
        state = SyncState(state="read", checked_at=self._last_read)
        await self._states.put(self.team.name, LAST_READ, state, kept_until=self._last_read + self._retention)

    async def _unread(self, error: FlashdutyError) -> None:
        """Try again soon; when it has lasted, the cards say so."""
        now = self._monotonic()
        self._not_before = now + max(RETRY_PAUSE, error.retry_after or 0.0)
        self._poll_at = max(self._poll_at, self._not_before)
        log.warning("cards.unread", team=self.team.name, code=error.raw_code or str(error))
        begun_at = self._led_since if self._read_at is None else max(self._read_at, self._led_since)
        if self._last_read is None or now - begun_at < UNREAD_AFTER.total_seconds():
            return
        live = await self._cards.live(self.team.name)
        await self._sync.mark_unread(self.team, self.lease, live, since=self._last_read, after=UNREAD_AFTER)

    def _flashduty(self) -> Flashduty:
        until = asyncio.get_running_loop().time() + LOOK_TIMEOUT
        return self.team.flashduty.until(until, call_timeout=READ_CALL_TIMEOUT)
