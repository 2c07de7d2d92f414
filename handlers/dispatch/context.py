"""What a handler receives."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

from bot.audit.model import Attempt, AuditAction, AuditActor
from bot.flashduty import Flashduty, Incident, Unreachable
from bot.incidents.actions.command import Actor
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ButtonValue, ValueT, encode
from bot.messages.forms import Form
from bot.messages.language import Language
from bot.runtime.time_zones import zone_named
from bot.teams.access import SlackPerson, Team, Verdict
from handlers.dispatch.attached import OpenView, SharedMessage
from handlers.dispatch.services import Services
from handlers.dispatch.time_limits import TimeLimits

# The format of an occasion: the minute, in UTC, of the first request.
OCCASION_FORMAT: Final = "%Y-%m-%dT%H:%MZ"
NO_VALUE: Final = ButtonValue(team="")


@dataclass(frozen=True)
class Origin:
    """Where a request came from, and where its answer goes."""

    workspace: str
    channel: str
    user: str
    thread: str | None = None
    response_url: str | None = None
    is_public: bool = False
    """Whether others see the pressed message too."""
    message: str | None = None
    """The `ts` of the pressed message; None for an ephemeral one, which can have no thread."""
    has_replies: bool = False
    """Whether the pressed message has a thread."""
    view: OpenView | None = None
    """The view that shows the answer: a form, or the view with the pressed control."""

    blocks: tuple[Mapping[str, Any], ...] = field(default=(), repr=False, compare=False)
    """The blocks of the pressed message or view as Slack sends them; empty for an ephemeral one. Untrusted."""

    attachments: tuple[Mapping[str, Any], ...] = field(default=(), repr=False, compare=False)
    """The attachments of the pressed message, likewise."""

    first_thread: str | None = None
    """The thread of the first attempt, where the pressed control retries an announcement; of a mention, its own."""

    is_mention: bool = False
    """Whether it is a mention in a channel, which is answered in its thread for everybody."""

    @property
    def announcement_thread(self) -> str | None:
        """The thread of an announcement; None for the channel itself."""
        return self.thread or self.first_thread

    @property
    def is_direct(self) -> bool:
        """Whether nobody else sees the answer: a direct message with the bot, or a view without a channel."""
        return not self.channel or self.channel.startswith("D")


@dataclass(frozen=True)
class Incoming:
    """An incoming request; `once` is its deduplication key, equal for every delivery of it."""

    origin: Origin
    once: str
    words: str = ""
    team: str | None = None
    route: str | None = None
    is_retry: bool = False
    occasion: str = ""
    """The minute of the first request, for what must be posted once; a retry control carries it."""

    pressed: tuple[str, str] | None = None
    """The action id and the value of the control that was pressed."""

    typed: str = field(default="", repr=False)
    """The text behind a command exactly as typed, without the team."""

    trigger_id: str | None = field(default=None, repr=False)
    """Slack's token for opening one view within three seconds of the request."""

    value: ButtonValue = NO_VALUE
    """The value of the pressed control; for a command the view that its words describe."""

    signature: str = field(default="", repr=False)
    """The signature of the HTTP request; empty in Socket Mode."""

    @property
    def incident(self) -> str:
        """The id of its incident; empty for a request without one."""
        return self.value.incident

    @property
    def subject(self) -> str:
        """The encoded value without occasion and thread; equal for requests for the same thing."""
        return encode(replace(self.value, occasion="", thread=""))

    def with_value(self, value: ButtonValue) -> Self:
        """Return the request with the decoded value of its control."""
        origin = replace(self.origin, first_thread=value.thread or None)
        return replace(self, value=value, team=value.team or None, occasion=value.occasion, origin=origin)


@dataclass(frozen=True)
class Request:
    """A request after its person was admitted."""

    team: Team
    flashduty: Flashduty
    person: SlackPerson
    origin: Origin
    now: datetime
    deadline: float
    """The time limit of Flashduty's answers, as event loop time."""

    limits: TimeLimits
    command: str
    """The name of the slash command, with its slash."""

    language: Language
    """The language of the person."""

    channel_language: Language
    """The language of the team's channels."""

    services: Services
    teams: tuple[Team, ...]
    """The teams that a shortcut may be for, `team` first; for any other request the one team."""

    may_act: Callable[[], Awaitable[Verdict]]
    """Checks whether the person may change incidents; for handlers with a condition of their own, and for drawing."""

    once: str
    """The deduplication key of the request."""

    will_send: Callable[[str, ButtonValue], Awaitable[None]]
    """Notes the action that is about to be sent, by its name, with what a process that looks it up must know."""

    value: ButtonValue = NO_VALUE
    """The value of the pressed control; for a command the view that its words describe."""

    occasion: str = ""
    """The minute of the first request; a retry control carries it."""

    is_retry: bool = False
    typed: str = ""
    """The text behind a command exactly as typed."""

    shared: SharedMessage | None = None
    """The message of a message shortcut."""

    standing: Message | None = None
    """What is on the screen already, marked as not refreshed: it stays while Flashduty does not answer."""

    show_in_view: Callable[[Form], Awaitable[bool]] | None = field(default=None, repr=False, compare=False)
    """Replaces the contents of the open view while the request goes on; None where no view shows the answer."""

    fresh: Incident | None = None
    """An incident read a moment ago, newer than the answer of a list may be."""

    @property
    def incident(self) -> str:
        """The id of its incident; empty for a request without one."""
        return self.value.incident

    def value_as(self, kind: type[ValueT]) -> ValueT:
        """Return the value as the type that the route reads; raises TypeError for any other type."""
        if not isinstance(self.value, kind):
            raise TypeError(f"a {type(self.value).__name__} is no {kind.__name__}")
        return self.value

    def keep_what_stands(self, parts: Collection[object]) -> None:
        """Raise the first part where all of them are without an answer and something is on the screen already."""
        unread = [part for part in parts if isinstance(part, Unreachable)]
        if self.standing is not None and unread and len(unread) == len(parts):
            raise unread[0]

    async def show_meanwhile(self, form: Form) -> None:
        """Show in the open view what there is so far, without waiting longer than the request may take."""
        if self.show_in_view is None or self.origin.view is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self.deadline):
                await self.show_in_view(form)

    async def shows_action_controls(self) -> bool:
        """Return whether controls that change something are drawn: in public, and unless the person may not act.

        Where permissions cannot be read the controls are drawn, and the press is checked.
        """
        return self.origin.is_public or await self.may_act() is not Verdict.NO

    @property
    def audience(self) -> Audience:
        """The audience of an answer without controls that change something."""
        return self.to_channel if self.origin.is_public else self.to_person

    @property
    def to_person(self) -> Audience:
        """The person alone, as the audience of what only they see even where the answer is public."""
        return Audience(
            command=self.command,
            bot_user=self.services.workspace.installation.bot_user,
            now=self.now,
            language=self.language,
            zone=zone_named(self.person.timezone or "", self.team.timezone),
            is_direct=self.origin.is_direct,
        )

    @property
    def to_channel(self) -> Audience:
        """The audience of a message for the whole channel, in its language."""
        return Audience(
            command=self.command,
            bot_user=self.services.workspace.installation.bot_user,
            now=self.now,
            language=self.channel_language,
            zone=self.team.timezone,
            is_public=True,
            is_direct=self.origin.is_direct,
        )

    async def audience_by_permission(self) -> Audience:
        """Return the audience with the permission of the person."""
        return replace(
            self.audience, may_act=await self.shows_action_controls(), may_change=await self.key_may_change()
        )

    async def key_may_change(self) -> bool:
        """Return whether controls that change incidents are drawn, as far as the key of the one team is known.

        In public, and for several teams at once, they are, and the press is answered.
        """
        if self.origin.is_public or len(self.teams) > 1:
            return True
        return await self.services.key_permissions.may_change(self.team.name)

    @property
    def actor(self) -> Actor:
        """The person as the actor of commands on incidents."""
        return Actor(
            team=self.team,
            person=self.person,
            to=self.to_person,
            flashduty=self.flashduty,
            deadline=self.deadline,
            brief_timeout=self.limits.names,
            workspace=self.origin.workspace,
            once=self.once,
        )

    def attempt(self, action: AuditAction, *, subject: str = "", asked: str = "") -> Attempt:
        """Return the attempt of the person at something that is no incident, for the audit trail."""
        by = AuditActor(team=self.team.name, person=self.person, workspace=self.origin.workspace, once=self.once)
        return Attempt(actor=by, action=action, at=self.now, subject=subject, asked=asked)

    def flashduty_of(self, team: Team) -> Flashduty:
        """Return Flashduty with the key of one of the person's teams, speaking their language."""
        return team.flashduty.speaking(self.language.code).until(self.deadline)

    def flashduty_for_wording(self) -> Flashduty:
        """Return Flashduty with the time limit of a lookup, for calls that decide the wording of an answer."""
        now = asyncio.get_running_loop().time()
        return self.flashduty.until(now + self.limits.lookup)

    def flashduty_for_names(self) -> Flashduty:
        """Return Flashduty with a short time limit, for what an answer can omit, such as names."""
        now = asyncio.get_running_loop().time()
        return self.flashduty.until(now + self.limits.names)
