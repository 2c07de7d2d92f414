"""The one wrapper around every route: allow, run, explain what went wrong, show."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.messages import Message, errors
from bot.messages.buttons import ACKNOWLEDGE, AGAIN, FOLLOW, LEAVE, TAKE_OVER, UNDO, Carried
from bot.messages.refusals import refused
from bot.once import Once
from bot.slack_calls import SlackUnwilling
from bot.store import StoreUnavailable
from bot.teams import Refused, Teams
from bot.work import Work
from bot.workspace import Workspace
from handlers.acknowledgement import WriteNotKnownError
from handlers.delivery import Delivery
from handlers.payloads import Asked
from handlers.request import AtHand, Handler, Reply, Request, Route, Shows

log = structlog.get_logger(__name__)

# A person knows within five seconds; the rest is for Slack's own calls.
PATIENCE: Final = 4.2
# Calls to Flashduty end a little earlier than the whole, so that it is told what exactly took so long.
LAST_CALL: Final = 0.2
# Kept back to find out whose key was refused.
OWNER_PATIENCE: Final = 0.6


@dataclass(frozen=True)
class Desk:
    """Everything a request needs, and the order in which things happen to it."""

    teams: Teams
    workspace: Workspace
    work: Work
    once: Once
    at_hand: AtHand
    now: Callable[[], datetime]
    draw: Handler

    async def take(self, asked: Asked, route: Route) -> None:
        """Start the work on a request that was acknowledged to Slack; a second delivery of it does nothing."""
        if self.work.is_full and self.work.is_accepting:
            self._refuse(asked)
            return
        if not self.once.first_time(asked.once):
            log.info("second delivery", once=asked.once)
            return
        if not self.work.start(self._serve(asked, route), name=asked.once):
            await self._deliver(asked, _told(errors.restarting(), asked))

    def _refuse(self, asked: Asked) -> None:
        """Send somebody away, in words while there is room for that."""
        self.work.refuse("messages" if asked.route is None else "presses")
        if not self.work.is_overfull:
            self.work.start(self._deliver(asked, _told(errors.too_many(), asked)), name=asked.once)

    async def _serve(self, asked: Asked, route: Route) -> None:
        began = asyncio.get_running_loop().time()
        with structlog.contextvars.bound_contextvars(user=asked.place.user, channel=asked.place.channel):
            await self._deliver(asked, await self._outcome(asked, route, began + PATIENCE))
            took = asyncio.get_running_loop().time() - began
            log.info("served", route=asked.route or "command", ms=round(took * 1000))

    async def _outcome(self, asked: Asked, route: Route, deadline: float) -> Reply:
        try:
            async with asyncio.timeout_at(deadline):
                return await self._reply(asked, route, deadline)
        except Refused as why:
            log.info("refused", why=why.refusal.name)
            told = refused(why)
        except WriteNotKnownError as unknown:
            told = errors.write_not_known(self._failure(unknown.error, asked), unknown.incident_id)
        except FlashdutyError as error:
            told = await self._explained(error, asked)
        except SlackUnwilling as refusal:
            log.warning("slack unwilling", method=refusal.method, code=refusal.code)
            told = errors.slack_refused(refusal.code)
        except StoreUnavailable as error:
            log.error("database unavailable", why=str(error))  # noqa: TRY400 - the driver's words say it
            told = errors.database_unavailable(_retry(asked, asked.team or ""))
        except TimeoutError:
            log.warning("too slow")
            told = errors.too_slow(_retry(asked, asked.team or ""))
        except Exception:
            reference = secrets.token_hex(4).upper()
            log.exception("defect", reference=reference)
            told = errors.defect(reference)
        return _told(told, asked)

    async def _reply(self, asked: Asked, route: Route, deadline: float) -> Reply:
        person = await self.workspace.person(asked.place.user)
        # Everybody who waited for the same answer of Slack goes on in the same instant.
        await self.work.turn()
        team = await self.teams.admit(
            person,
            route.needs,
            workspace=asked.place.workspace,
            channel=asked.place.channel,
            asked=asked.team,
        )
        place = replace(asked.place, is_public=asked.place.is_public or route.shows is Shows.IN_CHANNEL)
        request = Request(
            team=team,
            flashduty=team.flashduty.until(deadline - LAST_CALL),
            person=person,
            place=place,
            now=self.now(),
            deadline=deadline - LAST_CALL,
            at_hand=self.at_hand,
            may_act=lambda: self.teams.may_act(team, person),
            words=asked.words,
            incident=asked.incident,
        )
        outcome = await route.handle(request)
        if isinstance(outcome, Message):
            return _shown(outcome, route)
        return self._addressed(request, await self._drawn_again(request, outcome))

    def _addressed(self, request: Request, reply: Reply) -> Reply:
        """Send a line about a team's incident to the team's own channel, when it was pressed in another one."""
        line, here = reply.announcement, request.place.channel
        if line is None or request.place.is_public:
            return reply
        channel = self.teams.announces_in(request.team, here)
        if channel is None:
            return replace(reply, announcement=None)
        return reply if channel == here else replace(reply, announcement=replace(line, elsewhere=channel))

    async def _drawn_again(self, request: Request, outcome: Reply) -> Reply:
        if outcome.again is None or not request.words:
            return outcome
        try:
            drawn = await self.draw(replace(request, fresh=outcome.again))
        except FlashdutyError as error:
            # What was done is done and is told; only the message that was pressed stays as it was.
            log.warning("not drawn again", code=error.raw_code, request_id=error.request_id)
            return outcome
        return replace(outcome, redraw=drawn if isinstance(drawn, Message) else None)

    async def _explained(self, error: FlashdutyError, asked: Asked) -> Message:
        failure = self._failure(error, asked)
        if failure.needs_owner:
            failure = replace(failure, key_owner=await self._key_owner(error.team))
        return errors.explain(failure)

    def _failure(self, error: FlashdutyError, asked: Asked) -> errors.Failure:
        team = self.teams.named(error.team)
        command, _, rest = asked.words.partition(" ")
        looked_for = rest if command == "incident" else asked.incident
        return errors.Failure(
            error, team.name, team.key_setting, looked_for=looked_for or None, retry=_retry(asked, team.name)
        )

    async def _key_owner(self, team: str) -> str | None:
        until = asyncio.get_running_loop().time() + OWNER_PATIENCE
        try:
            return (await self.teams.named(team).flashduty.until(until).key_owner()).name
        except FlashdutyError:
            return None

    async def _deliver(self, asked: Asked, reply: Reply) -> None:
        await self.work.turn()
        await Delivery(self.workspace, asked.place, asked.once).show(reply)


def _retry(asked: Asked, team: str) -> errors.Retry:
    if asked.route == ACKNOWLEDGE:
        return errors.Retry(ACKNOWLEDGE, Carried(team, f"incident {asked.incident}", asked.incident))
    if asked.route == UNDO:
        return errors.Retry(UNDO, Carried(team, "", asked.incident))
    if asked.route in {FOLLOW, LEAVE, TAKE_OVER}:
        return errors.Retry(asked.route, Carried(team, asked.words))
    words = asked.words or (f"incident {asked.incident}" if asked.incident else "help")
    return errors.Retry(AGAIN, Carried(team, words))


def _shown(message: Message, route: Route) -> Reply:
    if route.shows is Shows.IN_PLACE:
        return Reply(redraw=message)
    if route.shows is Shows.IN_CHANNEL:
        return Reply(public=message)
    return Reply(private=message)


def _told(message: Message, asked: Asked) -> Reply:
    """Tell the person, and leave what was pressed as it is, unless it was an error itself."""
    return Reply(redraw=message) if asked.is_retry and not asked.place.is_public else Reply(private=message)
