"""Keep each card equal to its incident: post it once, edit it in place, and shrink it when the incident is closed."""

import asyncio
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.cards.channels import CardChannels
from bot.cards.contents import ContentsReader
from bot.cards.editing import CardEditor
from bot.cards.lease import CardsLease
from bot.cards.model import CardContents, CardKey, differs_in_alerts_alone
from bot.cards.posting import CardPoster
from bot.cards.rounds import CardRound, channel_of
from bot.cards.storms.storms import CardStorms
from bot.cards.telling import CardTeller
from bot.delivery.live import LiveEdits
from bot.flashduty import Incident
from bot.incidents.scope import is_incident_id
from bot.people.directory import PartialPeople
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.statements import batched
from bot.teams.team import Team

log = structlog.get_logger(__name__)

# Names that could not be read are looked up again after this.
NAMES_AGAIN_AFTER: Final = timedelta(minutes=1)
# Of posts at one time: Slack takes about one message a second in a channel, and short bursts.
MAX_POSTS: Final = 4
# Of cards whose contents are read together, within one time limit.
BATCH: Final = 50
# Of cards that a new leader draws in one round, so that what people do meanwhile does not wait for all of them.
TAKEN_OVER_AT_ONCE: Final = 100


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What a card is to show, read at an instant, and when that changes although its incident does not."""

    contents: CardContents
    read_at: datetime
    again_at: datetime | None


class CardSync:
    """Posts and edits the cards of all teams, from what the watch has read."""

    def __init__(
        self,
        *,
        cards: CardTable,
        reader: ContentsReader,
        poster: CardPoster,
        storms: CardStorms,
        editor: CardEditor,
        teller: CardTeller,
        edits: LiveEdits,
        channels: CardChannels,
        now: Callable[[], datetime],
    ) -> None:
        self._cards = cards
        self._reader = reader
        self._poster = poster
        self._storms = storms
        self._editor = editor
        self._teller = teller
        self._edits = edits
        self._channels = channels
        self._now = now
        self._shown: dict[CardKey, _Shown] = {}
        self._unread_since: dict[CardKey, datetime] = {}
        self._taking_over: dict[str, bool] = {}
        self._posts = asyncio.Semaphore(MAX_POSTS)

    def forget(self, team: Team) -> None:
        """Forget what cards of a team show, so that each is drawn anew."""
        self._keep_those(team, ())
        self._storms.refreshed(team)

    def refreshed(self, team: Team) -> None:
        """Note that all open incidents of a team were read."""
        self._storms.refreshed(team)

    def shown(self, team: Team, incident_id: str) -> Incident | None:
        """Return the state of an incident that its card shows; None where that is not known."""
        shown = self._shown.get((team.name, incident_id))
        return shown.contents.incident if shown is not None else None

    def shows(self, team: Team, incident: Incident | None) -> bool:
        """Whether the card of an incident shows exactly this state of it."""
        return incident is not None and self.shown(team, incident.id) == incident

    async def keep_equal(self, found: CardRound) -> bool:
        """Post the cards that are missing, and edit those that differ; return whether anything changed.

        Raises DatabaseUnavailable.
        """
        old = self._due(found)
        for some in batched(old, BATCH):
            contents = await self._reader.read(found.team, [found.incidents[row.incident_id] for row in some])
            for row in some:
                await self._draw(found, row, contents[row.incident_id])
                # A new leader draws every card, which takes the loop a millisecond or two each.
                await asyncio.sleep(0)
        new = await self._storms.divide(found.team, self._new(found))
        for some_new in batched(new, BATCH):
            contents = await self._reader.read(found.team, some_new)
            await asyncio.gather(*(self._post(found, contents[one.id]) for one in some_new))
        await self._storms.keep_equal(
            found.team, found.lease, found.rows.values(), incidents=found.incidents, urgent=found.urgent
        )
        return bool(old or new)

    def _due(self, found: CardRound) -> list[StoredCard]:
        """List the cards to draw: urgent ones, then by their last change; a new leader takes over some at once."""
        due = [row for row in found.rows.values() if self._is_due(found, row)]
        due.sort(key=lambda row: (row.incident_id not in found.urgent, -found.incidents[row.incident_id].updated_at))
        first = [row for row in due if _key(row) in self._shown or row.incident_id in found.hinted]
        others = [row for row in due if _key(row) not in self._shown and row.incident_id not in found.hinted]
        self._taking_over[found.team.name] = len(others) > TAKEN_OVER_AT_ONCE
        return first + others[:TAKEN_OVER_AT_ONCE]

    def is_taking_over(self, team: Team) -> bool:
        """Whether cards of a team are left that this process has not looked at since it leads."""
        return self._taking_over.get(team.name, False)

    async def place_all(self, found: CardRound) -> int:
        """Give all incidents without a card a place in one storm's message a channel; return their number.

        Raises DatabaseUnavailable.
        """
        new = self._new(found)
        await self._storms.divide(found.team, new, places_all=True)
        return sum(map(len, new.values()))

    def _new(self, found: CardRound) -> dict[str, list[Incident]]:
        """List the incidents that need a card, by channel."""
        new: dict[str, list[Incident]] = {}
        for one in found.incidents.values():
            channel = channel_of(found, one) if self._needs_card(found, one) else None
            if channel is not None:
                new.setdefault(channel, []).append(one)
        return new

    def _needs_card(self, found: CardRound, incident: Incident) -> bool:
        return incident.is_open and incident.id not in found.rows and is_incident_id(incident.id)

    def _is_due(self, found: CardRound, row: StoredCard) -> bool:
        """Whether a card may differ from its incident."""
        incident = found.incidents.get(row.incident_id)
        if incident is None or row.is_lost or row.storm is not None:
            return False
        if row.closed_at is not None and not incident.is_open:
            # Unless it was opened and closed again since.
            return incident.closed_at is not None and incident.closed_at > row.closed_at
        shown = self._shown.get(_key(row))
        return (
            shown is None
            or row.incident_id in found.hinted
            or shown.contents.incident != incident
            or _key(row) in self._unread_since
            or (shown.again_at is not None and shown.again_at <= self._now())
            or not self._editor.is_settled(row)
            or self._teller.is_untold(*_key(row))
            # It is live until the thread has told its end.
            or not incident.is_open
        )

    async def _post(self, found: CardRound, contents: CardContents, earlier: StoredCard | None = None) -> None:
        channel = earlier.channel if earlier else channel_of(found, contents.incident)
        if channel is None:
            return
        async with self._posts:
            row = await self._poster.post(found.team, contents, channel, lease=found.lease, earlier=earlier)
        if row is None:
            return
        await self._cards.put(row)
        self._remember(row, contents)
        self._editor.posted(row)
        self._teller.submit(found.team, contents.incident, found.lease)
        log.info("cards.posted", team=row.team, incident=row.incident_id, channel=row.channel)

    async def _draw(self, found: CardRound, row: StoredCard, contents: CardContents) -> None:
        if row.ts is None:
            # It was deleted, or could not be edited any longer, and is posted anew.
            await self._post(found, contents, row)
            return
        if row.closed_at is not None:
            row = replace(row, closed_at=None)
            await self._cards.put(row)
        before = self._shown.get(_key(row))
        self._remember(row, contents)
        if not self._channels.is_open(row.channel):
            return
        tells = self._may_have_story(found, row, contents.incident, before=before)
        if await self._editor.is_equal(found.team, row, contents):
            self._edits.withdraw(_key(row))
            if tells:
                # A replica that has just begun to lead looks at every thread.
                is_news = before is not None or row.incident_id in found.hinted
                self._teller.submit(found.team, contents.incident, found.lease, is_news=is_news)
            return
        is_flood = before is not None and differs_in_alerts_alone(before.contents.incident, contents.incident)
        is_urgent = row.incident_id in found.urgent
        is_the_same = before is not None and before.contents == contents and self._edits.is_minor(_key(row))
        is_minor = not is_urgent and (is_the_same or self._editor.differs_in_mark(row))
        self._submit(
            found.team, row, found.lease, is_urgent=is_urgent, is_flood=is_flood, is_minor=is_minor, tells=tells
        )

    def _may_have_story(self, found: CardRound, row: StoredCard, incident: Incident, *, before: _Shown | None) -> bool:
        if found.is_foreseen:
            return False
        is_hinted = row.incident_id in found.hinted or self._teller.is_untold(*_key(row))
        return is_hinted or before is None or before.contents.incident != incident or not incident.is_open

    def _submit(
        self,
        team: Team,
        row: StoredCard,
        lease: CardsLease,
        *,
        is_urgent: bool = False,
        is_flood: bool = False,
        is_minor: bool = False,
        tells: bool = False,
    ) -> None:
        if tells:
            self._teller.owe(team, row.incident_id)

        async def edit() -> None:
            shown, since = self._shown.get(_key(row)), self._unread_since.get(_key(row))
            if since is not None:
                await self._editor.mark(team, row, shown.contents if shown else None, lease=lease, since=since)
                return
            if shown is None or not await self._editor.edit(team, row, shown.contents, lease=lease):
                return
            # An edit that was folded into this one may have owed it.
            if self._teller.is_untold(*_key(row)):
                self._teller.submit(team, shown.contents.incident, lease)

        self._edits.submit(_key(row), edit, is_urgent=is_urgent, is_flood=is_flood, is_minor=is_minor)

    def _remember(self, row: StoredCard, contents: CardContents) -> None:
        now = self._now()
        again = [contents.changes_at(now)]
        if isinstance(contents.people, PartialPeople):
            again.append(now + NAMES_AGAIN_AFTER)
        again_at = min((at for at in again if at is not None), default=None)
        self._shown[_key(row)] = _Shown(contents=contents, read_at=now, again_at=again_at)
        self._unread_since.pop(_key(row), None)

    async def mark_unread(
        self, team: Team, lease: CardsLease, live: Sequence[StoredCard], *, since: datetime, after: timedelta
    ) -> None:
        """Say on live cards, and on messages of storms, that they could not be refreshed since an instant.

        Cards that were read since, for a hint, say it when that is so long ago. Raises DatabaseUnavailable.
        """
        now = self._now()
        for row in live:
            shown = self._shown.get(_key(row))
            is_open = shown is None or shown.contents.incident.is_open
            is_recent = shown is not None and since < shown.read_at > now - after
            read_at = max(since, shown.read_at) if shown is not None else since
            is_said = self._unread_since.get(_key(row)) == read_at
            if row.ts is not None and is_open and not (is_recent or is_said) and self._channels.is_open(row.channel):
                self._unread_since[_key(row)] = read_at
                self._submit(team, row, lease, is_minor=True)
        await self._storms.mark_unread(team, lease, live, since=since)

    def drop(self, team: Team, known: Sequence[StoredCard]) -> None:
        """Forget cards that are not live any longer."""
        self._keep_those(team, {_key(row) for row in known})

    def _keep_those(self, team: Team, keys: Container[CardKey]) -> None:
        for key in [one for one in self._shown if one[0] == team.name and one not in keys]:
            del self._shown[key]
        for key in [one for one in self._unread_since if one[0] == team.name and one not in keys]:
            del self._unread_since[key]


def _key(row: StoredCard) -> CardKey:
    return row.team, row.incident_id
