"""Tells the people who run the bot, by direct message, what keeps messages from their channels, and when it is over."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog

from bot.delivery.alert_messages import (
    NEEDS_A_HAND,
    NO_RESPONDER,
    NOBODY,
    OF_A_PERSON,
    ON_CALL,
    cured,
    never_begun,
    not_posted,
)
from bot.delivery.publisher import DeliveryFailure
from bot.messages import Message, Written
from bot.slack.api import SlackError
from bot.slack.workspace import Workspace
from bot.storage.notes import NAME_LENGTH, Notes
from bot.storage.postings import DatabaseUnavailable, PostingKey

log = structlog.get_logger(__name__)

TOLD: Final = "told cause"
OUTBOX: Final = "admins to tell"
# One cause may touch several teams.
EVERYBODY: Final = ""
# A cause that lasts is told again after a week.
KEPT: Final = timedelta(days=7)
# News of yesterday helps nobody.
OUTBOX_KEPT: Final = timedelta(days=1)
REMINDER: Final = "reminder"
# Of the whole app, whatever it was about to post.
_OF_THE_APP: Final = frozenset({"token_revoked", "account_inactive", "invalid_auth"})


@dataclass(frozen=True)
class Cause:
    """What keeps messages from where they belong: a word, and whom or what it is about.

    `word` is the first word of the kind that suffered first, `person` the Flashduty id of whoever cannot be reminded.
    """

    code: str
    team: str
    word: str
    channel: str | None
    person: str | None
    who: str

    @classmethod
    def of(cls, trouble: DeliveryFailure) -> "Cause":
        """Find what is behind a trouble."""
        is_person, is_scope = trouble.code in OF_A_PERSON, trouble.code == "missing_scope"
        return cls(
            # With the method: what needs another scope may go on.
            code=trouble.why if is_scope else trouble.code,
            team=trouble.team,
            word=_word(trouble.kind),
            channel=None if is_person or is_scope else trouble.channel,
            person=_person(trouble.kind) if is_person else None,
            who=trouble.why.rpartition(": ")[0] if is_person else "",
        )

    @property
    def name(self) -> str:
        """What it is kept under: the same for all that have it in common."""
        if self.code in _OF_THE_APP:
            return self.code
        if self.code == NO_RESPONDER:
            # What somebody is to one team says nothing of another.
            return f"{self.code} {self.person} {self.team}"[:NAME_LENGTH]
        about = self.person or self.channel or f"{self.team} {self.word}"
        return f"{self.code} {about}"[:NAME_LENGTH]

    def is_over_with(self, key: PostingKey, channel: str) -> bool:
        """Tell whether it must be over, as this was posted there."""
        if self.person is not None:
            if self.word == ON_CALL and self.code != NOBODY:
                # That somebody can be written to does not say that they may act.
                return False
            return _word(key.kind) == REMINDER and _person(key.kind) == self.person
        if self.code in _OF_THE_APP or channel == self.channel:
            return True
        # In a channel that was set anew, unless each has a channel of its own.
        has_own = self.word == REMINDER and self.channel is not None
        return not has_own and (key.team, _word(key.kind)) == (self.team, self.word)


def _word(kind: str) -> str:
    return "chart" if kind.endswith("chart") else kind.partition(" ")[0]


def _person(kind: str) -> str:
    return kind.rpartition(" ")[2]


@dataclass(frozen=True)
class OperatorAlerts:
    """The people of ADMINS; each cause that needs a hand is told once, however much it keeps back, and so is its end.

    What passes by itself is told when a message's time is over. What is to be told is kept in the database until Slack
    has taken it.
    """

    user_ids: tuple[str, ...]
    workspace: Workspace
    notes: Notes
    now: Callable[[], datetime]
    owner: str
    """This process's name among the replicas."""
    locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def report(self, trouble: DeliveryFailure) -> None:
        """Tell everybody once what is behind it; the log has it in any case."""
        if not self.user_ids or not (trouble.is_final or trouble.code in NEEDS_A_HAND):
            return
        try:
            await self._tell_cause(Cause.of(trouble), trouble)
        except DatabaseUnavailable as error:
            log.error("admins not told", why=str(error))  # noqa: TRY400 - the driver's words say it

    async def _tell_cause(self, cause: Cause, trouble: DeliveryFailure) -> None:
        """Put it into the outbox before it is noted as told, so that nothing is lost in between, and send it."""
        if await self.notes.read(EVERYBODY, TOLD, [cause.name], self.now()):
            return
        at = await self._put(cause.name, not_posted(trouble))
        body = json.dumps(asdict(cause) | {"at": at})
        await self.notes.first(EVERYBODY, TOLD, cause.name, body, self.now() + KEPT)
        await self._send_in_turn(EVERYBODY, cause.name)

    async def posted(self, key: PostingKey, channel: str) -> None:
        """Tell that a cause is over when something was posted that it would have kept back. Never raises."""
        if not self.user_ids:
            return
        try:
            for _, name, body in await self.notes.all_of(TOLD, self.now()):
                told = json.loads(body)
                at = datetime.fromisoformat(told.pop("at"))
                if Cause(**told).is_over_with(key, channel):
                    await self._tell_end(name, Cause(**told), at)
        except DatabaseUnavailable as error:
            log.error("admins not told", why=str(error))  # noqa: TRY400 - same

    async def able_to_act(self, team: str, person_ids: Iterable[int]) -> None:
        """Tell that people who were on call for a team and could not act in Slack can. Never raises."""
        able = frozenset(map(str, person_ids))
        try:
            for _, name, body in await self.notes.all_of(TOLD, self.now()) if able else ():
                told = json.loads(body)
                at = datetime.fromisoformat(told.pop("at"))
                is_here = told["code"] != NO_RESPONDER or told["team"] == team
                if told["word"] == ON_CALL and told["person"] in able and is_here:
                    await self._tell_end(name, Cause(**told), at)
        except DatabaseUnavailable as error:
            log.error("admins not told", why=str(error))  # noqa: TRY400 - same

    async def _tell_end(self, name: str, cause: Cause, since: datetime) -> None:
        over = f"over {name}"[:NAME_LENGTH]
        if await self.notes.read(EVERYBODY, OUTBOX, [name], self.now()):
            # The beginning has not reached everybody, and now need not.
            await self.notes.drop(EVERYBODY, OUTBOX, name)
            await self.notes.drop(EVERYBODY, TOLD, name)
            return
        await self._put(over, cured(cause, since))
        await self.notes.drop(EVERYBODY, TOLD, name)
        await self._send_in_turn(EVERYBODY, over)

    async def missed(self, keys: Sequence[PostingKey]) -> None:
        """Tell what nobody began in its time; raises DatabaseUnavailable."""
        if not self.user_ids or not keys:
            return
        first = min(keys, key=lambda key: (key.local_date, key.team, key.kind))
        name = f"missed {first.local_date} {first.team} {first.kind}"[:NAME_LENGTH]
        await self._put(name, never_begun(keys))
        await self._send_in_turn(EVERYBODY, name)

    async def _put(self, name: str, message: Message) -> str:
        """Keep what is to be told; give since when it stands, for another replica may have been first."""
        left = {"users": list(self.user_ids), "message": message.payload, "at": self.now().isoformat()}
        stands = await self.notes.first(EVERYBODY, OUTBOX, name, json.dumps(left), self.now() + OUTBOX_KEPT)
        return str(json.loads(stands)["at"])

    async def catch_up(self) -> None:
        """Tell those whom Slack did not let us tell before; raises DatabaseUnavailable."""
        for team, name, _ in await self.notes.all_of(OUTBOX, self.now()):
            await self._send_in_turn(team, name)

    async def _send_in_turn(self, team: str, name: str) -> None:
        """Send what is still owed: of all replicas one does in a minute, and of its own rounds one at a time."""
        async with self.locks.setdefault(f"{team} {name}", asyncio.Lock()):
            owed = (await self.notes.read(team, OUTBOX, [name], self.now())).get(name)
            if owed is not None and await self.notes.minute_is_mine(team, f"admins {name}", self.owner, self.now()):
                await self._send(team, name, json.loads(owed))

    async def _send(self, team: str, name: str, left: dict[str, Any]) -> None:
        once = f"{team} {name} {left.get('at')}"
        failed = [user for user in left["users"] if not await self._is_told(user, Written(left["message"]), once)]
        if failed:
            await self.notes.write(team, OUTBOX, name, json.dumps({**left, "users": failed}), self.now() + OUTBOX_KEPT)
        else:
            await self.notes.drop(team, OUTBOX, name)

    async def _is_told(self, user_id: str, message: Written, once: str) -> bool:
        try:
            await self.workspace.post(user_id, message, once=once)
        except SlackError as refusal:
            log.error("an admin was not told", user=user_id, code=refusal.code)  # noqa: TRY400 - the code says it
            # What may have arrived is not sent again, what somebody must cure first is not sent for ever.
            return refusal.may_be_done or not refusal.is_passing
        return True
