"""Who and what there is in the pretend workspace."""

from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["responder", "member", "guest", "stranger", "grid", "slackbot", "workflow"]
ChannelKind = Literal["public", "private", "im"]

BOT_TOKEN: Final = "xoxb-pretend-0001"  # noqa: S105 - opens nothing but this sandbox
APP_TOKEN: Final = "xapp-pretend-0001"  # noqa: S105 - same
SIGNING_SECRET: Final = "pretend-signing-secret-0001"  # noqa: S105 - same

# What an installed app may do unless a test says otherwise (docs.slack.dev/reference/scopes).
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
    """Somebody who can be acted as."""

    id: str
    name: str
    real_name: str
    kind: Kind
    title: str
    email: str
    team_id: str
    tz: str = "Europe/Berlin"
    is_deleted: bool = False

    @property
    def is_bot(self) -> bool:
        """Tell whether Slack calls them a bot, which it does not do of its own Slackbot."""
        return self.kind == "workflow"

    @property
    def is_guest(self) -> bool:
        """Tell whether they see only the channels they were let into."""
        return self.kind == "guest"

    @property
    def is_stranger(self) -> bool:
        """Tell whether they belong to another organisation."""
        return self.kind == "stranger"


@dataclass
class Channel:
    """A conversation; `members` are ids of people and of the bot's user."""

    id: str
    name: str
    kind: ChannelKind = "public"
    # As Slack keeps it: with entities.
    topic: str = ""
    members: list[str] = field(default_factory=list)
    is_archived: bool = False
    is_shared: bool = False
    topic_by: str = ""
    topic_at: int = 0

    @property
    def is_im(self) -> bool:
        """Tell whether this is a direct message."""
        return self.kind == "im"


@dataclass
class UserGroup:
    """People who can be mentioned together."""

    id: str
    handle: str
    name: str
    users: list[str]
    is_disabled: bool = False


@dataclass(frozen=True)
class Word:
    """A word the message box offers after a command."""

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
    """An entry in the menu beside the message box, or in that of a message."""

    callback_id: str
    kind: Literal["global", "message"]
    name: str = ""


@dataclass
class App:
    """The installed app: its bot, what it may do and what it is told.

    `has_home` is the Home tab of the app's settings; `may_change_groups` the workspace's permission to do so.
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
    # The app whose app-level token the bot was given, where it is another one.
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
    # The Enterprise Grid it belongs to, if any.
    enterprise: str | None = None
    # Plans without charge have none.
    has_user_groups: bool = True

    def im_with(self, user_id: str) -> Channel | None:
        """Find the direct message between a person and the bot."""
        return next((c for c in self.channels.values() if c.is_im and user_id in c.members), None)

    def are_together(self, user_id: str, other_id: str) -> bool:
        """Tell whether two are in a channel together."""
        return any({user_id, other_id} <= set(channel.members) for channel in self.channels.values())

    def is_member(self, user_id: str, channel_id: str) -> bool:
        """Tell whether somebody, or the bot, is in a channel."""
        channel = self.channels.get(channel_id)
        return channel is not None and user_id in channel.members


_WORDS: Final = (
    Word("incidents", "what is open, most severe first", "[critical warning info] [open closed] [since:7d] [words]"),
    Word("incident", "one incident by its number", "0E83EE"),
    Word("oncall", "who is on call now, and who is next", "[part of a schedule's name] [week] [at:+6h]"),
    Word("me", "am I on call, my next shifts, my incidents"),
    Word("digest", "this morning's digest, privately", "[week] [post]"),
    Word("help", "what can be done here"),
)

_COMMAND: Final = Command(
    command="/flashduty",
    description="Incidents, who is on call, the digest",
    usage_hint="[incidents | incident 0E83EE | oncall | me | digest | help]",
    words=_WORDS,
)


def harbor() -> Workspace:
    """Build the workspace of the demo and of the tests."""
    app = App(id="A0FLASHDUTY", name="Flashduty", bot_id="B0FLASHBOT", user_id="U0FLASHBOT", commands=(_COMMAND,))
    people = {person.id: person for person in _people()}
    channels = {channel.id: channel for channel in (*_channels(app.user_id), *_direct_messages(people, app.user_id))}
    groups = {group.id: group for group in _groups()}
    return Workspace(
        id="T0HARBOR", name="Harbor", domain="harbor", app=app, people=people, channels=channels, groups=groups
    )


def _people() -> list[Person]:
    home, away = "T0HARBOR", "T0OTHER"
    return [
        Person(
            id="U0ALICE",
            name="alice",
            real_name="Alice Chen",
            kind="responder",
            title="On call, Payments",
            email="alice@harbor.example",
            team_id=home,
        ),
        Person(
            id="U0BOB",
            name="bob",
            real_name="Bob Müller",
            kind="responder",
            title="On call, Payments",
            email="bob@harbor.example",
            team_id=home,
        ),
        Person(
            id="U0XIAOMING",
            name="xiaoming",
            real_name="王小明",
            kind="responder",
            title="On call, Payments",
            email="xiaoming@harbor.example",
            team_id=home,
            tz="Asia/Shanghai",
        ),
        Person(
            id="U0CAROL",
            name="carol",
            real_name="Carol Diaz",
            kind="member",
            title="Product",
            email="carol@harbor.example",
            team_id=home,
        ),
        Person(
            id="U0GINA",
            name="gina",
            real_name="Gina Park",
            kind="guest",
            title="Contractor",
            email="gina@contractor.example",
            team_id=home,
        ),
        Person(
            id="U0OTTO",
            name="otto",
            real_name="Otto Lang",
            kind="stranger",
            title="Partner organisation",
            email="otto@otherworks.example",
            team_id=away,
        ),
    ]


def outsiders() -> dict[str, Person]:
    """Name who can appear in a workspace without being a person of it; not in the cast unless a test adds them."""
    home = "T0HARBOR"
    return {
        "U0GREG": Person(
            id="U0GREG",
            name="greg",
            real_name="Greg Hill",
            kind="grid",
            title="Another workspace",
            email="greg@pier.example",
            team_id="T0PIER",
        ),
        "USLACKBOT": Person(
            id="USLACKBOT", name="slackbot", real_name="Slackbot", kind="slackbot", title="", email="", team_id=home
        ),
        "U0FLOW": Person(
            id="U0FLOW",
            name="handover",
            real_name="Hand-over workflow",
            kind="workflow",
            title="",
            email="",
            team_id=home,
        ),
    }


def _channels(bot: str) -> list[Channel]:
    colleagues = ["U0ALICE", "U0BOB", "U0CAROL"]
    with_guest = [*colleagues, "U0XIAOMING", "U0GINA", bot]
    with_stranger = [*colleagues, "U0XIAOMING", "U0OTTO", bot]
    return [
        Channel(
            id="C0PAYMENTS",
            name="payments-oncall",
            kind="public",
            topic="Payments: who carries the pager",
            members=with_guest,
        ),
        Channel(
            id="C0SEARCH",
            name="search-oncall",
            kind="public",
            topic="Search: incidents and hand-overs",
            members=[*colleagues, bot],
        ),
        Channel(
            id="C0GENERAL",
            name="general",
            kind="public",
            topic="Everybody at Harbor",
            members=[*colleagues, "U0XIAOMING", bot],
        ),
        Channel(
            id="C0SHARED",
            name="payments-partners",
            kind="public",
            topic="Payments with Otherworks",
            members=with_stranger,
            is_shared=True,
        ),
    ]


def _groups() -> list[UserGroup]:
    return [
        UserGroup(id="S0RESPOND", handle="responders", name="Responders", users=["U0ALICE", "U0BOB", "U0XIAOMING"]),
        # Whoever keeps it equal to the rota finds somebody to add and somebody to remove.
        UserGroup(id="S0PAYONCALL", handle="payments-oncall", name="Payments on call", users=["U0CAROL"]),
    ]


def _direct_messages(people: dict[str, Person], bot: str) -> list[Channel]:
    return [
        Channel(id=f"D{user_id[1:]}", name="directmessage", kind="im", topic="", members=[user_id, bot])
        for user_id in people
    ]
