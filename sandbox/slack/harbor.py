"""The sample workspace "Harbor" of the demo and of the tests."""

from collections.abc import Iterable, Mapping
from typing import Final

from sandbox.slack.workspace import App, Channel, Command, Person, PersonKind, Shortcut, UserGroup, Word, Workspace

_WORDS: Final = (
    Word("incidents", "what is open, most severe first", "[critical warning info] [open closed] [since:7d] [words]"),
    Word("incident", "one incident by its number", "0E83EE"),
    Word("comment", "add a comment to an incident", "0E83EE restarting the database"),
    Word("oncall", "who is on call now, and who is next", "[part of a schedule's name] [week] [at:+6h]"),
    Word("me", "am I on call, my next shifts, my incidents"),
    Word("digest", "this morning's digest, privately", "[week] [post]"),
    Word("language", "the language the bot speaks to you", "[中文] [English] [auto]"),
    Word("help", "what can be done here"),
)

_COMMAND: Final = Command(
    command="/flashduty",
    description="Incidents, who is on call, the digest",
    usage_hint=(
        "[incidents | incident 0E83EE | ack 0E83EE | comment 0E83EE | catchup 0E83EE | oncall | me | digest |"
        " language | help]"
    ),
    words=_WORDS,
)
# id, name, real name, kind, title, e-mail address
_PEOPLE: Final[tuple[tuple[str, str, str, PersonKind, str, str], ...]] = (
    ("U0ALICE", "alice", "Alice Chen", "responder", "On call, Payments", "alice@harbor.example"),
    ("U0BOB", "bob", "Bob Müller", "responder", "On call, Payments", "bob@harbor.example"),
    ("U0XIAOMING", "xiaoming", "王小明", "responder", "On call, Payments", "xiaoming@harbor.example"),
    ("U0CAROL", "carol", "Carol Diaz", "member", "Product", "carol@harbor.example"),
    ("U0GINA", "gina", "Gina Park", "guest", "Contractor", "gina@contractor.example"),
    ("U0OTTO", "otto", "Otto Lang", "stranger", "Partner organisation", "otto@otherworks.example"),
)
# Authors that are not people of the workspace; tests add them.
_OUTSIDERS: Final[tuple[tuple[str, str, str, PersonKind, str, str], ...]] = (
    ("U0GREG", "greg", "Greg Hill", "grid", "Another workspace", "greg@pier.example"),
    ("USLACKBOT", "slackbot", "Slackbot", "slackbot", "", ""),
    ("U0FLOW", "handover", "Hand-over workflow", "workflow", "", ""),
)
_HOME: Final = "T0HARBOR"
_OTHER_WORKSPACES: Final[Mapping[str, str]] = {"U0OTTO": "T0OTHER", "U0GREG": "T0PIER"}


def harbor() -> Workspace:
    """Return the sample workspace."""
    app = App(
        id="A0FLASHDUTY",
        name="Flashduty",
        bot_id="B0FLASHBOT",
        user_id="U0FLASHBOT",
        commands=(_COMMAND,),
        shortcuts=(
            Shortcut("incidents", "global", "Open incidents"),
            Shortcut("comment", "message", "Add to incident…"),
        ),
        has_home=True,
    )
    people = _persons(_PEOPLE)
    channels = {channel.id: channel for channel in (*_channels(app.user_id), *_direct_messages(people, app.user_id))}
    groups = {group.id: group for group in _groups()}
    return Workspace(id=_HOME, name="Harbor", domain="harbor", app=app, people=people, channels=channels, groups=groups)


def outsiders() -> dict[str, Person]:
    """Return authors that are not people of the workspace: of a Grid, Slackbot, a workflow; tests add them."""
    return _persons(_OUTSIDERS)


def _persons(rows: Iterable[tuple[str, str, str, PersonKind, str, str]]) -> dict[str, Person]:
    return {
        user_id: Person(
            id=user_id,
            name=name,
            real_name=real_name,
            kind=kind,
            title=title,
            email=email,
            team_id=_OTHER_WORKSPACES.get(user_id, _HOME),
            tz="Asia/Shanghai" if user_id == "U0XIAOMING" else "Europe/Berlin",
            locale="zh-CN" if user_id == "U0XIAOMING" else "en-GB",
        )
        for user_id, name, real_name, kind, title, email in rows
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
        # Differs from the schedules: a synchronisation adds and removes members.
        UserGroup(id="S0PAYONCALL", handle="payments-oncall", name="Payments on call", users=["U0CAROL"]),
    ]


def _direct_messages(people: dict[str, Person], bot: str) -> list[Channel]:
    return [
        Channel(id=f"D{user_id[1:]}", name="directmessage", kind="im", topic="", members=[user_id, bot])
        for user_id in people
    ]
