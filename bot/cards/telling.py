"""Have the threads of cards told what happened, in the background: a card is edited without waiting for its story."""

import asyncio
from typing import Final

import structlog

from bot.cards.editing import CardEditor
from bot.cards.lease import CardsLease
from bot.cards.model import CardKey
from bot.cards.timeline.thread import CardGoneError, CardThreads
from bot.delivery.model import CARD_DELETED
from bot.flashduty import Incident
from bot.runtime.defects import ErrorBoundary
from bot.runtime.tasks import BackgroundTasks
from bot.slack.api import SlackError
from bot.storage.cards.cards import CardTable
from bot.storage.database_errors import DatabaseUnavailable
from bot.teams.team import Team

log = structlog.get_logger(__name__)

MAX_TELLING: Final = 4


class CardTeller:
    """Tells one thread at a time for each card, and remembers which have something left to tell."""

    def __init__(self, *, threads: CardThreads, editor: CardEditor, cards: CardTable, tasks: BackgroundTasks) -> None:
        self._threads = threads
        self._editor = editor
        self._cards = cards
        self._tasks = tasks
        self._wanted: dict[CardKey, tuple[Team, Incident, CardsLease]] = {}
        self._running: set[CardKey] = set()
        self._untold: set[CardKey] = set()
        self._turns = asyncio.Semaphore(MAX_TELLING)

    def is_untold(self, team: str, incident_id: str) -> bool:
        """Whether the last attempt left something to tell."""
        return (team, incident_id) in self._untold

    def owe(self, team: Team, incident_id: str) -> None:
        """Note that there may be something to tell, once the card itself is true."""
        self._untold.add((team.name, incident_id))

    def submit(self, team: Team, incident: Incident, lease: CardsLease) -> None:
        """Tell the thread of an incident's card what is new."""
        key = (team.name, incident.id)
        self._wanted[key] = (team, incident, lease)
        if key not in self._running and self._tasks.start(self._tell_all(key), name="story of a card"):
            self._running.add(key)

    async def _tell_all(self, key: CardKey) -> None:
        try:
            while key in self._wanted:
                team, incident, lease = self._wanted.pop(key)
                self._untold.add(key)
                async with self._turns:
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
        row = (await self._cards.get(team.name, [incident.id])).get(incident.id)
        if row is None or row.is_lost or not lease.is_held:
            return True
        try:
            return await self._threads.tell(team, row, incident)
        except CardGoneError:
            log.info("cards.gone", team=team.name, incident=incident.id)
            await self._editor.gone(row, incident, SlackError("chat.postMessage", CARD_DELETED))
            return False
