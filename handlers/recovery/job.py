"""Report the outcome of changes whose process ended first: after a crash, or a shutdown that came too early."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.audit.audited import AttributionWords
from bot.flashduty import FlashdutyError
from bot.messages.audience import Audience
from bot.messages.buttons import decode
from bot.messages.changes import after_a_restart
from bot.messages.language import Language
from bot.messages.text import Mrkdwn
from bot.people.audiences import Audiences
from bot.slack.api import SlackError
from bot.slack.views import Views
from bot.slack.workspace import Workspace
from bot.storage.database_errors import DatabaseUnavailable
from bot.storage.replicas import Replicas
from bot.storage.requests.pending_actions import PendingAction, PendingActionTable
from bot.teams.access import AccessDenied, MemberStatus, SlackPerson, Teams
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Origin, Request
from handlers.dispatch.requests import ButtonPress
from handlers.dispatch.responses.responder import ReplySender
from handlers.dispatch.responses.shown import ShownMessages
from handlers.dispatch.services import Services
from handlers.dispatch.time_limits import TimeLimits
from handlers.recovery.comment_lookup import TooEarlyError
from handlers.recovery.lookups import LOOKUPS, found_out
from handlers.recovery.pending_actions import PendingActions
from handlers.recovery.sent_comments import SentComment
from handlers.routes import BUTTONS

log = structlog.get_logger(__name__)

# docs.slack.dev/interactivity/handling-user-interaction: "Message responses"
RESPONSE_URL_LIFE: Final = timedelta(minutes=30)
# A lookup that fails is repeated for so long; then the outcome is reported as not known.
ACTION_LOOKUP_PERIOD: Final = timedelta(minutes=5)
# The pause after an outcome that could not be delivered.
UNREACHABLE_PAUSE_SECONDS: Final = 300.0
ACTION_LOOKUP_FAILURES: Final = (FlashdutyError, SlackError, DatabaseUnavailable, TimeoutError, TooEarlyError)


class RecoveryJob:
    """Looks up the pending actions of ended replicas and of this one, and reports their outcomes."""

    def __init__(
        self,
        *,
        table: PendingActionTable,
        pending: PendingActions,
        replicas: Replicas,
        teams: Teams,
        workspace: Workspace,
        views: Views,
        services: Services,
        audiences: Audiences,
        limits: TimeLimits,
        now: Callable[[], datetime],
        attribution: AttributionWords,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._pending = pending
        self._replicas = replicas
        self._teams = teams
        self._workspace = workspace
        self._views = views
        self._services = services
        self._audiences = audiences
        self._limits = limits
        self._now = now
        self._attribution = attribution
        self._monotonic = monotonic
        self._not_before: dict[str, float] = {}

    async def tick(self) -> None:
        """Report the outcome of every abandoned action; raises DatabaseUnavailable."""
        for action in await self._table.open_actions(self._now()):
            known = await self._without_a_dead_url(action)
            if await self._is_abandoned(known):
                await self._end(known)

    async def _without_a_dead_url(self, action: PendingAction) -> PendingAction:
        if action.response_url is None or self._now() - action.noted_at < RESPONSE_URL_LIFE:
            return action
        await self._table.forget_url(action.request_name)
        return replace(action, response_url=None)

    async def _is_abandoned(self, action: PendingAction) -> bool:
        """Return whether no process works on an action, and make it this replica's."""
        name, owner = action.request_name, self._replicas.owner
        if self._pending.is_under_way(name) or self._monotonic() < self._not_before.get(name, 0.0):
            return False
        if self._pending.is_reported(name):
            await self._table.remove(name)
            return False
        if action.owner == owner:
            return True
        return self._replicas.is_gone(action.owner) and await self._table.take(action, owner)

    async def _end(self, action: PendingAction) -> None:
        """Look up the outcome of an action and report it; a failure is retried at a later tick."""
        name = action.request_name
        self._pending.begin(name)
        try:
            to = await self._audiences.of_user(action.slack_user_id)
            reply = await self._reply(action, to)
            await self._note(action, reply)
            responder = self._responder(action, to)
            await responder.show(reply)
            if responder.is_undelivered:
                self._not_before[name] = self._monotonic() + UNREACHABLE_PAUSE_SECONDS
            else:
                await self._pending.settle(name)
                self._not_before.pop(name, None)
            log.info("pending_action.ended", action=action.action, team=action.team, outcome=reply.outcome)
        except ACTION_LOOKUP_FAILURES as error:
            log.warning("pending_action.not_looked_up", action=action.action, team=action.team, why=str(error))
        finally:
            self._pending.leave(name)

    async def _note(self, action: PendingAction, reply: Reply) -> None:
        """Write what was found out to the audit trail, and owe the timeline the person's name."""
        if action.team not in {team.name for team in self._teams}:
            return
        team = self._teams.named(action.team)
        person = SlackPerson(action.slack_user_id, action.slack_user_name, MemberStatus.MEMBER)
        await self._services.audit.found(
            action.request_name,
            partial(found_out, reply.outcome),
            flashduty=team.flashduty,
            words=lambda done: self._attribution(team, done, person),
        )

    async def _reply(self, action: PendingAction, to: Audience) -> Reply:
        """Return the outcome; raises FlashdutyError and SlackError while a later lookup may find it."""
        unknown = Reply(private=after_a_restart.in_doubt(to, Mrkdwn(action.in_doubt)), outcome="not known")
        lookup, press = LOOKUPS.get(action.action), _press(action)
        if lookup is None or press is None or action.team not in {team.name for team in self._teams}:
            return unknown
        try:
            request = await self._request(action, press, to.language)
            route = BUTTONS.get(action.action)
            found = await lookup(request, action, route.retry(press, action.team) if route else None)
        except AccessDenied:
            return unknown
        except ACTION_LOOKUP_FAILURES:
            if self._now() - action.noted_at < ACTION_LOOKUP_PERIOD:
                raise
            return unknown
        return self._route_announcement(request, found or unknown)

    async def _request(self, action: PendingAction, press: ButtonPress, language: Language) -> Request:
        """Rebuild the request of the handler."""
        team = self._teams.named(action.team)
        person = await self._workspace.person(action.slack_user_id)
        deadline = asyncio.get_running_loop().time() + self._limits.call
        return Request(
            team=team,
            teams=(team,),
            flashduty=team.flashduty.speaking(language.code).until(deadline),
            person=person,
            origin=press.origin,
            now=self._now(),
            deadline=deadline,
            limits=self._limits,
            command=self._audiences.command,
            language=language,
            channel_language=(await self._audiences.of_channel(team)).language,
            services=self._services,
            may_act=lambda: self._teams.may_act(team, person),
            once=action.request_name,
            will_send=partial(self._pending.specify, action.request_name),
            value=press.value,
            occasion=action.occasion,
        )

    def _route_announcement(self, request: Request, reply: Reply) -> Reply:
        """Send the announcement to the team's channel, as the reply may go elsewhere."""
        channel = self._teams.announces_in(request.team, request.origin.channel or request.value.began_in)
        if reply.announcement is None or channel is None:
            return replace(reply, announcement=None)
        line, origin = reply.announcement, request.origin
        thread = request.value.thread if line.in_thread else origin.thread
        thread = thread if channel == origin.channel and thread else None
        return replace(reply, announcement=replace(line, team_channel=channel, thread=thread))

    def _responder(self, action: PendingAction, to: Audience) -> ReplySender:
        """Answer at the origin while the response URL is valid, and by direct message after that."""
        origin = _origin(action)
        return ReplySender(
            workspace=self._workspace,
            views=self._views,
            origin=origin if action.response_url is not None else replace(origin, channel="", thread=None),
            once=f"{action.request_name} after a restart",
            reader=lambda: to,
            shown=ShownMessages(),
            limits=self._limits,
            now=self._now,
        )


def _origin(action: PendingAction) -> Origin:
    return Origin(
        workspace="",
        channel=action.channel,
        user=action.slack_user_id,
        thread=action.thread,
        response_url=action.response_url,
    )


def _press(action: PendingAction) -> ButtonPress | None:
    """Make the press once more, of a control that carried the same; None for a value that cannot be read."""
    route = BUTTONS.get(action.action)
    value = decode(route.reads if route else SentComment, action.value)
    if value is None:
        return None
    return ButtonPress(
        origin=_origin(action),
        once=action.request_name,
        team=action.team,
        route=action.action,
        occasion=action.occasion,
        value=value,
    )
