"""The one wrapper around every route: allow, run, explain what went wrong, show."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog

from bot.messages import Message, errors
from bot.runtime.dedupe import SeenKeys
from bot.runtime.request_trail import on_a_trail
from bot.runtime.tasks import BackgroundTasks
from bot.slack.workspace import Workspace
from bot.teams.access import SlackPerson, Team, Teams
from handlers.dispatch.context import (
    MINUTE,
    Announcement,
    Incoming,
    Reply,
    Request,
    Services,
)
from handlers.dispatch.failures import FOR_PEOPLE, Circumstances, Explanation, explain
from handlers.dispatch.redraw import Redrawer
from handlers.dispatch.responder import Responder, UnconfirmedLines
from handlers.dispatch.route import Handler, Route, Visibility
from handlers.dispatch.serving import ServedRequest
from handlers.dispatch.shown import ShownMessages
from handlers.dispatch.time_limits import TimeLimits
from handlers.dispatch.under_way import ProgressNotice

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Dispatcher:
    """Everything a request needs, and the order in which things happen to it."""

    teams: Teams
    workspace: Workspace
    work: BackgroundTasks
    once: SeenKeys
    services: Services
    now: Callable[[], datetime]
    draw: Handler
    patience: TimeLimits = field(default_factory=TimeLimits)
    shown: ShownMessages = field(default_factory=ShownMessages)
    doubts: UnconfirmedLines = field(default_factory=UnconfirmedLines)
    under_way: set[tuple[str, ...]] = field(default_factory=set)

    async def take(self, asked: Incoming, route: Route) -> None:
        """Start the work on a request that was acknowledged to Slack; a second delivery of it does nothing."""
        if not self.once.add(asked.once):
            log.info("second delivery", once=asked.once)
            return
        if self.work.is_full and self.work.is_accepting:
            self._refuse(asked)
            return
        asked = replace(asked, occasion=asked.occasion or f"{self.now().astimezone(UTC):{MINUTE}}")
        if not self.work.start(self._serve(asked, route), name=asked.once):
            await self._delivery(asked).show(_told(errors.restarting(), asked))

    def _refuse(self, asked: Incoming) -> None:
        """Send somebody away in words; there is room for that, or it would not have been acknowledged."""
        self.work.refuse("messages" if asked.route is None else "presses")
        self.work.start(self._delivery(asked).show(_told(errors.too_many(), asked)), name=asked.once)

    async def _serve(self, asked: Incoming, route: Route) -> None:
        began = asyncio.get_running_loop().time()
        place, delivery = asked.place, self._delivery(asked)
        with structlog.contextvars.bound_contextvars(user=place.user, channel=place.channel), on_a_trail() as trail:
            served = ServedRequest(asked, route, began, trail, route.change(asked) if route.change else None)
            try:
                ends = await self._served(served, delivery)
            finally:
                # Wherever it was cut off.
                served.log()
        for error in ends:
            if isinstance(error, Exception):
                log.error("work failed", work=asked.once, exc_info=error)

    async def _served(self, served: ServedRequest, delivery: Responder) -> tuple[BaseException | None, ...]:
        asked, patience = served.asked, self.patience
        async with ProgressNotice(delivery, asked, served.deed, patience.notice, self.under_way) as notice:
            reply = await self._outcome_or_last_word(served, delivery)
        return await asyncio.gather(
            self._answer(served, reply, delivery),
            Redrawer(self.draw, self.shown, patience).after(served, reply, delivery, notice.covered),
            return_exceptions=True,
        )

    async def _answer(self, served: ServedRequest, reply: Reply, delivery: Responder) -> None:
        await self.work.turn()
        await delivery.show(reply)
        served.log()

    def _delivery(self, asked: Incoming) -> Responder:
        is_retry = asked.is_retry and not asked.place.is_public
        return Responder(
            self.workspace,
            asked.place,
            asked.once,
            self.shown,
            self.patience,
            self.now,
            is_retry=is_retry,
            doubts=self.doubts,
        )

    async def _outcome_or_last_word(self, served: ServedRequest, delivery: Responder) -> Reply:
        """Give the outcome; work that is cut off because the bot ends leaves a last word."""
        try:
            reply = await self._outcome(served)
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.patience.last_word):
                    message = errors.restarting(served.in_doubt)
                    await delivery.show(_told(message, served.asked))
            raise
        served.outcome = reply.outcome
        return reply

    async def _outcome(self, served: ServedRequest) -> Reply:
        try:
            return await self._reply(served)
        except FOR_PEOPLE as error:
            explanation = await explain(error, Circumstances(served, self.teams, self.patience))
        except Exception:
            reference = secrets.token_hex(4).upper()
            log.exception("defect", reference=reference)
            explanation = Explanation(errors.defect(reference, served.in_doubt), f"defect: {reference}")
        return replace(_told(explanation.message, served.asked), outcome=explanation.outcome)

    async def _reply(self, served: ServedRequest) -> Reply:
        """Admit and answer; only what changes nothing is cut off when the person should know something by then."""
        deadline = served.began + self.patience.look
        if served.deed is None:
            async with asyncio.timeout_at(deadline):
                served.request = await self._admitted(served)
                return await self._handled(served, served.request)
        async with asyncio.timeout(self.patience.call):
            served.request = await self._admitted(served)
        return await self._handled(served, served.request)

    async def _admitted(self, served: ServedRequest) -> Request:
        asked, route = served.asked, served.route
        person = await self.workspace.person(asked.place.user)
        # Everybody who waited for the same answer of Slack goes on in the same instant.
        await self.work.turn()
        team = await self.teams.admit(
            person,
            route.permission,
            workspace=asked.place.workspace,
            channel=asked.place.channel,
            asked=asked.team,
        )
        return self._request(served, team, person)

    def _request(self, served: ServedRequest, team: Team, person: SlackPerson) -> Request:
        asked, patience = served.asked, self.patience
        ends = served.began + (patience.change if served.deed else patience.look - patience.last_call)
        is_public = asked.place.is_public or served.route.visibility is Visibility.IN_CHANNEL
        return Request(
            team=team,
            flashduty=team.flashduty.until(ends, each=patience.call if served.deed else None),
            person=person,
            place=replace(asked.place, is_public=is_public),
            now=self.now(),
            deadline=ends,
            patience=patience,
            services=self.services,
            may_act=lambda: self.teams.may_act(team, person),
            once=asked.once,
            words=asked.words,
            incident=asked.incident,
            occasion=asked.occasion,
            is_retry=asked.is_retry,
        )

    async def _handled(self, served: ServedRequest, request: Request) -> Reply:
        outcome = await served.route.handle(request)
        if isinstance(outcome, Message):
            return _shown(outcome, served)
        return self._addressed(request, _in_place_of_an_error(outcome, request))

    def _addressed(self, request: Request, reply: Reply) -> Reply:
        """Send a line about a team's incident to the team's own channel, when it was pressed in another one."""
        line, here = reply.announcement, request.place.channel
        if line is None or request.place.is_public:
            return reply
        channel = self.teams.announces_in(request.team, here)
        if channel is None:
            return replace(reply, announcement=None)
        return reply if channel == here else replace(reply, announcement=replace(line, elsewhere=channel))


def _shown(message: Message, served: ServedRequest) -> Reply:
    """Put a route's message where it goes."""
    asked = served.asked
    if served.route.visibility is Visibility.IN_PLACE:
        return Reply(redraw=message)
    if served.route.visibility is Visibility.IN_CHANNEL:
        once = f"{asked.route} {asked.place.user} {served.team} {asked.words} {asked.occasion}"
        return Reply(announcement=Announcement(message, once, retry=served.retry, is_again=asked.is_retry))
    return Reply(private=message)


def _in_place_of_an_error(reply: Reply, request: Request) -> Reply:
    """Let an error that was pressed make room for its end, where nothing else does."""
    stands_alone = reply.redraw is None and reply.again is None
    if request.is_retry and not request.place.is_public and stands_alone:
        return replace(reply, redraw=reply.private, private=None)
    return reply


def _told(message: Message, asked: Incoming) -> Reply:
    """Tell the person, and leave what was pressed as it is, unless it was an error itself."""
    return Reply(redraw=message) if asked.is_retry and not asked.place.is_public else Reply(private=message)
