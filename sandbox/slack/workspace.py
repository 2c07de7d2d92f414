"""The objects of the pretend workspace: people, channels, user groups, the app."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

PersonKind = Literal["responder", "member", "guest", "stranger", "grid", "slackbot", "workflow"]
ChannelKind = Literal["public", "private", "im"]

BOT_TOKEN: Final = "xoxb-pretend-0001"  # noqa: S105 - opens nothing but this sandbox
APP_TOKEN: Final = "xapp-pretend-0001"  # noqa: S105 - same
SIGNING_SECRET: Final = "pretend-signing-secret-0001"  # noqa: S105 - same

# Default scopes of the installed app (docs.slack.dev/reference/scopes).
SCOPES: Final = (
    "commands",
    "chat:write",
    "app_mentions:read",
    "im:history",
    "users:read",
    "users:read.email",
    "files:write",
    "usergroups:read",
    "usergroups:write",
    "im:write",
    "channels:write.topic",
    "groups:write.topic",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
)


@dataclass
class Person:
    """A person."""

    id: str
    name: str
    real_name: str
    kind: PersonKind
    title: str
    email: str
    team_id: str
    tz: str = "Europe/Berlin"
    # The language they read Slack in (docs.slack.dev/reference/methods/users.info, include_locale).
    locale: str = "en-GB"
    is_deleted: bool = False

    @property
    def is_bot(self) -> bool:
        """Return whether Slack marks them as a bot, which excludes Slackbot."""
        return self.kind == "workflow"

    @property
    def is_guest(self) -> bool:
        """Return whether they are a guest."""
        return self.kind == "guest"

    @property
    def is_stranger(self) -> bool:
        """Return whether they belong to another organisation."""
        return self.kind == "stranger"


@dataclass
class Channel:
    """A conversation; `members` are ids of people and of the bot's user."""

    id: str
    name: str
    kind: ChannelKind = "public"
    # As Slack stores it: with entities.
    topic: str = ""
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_shared: bool = False
    is_read_only: bool = False
    topic_by: str = ""
    topic_at: int = 0

    @property
    def is_im(self) -> bool:
        """Return whether this is a direct message."""
        return self.kind == "im"


@dataclass
class UserGroup:
    """A user group."""

    id: str
    handle: str
    name: str
    users: list[str]
    is_disabled: bool = False


@dataclass(frozen=True)
class Word:
    """A completion of the message box after a command."""

    word: str
    description: str
    hint: str = ""


@dataclass(frozen=True)
class Command:
    """A slash command of the app."""

    command: str
    description: str
    usage_hint: str
    words: tuple[Word, ...] = ()
    # "Escape channels, users, and links sent to your app".
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    """A global or message shortcut."""

    callback_id: str
    kind: Literal["global", "message"]
    name: str = ""


@dataclass
class App:
    """The installed app: its bot, scopes and event subscriptions.

    `has_home`: the Home tab is enabled; `may_change_groups`: the workspace lets apps edit user groups.
    """

    id: str
    name: str
    bot_id: str
    user_id: str
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = ("app_mention", "message.im", "app_home_opened")
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    has_home: bool = False
    may_change_groups: bool = True
    # The id of another app whose app-level token the bot uses.
    other_app: str | None = None


@dataclass
class Workspace:
    """A Slack workspace with one app installed in it."""

    id: str
    name: str
    domain: str
    app: App
    people: dict[str, Person]
    channels: dict[str, Channel]
    groups: dict[str, UserGroup]
    # Its Enterprise Grid, if any.
    enterprise: str | None = None
    # Not in the free plan.
    has_user_groups: bool = True
    # For how long messages can be edited; None for ever. Administrators set it.
    edit_window: timedelta | None = None

    def im_with(self, user_id: str) -> Channel | None:
        """Find the direct message between a person and the bot."""
        return next((c for c in self.channels.values() if c.is_im and user_id in c.members), None)

    def are_together(self, user_id: str, other_id: str) -> bool:
        """Return whether two people share a channel."""
        return any({user_id, other_id} <= set(channel.members) for channel in self.channels.values())

    def is_member(self, user_id: str, channel_id: str) -> bool:
        """Return whether a person, or the bot, is in a channel."""
        channel = self.channels.get(channel_id)
        return channel is not None and user_id in channel.members
