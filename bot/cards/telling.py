"""Have the threads of cards told what happened, in the background: a card is edited without waiting for its story."""

import math
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from typing import Final

import structlog

from bot.cards.drawing import UNKNOWN_DRAWING
from bot.cards.editing import CardEditor
from bot.cards.lease import CardsLease, LeaseTerm
from bot.cards.model import CardKey
from bot.cards.timeline.thread import REPLY_WINDOW, CardGoneError, CardThreads
from bot.delivery.model import CARD_DELETED
from bot.flashduty import Incident
from bot.flashduty.operation import ACCOUNT_PER_MINUTE
from bot.flashduty.rate_limit import CallRateLimiter
from bot.runtime.defects import ErrorBoundary
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.storage.cards.cards import CardTable, StoredCard
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.team import Team

log = structlog.get_logger(__name__)

MAX_TELLING: Final = 4
# Of threads that are only looked at, in a second: news need not wait behind a thousand of them.
CHECKS_PER_SECOND: Final = 5
# Of the calls that Flashduty takes in a minute: people's actions and the reading of incidents have the others.
STORIES_PER_MINUTE: Final = ACCOUNT_PER_MINUTE // 2


class CardTeller:
    """Tells some threads at a time, one at a time for each card, and remembers which have something left to tell.

    News goes first. A replica that begins to lead looks at each thread, in case the one before it did not tell all.
    """

    def __init__(
        self,
        *,
        threads: CardThreads,
        editor: CardEditor,
        cards: CardTable,
        tasks: BackgroundTasks,
        now: Callable[[], datetime],
    ) -> None:
        self._threads = threads
        self._editor = editor
        self._cards = cards
        self._tasks = tasks
        self._now = now
        self._wanted: dict[CardKey, tuple[Team, Incident, CardsLease]] = {}
        self._checks: dict[CardKey, tuple[Team, Incident, CardsLease]] = {}
        self._running: set[CardKey] = set()
        self._untold: set[CardKey] = set()
        self._tellers = 0
        self._pace = CallRateLimiter(per_minute=STORIES_PER_MINUTE)
        self._check_pace = CallRateLimiter(per_second=CHECKS_PER_SECOND)

    def is_untold(self, team: str, incident_id: str) -> bool:
        """Whether the last attempt left something to tell."""
        return (team, incident_id) in self._untold

    def owe(self, team: Team, incident_id: str) -> None:
        """Note that there may be something to tell, once the card itself is true."""
        self._untold.add((team.name, incident_id))

    def submit(self, team: Team, incident: Incident, lease: CardsLease, *, is_news: bool = True) -> None:
        """Tell the thread of an incident's card what is new, when its turn has come; without news, last of all."""
        key = (team.name, incident.id)
        if is_news or key in self._wanted:
            self._checks.pop(key, None)
            self._wanted[key] = (team, incident, lease)
        else:
            self._checks[key] = (team, incident, lease)
        # A task for each would take the places of people's requests.
        if self._tellers < MAX_TELLING and self._tasks.start(self._tell_all(), name="stories of cards"):
            self._tellers += 1

    async def _tell_all(self) -> None:
        try:
            while (key := self._next()) is not None:
                _, _, lease = self._wanted.get(key) or self._checks[key]
                if not lease.is_held:
                    self._pop(key)
                    continue
                if key in self._checks:
                    await self._check_pace.acquire(math.inf)
                await self._pace.acquire(math.inf)
                if (key := self._next()) is not None:
                    await self._tell_one(key)
        finally:
            self._tellers -= 1

    def _next(self) -> CardKey | None:
        """Return the card that has waited longest, of those that nobody tells now: one with news, if there is any."""
        return next((key for key in chain(self._wanted, self._checks) if key not in self._running), None)

    def _pop(self, key: CardKey) -> tuple[Team, Incident, CardsLease]:
        return self._wanted.pop(key) if key in self._wanted else self._checks.pop(key)

    async def _tell_one(self, key: CardKey) -> None:
        team, incident, lease = self._pop(key)
        self._running.add(key)
        self._untold.add(key)
        try:
            with ErrorBoundary("cards.not_told", team=team.name, incident=incident.id):
                await self._try(team, incident, lease)
        finally:
            self._running.discard(key)

    async def _try(self, team: Team, incident: Incident, lease: CardsLease) -> None:
        try:
            if await self._tell(team, incident, lease):
                self._untold.discard((team.name, incident.id))
        except DatabaseUnavailable as error:
            log.warning("cards.not_told", team=team.name, incident=incident.id, why=str(error))

    async def _tell(self, team: Team, incident: Incident, lease: CardsLease) -> bool:
        # A thread may wait long for its turn, and another replica lead and tell it meanwhile.
        term = LeaseTerm(lease)
        row = (await self._cards.get(team.name, [incident.id])).get(incident.id)
        if row is None or row.is_lost or not term.is_held:
            return True
        try:
            is_told = await self._threads.tell(team, row, incident, lease=term)
        except CardGoneError:
            log.info("cards.gone", team=team.name, incident=incident.id)
            await self._editor.gone(row, incident, SlackError("chat.postMessage", CARD_DELETED))
            return False
        # The next leader looks at live cards alone: until its end is told a card stays live.
        if is_told or self._is_too_late(incident):
            await self._close(row, incident)
        return is_told

    def _is_too_late(self, incident: Incident) -> bool:
        return incident.closed_at is not None and self._now() - incident.closed_at > REPLY_WINDOW

    async def _close(self, row: StoredCard, incident: Incident) -> None:
        shows_something = row.ts is not None and row.drawn != UNKNOWN_DRAWING
        if not incident.is_open and row.closed_at is None and shows_something:
            await self._editor.close(row, incident)
