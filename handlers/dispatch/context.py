"""What a handler is given, and what it gives back."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from bot.digest.gather import DigestDependencies
from bot.digest.job import DigestJob
from bot.flashduty import Flashduty, Incident
from bot.handoff.takeovers import Takeovers
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.attribution import Attributions
from bot.incidents.commands import Actor, CommandRunner
from bot.incidents.open_list import OpenIncidentList
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ButtonValue, ValueT, encode
from bot.messages.errors import Retry
from bot.messages.forms import Form
from bot.messages.language import ENGLISH, Language
from bot.messages.text import Mrkdwn
from bot.report.job import ReportJob
from bot.runtime.time_zones import zone_named
from bot.slack.workspace import Workspace
from bot.storage.people.form_drafts import FormDrafts
from bot.teams.access import SlackPerson, Team, Verdict
from bot.usergroups.job import UserGroupSync
from handlers.dispatch.attached import OpenView, SharedMessage
from handlers.dispatch.time_limits import TimeLimits

# How an occasion is written: the minute, in UTC, in which something was first asked for.
OCCASION_FORMAT: Final = "%Y-%m-%dT%H:%MZ"
NO_VALUE: Final = ButtonValue(team="")


@dataclass(frozen=True)
class Origin:
    """Where something was asked or pressed, and how an answer gets there."""

    workspace: str
    channel: str
    user: str
    thread: str | None = None
    response_url: str | None = None
    is_public: bool = False
    """Whether what was pressed stands where others see it too."""
    message: str | None = None
    """The address of the message that was pressed; a private one has none that a thread can hang on."""

    has_replies: bool = False
    """Whether a thread hangs on the message that was pressed."""

    view: OpenView | None = None
    """The view that an answer is shown in: a form, or the one that was pressed in."""

    belongs_under: str | None = None
    """The thread a line for the channel belongs in, where what was pressed tries that line again."""

    @property
    def line_thread(self) -> str | None:
        """The thread in which a line for the channel goes, if it was asked for in one."""
        return self.thread or self.belongs_under

    @property
    def is_direct(self) -> bool:
        """Whether nobody else is there: the person's own conversation with the bot, or a view without a channel."""
        return not self.channel or self.channel.startswith("D")


@dataclass(frozen=True)
class Incoming:
    """What arrived: where, what, and the name under which a second delivery is known."""

    origin: Origin
    once: str
    words: str = ""
    team: str | None = None
    route: str | None = None
    is_retry: bool = False
    occasion: str = ""
    """When a thing that must come once was first asked for, as a control that tries again carries it."""

    pressed: tuple[str, str] | None = None
    """The action id and the value of the control that was pressed."""

    typed: str = field(default="", repr=False)
    """What stands behind a command as it was typed, where its letters matter; the team is left out."""

    trigger_id: str | None = field(default=None, repr=False)
    """Opens one form within three seconds of the request."""

    value: ButtonValue = NO_VALUE
    """What the pressed control carries; for typed words the view they ask for."""

    signature: str = field(default="", repr=False)
    """The signature it came with over HTTP; empty in Socket Mode."""

    @property
    def incident(self) -> str:
        """The id of the incident it is about; empty when it is about none."""
        return self.value.incident

    @property
    def subject(self) -> str:
        """What it is about, written; equal for everything that asks for the same."""
        return encode(replace(self.value, occasion="", thread=""))

    def reading(self, value: ButtonValue) -> Self:
        """Return the same with what its control carries."""
        origin = replace(self.origin, belongs_under=value.thread or None)
        return replace(self, value=value, team=value.team or None, occasion=value.occasion, origin=origin)


@dataclass(frozen=True)
class Services:
    """What handlers use besides Flashduty: what is remembered between requests, and what posts by itself."""

    acknowledgements: Acknowledgements
    attributions: Attributions
    commands: CommandRunner
    workspace: Workspace
    drafts: FormDrafts
    open_incidents: OpenIncidentList
    digest_dependencies: DigestDependencies
    takeovers: Takeovers
    digests: DigestJob
    reports: ReportJob
    user_groups: UserGroupSync


@dataclass(frozen=True)
class Request:
    """One thing a person asks for, after it was allowed."""

    team: Team
    flashduty: Flashduty
    person: SlackPerson
    origin: Origin
    now: datetime
    deadline: float
    """The event loop's time by which Flashduty must have answered."""

    limits: TimeLimits
    command: str
    """The name of the slash command, as people type it."""

    services: Services
    teams: tuple[Team, ...]
    """The teams a shortcut may be for, `team` the first of them; of everything else the one team."""

    may_act: Callable[[], Awaitable[Verdict]]
    """Asks whether the person may act, for what others may do under a condition of its own, and for what is drawn."""
    once: str
    """The name of the request, the same for a second delivery of it."""

    value: ButtonValue = NO_VALUE
    """What the pressed control carries; for typed words the view they ask for."""

    occasion: str = ""
    """The minute in which it was first asked for: a control that tries again brings it back."""

    is_retry: bool = False
    typed: str = ""
    """The words as they were typed, where their letters matter."""

    shared: SharedMessage | None = None
    """The message a shortcut was chosen on."""

    fresh: Incident | None = None
    """An incident as it was read just now, newer than what a list may say."""

    language: Language = ENGLISH
    """The person's."""

    channel_language: Language = ENGLISH
    """That of the team's channel."""

    @property
    def incident(self) -> str:
        """The id of the incident it is about; empty when it is about none."""
        return self.value.incident

    def carried(self, kind: type[ValueT]) -> ValueT:
        """Return the value as the record that the route reads; raises TypeError for a route that reads another."""
        if not isinstance(self.value, kind):
            raise TypeError(f"a {type(self.value).__name__} is no {kind.__name__}")
        return self.value

    async def shows_acting(self) -> bool:
        """Tell whether controls that act are drawn: where all see them, or for somebody who may, or perhaps may.

        Where it is not known who may, the press decides, and says what is not known.
        """
        return self.origin.is_public or await self.may_act() is not Verdict.NO

    @property
    def audience(self) -> Audience:
        """For whom the answer is drawn, where nothing in it acts."""
        if self.origin.is_public:
            return self.to_channel
        return Audience(
            command=self.command,
            now=self.now,
            language=self.language,
            zone=zone_named(self.person.timezone or "", self.team.timezone),
            is_direct=self.origin.is_direct,
        )

    @property
    def to_channel(self) -> Audience:
        """Everybody in the channel, who read its language."""
        return Audience(
            command=self.command,
            now=self.now,
            language=self.channel_language,
            zone=self.team.timezone,
            is_public=True,
            is_direct=self.origin.is_direct,
        )

    async def judged_audience(self) -> Audience:
        """For whom the answer is drawn, by whether controls that act are shown."""
        return replace(self.audience, may_act=await self.shows_acting())

    @property
    def actor(self) -> Actor:
        """The person as whoever changes incidents of the team."""
        return Actor(
            team=self.team,
            person=self.person,
            flashduty=self.flashduty,
            deadline=self.deadline,
            brief_timeout=self.limits.names,
        )

    def flashduty_for_wording(self) -> Flashduty:
        """Give Flashduty for what decides how an answer is worded, in about the time a person waits for a look."""
        now = asyncio.get_running_loop().time()
        return self.flashduty.until(now + self.limits.lookup)

    def flashduty_for_names(self) -> Flashduty:
        """Give Flashduty for what an answer can do without, such as names."""
        now = asyncio.get_running_loop().time()
        return self.flashduty.until(now + self.limits.names)


WHAT_WAS_SHARED: Final = Mrkdwn("your message")


@dataclass(frozen=True)
class Announcement:
    """A line for the whole channel; `once` names the occasion, under which it is found when an answer got lost.

    With `in_thread` it goes under the message that was pressed, where that is possible. `retry` is the control that
    tells the channel again; `is_again` when it was pressed, so that the line may be there.
    """

    message: Message
    once: str
    in_thread: bool = False
    elsewhere: str | None = None
    """The team's own channel, when the thing was done in one that is not."""

    about: Mrkdwn = WHAT_WAS_SHARED
    retry: Retry | None = None
    is_again: bool = False

    def repeated(self) -> Self:
        """Give the line as one that may be there already."""
        return replace(self, is_again=True)


@dataclass(frozen=True)
class Reply:
    """Everything there is to show.

    `again` draws the message that was pressed once more, around this incident as it is now. Where that cannot be done,
    `mark` stands in place of the control that was pressed, and `otherwise` is told. `outcome` is for the log.
    """

    private: Message | None = None
    redraw: Message | None = None
    form: Form | None = None
    """Shown in the open view; `private` is told where that is gone."""

    public: Message | None = None
    again: Incident | None = None
    announcement: Announcement | None = None
    mark: Mrkdwn | None = None
    otherwise: Message | None = None
    outcome: str = "told"
