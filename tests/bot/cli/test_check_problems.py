"""Set-ups whose settings are right and whose world is not: what `check` prints, and how it exits.

What exists only elsewhere, something else answers, settings without effect. What is wrong in the
settings themselves is in test_wrong_set_ups.py.
"""

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import main
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.model.schedule import RotationGroup
from sandbox.slack import PretendSlack

ROOT = Path(__file__).parents[3]
PAYMENTS, SEARCH = "FLASHDUTY_TEAMS__PAYMENTS__", "FLASHDUTY_TEAMS__SEARCH__"


def nothing(_slack, _flashduty):
    """Leave the world as it is."""


@dataclass
class World:
    """What is wrong in the world or with regard to it, and what the operator must read."""

    says: tuple[str, ...]
    prepare: object = nothing
    environ: dict = field(default_factory=dict)
    code: int = 1
    command: str = "check"
    never: tuple[str, ...] = ()


def wrong(*says, prepare=nothing, code=1, command="check", never=(), **team):
    """One team called Payments, with these settings."""
    environ = {(name if name.isupper() else PAYMENTS + name.upper()): value for name, value in team.items()}
    return World(says, prepare, environ, code, command, never)


def slack(change):
    return lambda slack, _flashduty: change(slack)


def flashduty(change):
    return lambda _slack, flashduty: change(flashduty)


def of_the_app(**fields):
    return slack(lambda slack: [setattr(slack.workspace.app, name, value) for name, value in fields.items()])


def without_scope(scope):
    def take(slack):
        slack.workspace.app.scopes = tuple(one for one in slack.workspace.app.scopes if one != scope)

    return take


def channel(name, **fields):
    def change(slack):
        for field_name, value in fields.items():
            setattr(slack.workspace.channels[name], field_name, value)

    return slack(change)


def deactivated(slack):
    slack.workspace.people["U0BOB"].is_deleted = True


def switched_off(slack):
    slack.workspace.groups["S0RESPOND"].is_disabled = True


def emptied(slack):
    slack.workspace.groups["S0RESPOND"].users.clear()


def on_a_free_plan(slack):
    slack.workspace.has_user_groups = False


def bot_outside(slack):
    slack.take_out(slack.workspace.app.user_id, "C0PAYMENTS")


def bot_outside_named(name):
    def prepare(slack):
        slack.workspace.app.name = name
        bot_outside(slack)

    return prepare


def key_without(permission):
    return flashduty(lambda one: one.keys["payments"].permissions.discard(permission))


def role_of_the_owner(*permissions):
    def change(one):
        one.account.roles[17] = frozenset(permissions)
        one.account.roles_of[one.keys["payments"].owner_id] = (17,)

    return flashduty(change)


def channel_off(one):
    one.account.channels[5001]["status"] = "disabled"


def failing(path, fault):
    return flashduty(lambda one: one.fail(path, fault, times=None))


def slack_failing(method, fault):
    return slack(lambda one: one.fail(method, fault, times=None))


def everybody_in_flashduty(**fields):
    """Whoever is on call at the moment is one of them."""

    def change(one):
        for person in one.account.persons.values():
            person.update(fields)

    return flashduty(change)


def a_crowd_on_call(flashduty):
    """Put 21 people on call at once in every schedule's first layer."""
    account = flashduty.account
    model = next(iter(account.persons.values()))
    for number in range(7900, 7921):
        account.persons[number] = {
            **model,
            "person_id": number,
            "person_name": f"Watch {number}",
            "email": "bob@harbor.example",
        }
    crowd = [RotationGroup("everybody", {1: tuple(range(7900, 7921))})]
    for number, rota in account.schedules.items():
        layers = tuple(replace(layer, groups=tuple(crowd)) for layer in rota.layers)
        account.schedules[number] = replace(rota, layers=layers)


def a_large_channel(slack):
    slack.workspace.channels["C0PAYMENTS"].members += [f"U0CROWD{number:05}" for number in range(5000)]


def a_large_channel_without_us(slack):
    """Nobody of ours is among the people who are read; the bot is in it."""
    channel = slack.workspace.channels["C0PAYMENTS"]
    channel.members[:] = [f"U0CROWD{number:05}" for number in range(5001)] + list(channel.members)


SWITCHED_OFF = {"oncall_may_act": "false", "flashduty_team_ids": "4001", "code": 0}
TWO_TEAMS = {SEARCH + "APP_KEY": "{search}", SEARCH + "SLACK_CHANNELS": "C0PAYMENTS"}
NOT_SLACK = ("✘ SLACK_BOT_TOKEN", "something else, a proxy perhaps, is at that address", "SLACK_API_URL")
NOT_FLASHDUTY = ("✘ APP key", "The reply was not from Flashduty", "FLASHDUTY_API_URL")
CANNOT_START = ("What answers at SLACK_API_URL is not Slack",)

WORLDS = {
    # Slack's tokens.
    "tokens of two apps": wrong(
        "✘ SLACK_APP_TOKEN", "is of the app A0OTHER", "A0FLASHDUTY", "same app", prepare=of_the_app(other_app="A0OTHER")
    ),
    "a proxy without WebSockets": wrong(
        "✘ SLACK_APP_TOKEN",
        "no connection comes about (status 503)",
        "WebSockets",
        "SLACK_SIGNING_SECRET",
        prepare=slack(lambda one: one.refuse_handshakes(1)),
    ),
    "Socket Mode is off": wrong(
        "✘ SLACK_APP_TOKEN",
        "Turn Socket Mode on",
        prepare=slack_failing("apps.connections.open", Fault.error("socket_mode_not_enabled")),
    ),
    "no slash command": wrong(
        "✘ scopes", "missing: commands", "no slash command either", prepare=slack(without_scope("commands"))
    ),
    "a revoked token": wrong(
        "✘ SLACK_BOT_TOKEN", "Install the app again", prepare=slack_failing("auth.test", Fault.error("token_revoked"))
    ),
    "another workspace": wrong("✘ workspaces", "T0HARBOR", slack_workspaces="T0ELSEWHERE"),
    # Something else answers.
    "a proxy's page for Slack": wrong(*NOT_SLACK, prepare=slack_failing("auth.test", Fault.html(200))),
    "a mesh's 503 for Slack": wrong(*NOT_SLACK, prepare=slack_failing("auth.test", Fault.html(503))),
    "Flashduty for Slack": wrong(*NOT_SLACK, SLACK_API_URL="{flashduty}/api/"),
    "JSON of another service for Slack": wrong(
        *NOT_SLACK, prepare=slack_failing("auth.test", Fault.says('{"ok": true, "version": "1.2"}'))
    ),
    "a list for Slack": wrong(*NOT_SLACK, prepare=slack_failing("auth.test", Fault.says('["ok"]'))),
    "text for Slack": wrong(
        *NOT_SLACK, prepare=slack_failing("auth.test", Fault.says("ok", content_type="text/plain"))
    ),
    "a redirect for Slack": wrong(*NOT_SLACK, prepare=slack_failing("auth.test", Fault.redirect())),
    "an empty answer about a channel": wrong(
        "✘ channel C0PAYMENTS",
        "something else",
        prepare=slack_failing("conversations.info", Fault.says('{"ok": true}')),
        slack_channels="C0PAYMENTS",
    ),
    "an empty answer about people": wrong(
        "✘ responder U0BOB",
        "something else",
        prepare=slack_failing("users.info", Fault.says('{"ok": true, "user": 7}')),
        responders="U0BOB",
    ),
    "an empty answer about groups": wrong(
        "✘ responder S0RESPOND",
        "something else",
        prepare=slack_failing("usergroups.list", Fault.says('{"ok": true}')),
        responders="S0RESPOND",
    ),
    "a page for one method only": wrong(
        "✘ channel C0PAYMENTS",
        "something else",
        prepare=slack_failing("conversations.info", Fault.html(200)),
        slack_channels="C0PAYMENTS",
    ),
    "nobody at Slack's address": wrong("cannot be reached from this machine", SLACK_API_URL="http://127.0.0.1:9/api/"),
    "a proxy's page for Flashduty": wrong(*NOT_FLASHDUTY, prepare=failing("/member/info", Fault.html(200))),
    "a mesh's 503 for Flashduty": wrong(*NOT_FLASHDUTY, prepare=failing("/member/info", Fault.html(503))),
    "JSON of another service for Flashduty": wrong(
        *NOT_FLASHDUTY, prepare=failing("/member/info", Fault.says('{"data": {"version": "1.2"}}'))
    ),
    "a list for Flashduty": wrong(*NOT_FLASHDUTY, prepare=failing("/member/info", Fault.says("[1, 2]"))),
    "text for Flashduty": wrong(
        *NOT_FLASHDUTY, prepare=failing("/member/info", Fault.says("ok", content_type="text/plain"))
    ),
    "Slack for Flashduty": wrong(*NOT_FLASHDUTY, FLASHDUTY_API_URL="{slack}"),
    "nobody at Flashduty's address": wrong("✘ APP key", "FLASHDUTY_API_URL", FLASHDUTY_API_URL="http://127.0.0.1:9"),
    "half an answer of Flashduty": wrong("✘ APP key", prepare=failing("/member/info", Fault.half_body())),
    "a start with a proxy's page for Slack": wrong(
        *CANNOT_START, command="run", prepare=slack_failing("auth.test", Fault.html(200))
    ),
    "a start with a mesh's 503 for Slack": wrong(
        *CANNOT_START, command="run", prepare=slack_failing("auth.test", Fault.html(503))
    ),
    "a start with JSON of another service for Slack": wrong(
        *CANNOT_START, command="run", prepare=slack_failing("auth.test", Fault.says('{"ok": true, "version": "1.2"}'))
    ),
    "a start with another service for Slack": wrong(*CANNOT_START, command="run", SLACK_API_URL="{flashduty}/api/"),
    "a start with a revoked token": wrong(
        "does not accept SLACK_BOT_TOKEN",
        command="run",
        prepare=slack_failing("auth.test", Fault.error("token_revoked")),
    ),
    # Channels.
    "a channel that is not there": wrong("✘ channel C0NOWHERE", "SLACK_CHANNELS", slack_channels="C0NOWHERE"),
    "an archived channel": wrong(
        "✘ channel C0PAYMENTS",
        "is archived",
        prepare=channel("C0PAYMENTS", is_archived=True),
        slack_channels="C0PAYMENTS",
    ),
    "a bot of another name is not in the channel": wrong(
        "✘ channel C0PAYMENTS",
        "“/invite @Pager” in #payments-oncall",
        prepare=slack(bot_outside_named("Pager")),
        slack_channels="C0PAYMENTS",
    ),
    "the bot is not in the channel": wrong(
        "✘ channel C0PAYMENTS", "/invite @Flashduty", prepare=slack(bot_outside), slack_channels="C0PAYMENTS"
    ),
    "a digest's channel that is not there": wrong("✘ channel C0NOWHERE", "DIGEST_CHANNEL", digest_channel="C0NOWHERE"),
    "a channel of two teams": World(
        ("✘ teams of C0PAYMENTS", "payments and search", PAYMENTS + "SLACK_CHANNELS", SEARCH + "SLACK_CHANNELS"),
        environ={PAYMENTS + "SLACK_CHANNELS": "C0PAYMENTS", **TWO_TEAMS},
    ),
    # People and groups.
    "a responder of another organisation": wrong("✘ responder U0OTTO", "of another organisation", responders="U0OTTO"),
    "an admin of another organisation": wrong("✘ admin U0OTTO", "of another organisation", "ADMINS", ADMINS="U0OTTO"),
    "a guest as responder": wrong("✘ responder U0GINA", "is a guest", "RESPONDERS", responders="U0GINA"),
    "a guest as admin": wrong("✘ admin U0GINA", "is a guest", ADMINS="U0GINA"),
    "somebody who has left": wrong(
        "✘ responder U0BOB", "is deactivated", prepare=slack(deactivated), responders="U0BOB"
    ),
    "somebody who is not there": wrong("✘ admin U0NOBODY", "does not exist in this workspace", ADMINS="U0NOBODY"),
    "the bot as responder": wrong("✘ responder U0FLASHBOT", "is not a person", responders="U0FLASHBOT"),
    "a group that is not there": wrong("✘ responder S0NOBODY", "does not exist", responders="S0NOBODY"),
    "a group that is switched off": wrong(
        "✘ responder S0RESPOND", "@responders is switched off", prepare=slack(switched_off), responders="S0RESPOND"
    ),
    "a group with nobody in it": wrong(
        "✘ responder S0RESPOND", "nobody in it", prepare=slack(emptied), responders="S0RESPOND"
    ),
    "a plan without user groups": wrong(
        "✘ responder S0RESPOND",
        "this workspace's plan has no user groups",
        "Name people (U…)",
        prepare=slack(on_a_free_plan),
        responders="S0RESPOND",
    ),
    "a plan without user groups, and one that follows": wrong(
        "✘ user group S0PAYONCALL",
        "plan has no user groups",
        prepare=slack(on_a_free_plan),
        slack_channels="C0PAYMENTS",
        oncall_usergroups="S0PAYONCALL=6001",
    ),
    "more channels than Slack's limit allows": wrong(
        "– channel C0PAYMENTS",
        "run the check again in a minute",
        code=0,
        prepare=slack_failing("conversations.info", Fault.rate_limited()),
        slack_channels="C0PAYMENTS",
    ),
    "no scope to read groups": wrong(
        "✘ responder S0RESPOND",
        "missing_scope",
        "see the line on scopes",
        prepare=slack(without_scope("usergroups:read")),
        responders="S0RESPOND",
    ),
    # Flashduty.
    "a wrong key": wrong("✘ APP key", "does not accept the APP Key", PAYMENTS + "APP_KEY", app_key="nobody-nobody-1"),
    "an expired key": wrong("✘ APP key", "does not accept the APP Key", app_key="{expired}"),
    "a key without Incidents Read": wrong(
        "✘ Incidents Read", "Not allowed", "scope", "role", prepare=key_without("Incidents Read")
    ),
    "a key without Analytics Read": wrong(
        "! Analytics Read", "no figures", "lacks “Analytics Read”", code=0, prepare=key_without("Analytics Read")
    ),
    "an account without the licence for analytics": wrong(
        "! Analytics Read", "no licence", code=0, prepare=failing("/insight/account", Fault.code("NoLicense"))
    ),
    "schedules that cannot be read": wrong(
        "✘ schedules", "Not allowed", prepare=failing("/schedule/list", Fault.code("AccessDenied"))
    ),
    "a role without Incidents Manage": wrong(
        "✘ Incidents Manage",
        "nobody can acknowledge",
        "Dana Okoye",
        prepare=role_of_the_owner("Incidents Read", "Analytics Read"),
    ),
    "a role with just what is needed": wrong(
        "– Incidents Manage",
        "a role of Dana Okoye allows it",
        "– key's scope cannot be looked at; see in the Flashduty console",
        code=0,
        prepare=role_of_the_owner("Incidents Read", "Incidents Manage", "Analytics Read"),
    ),
    "a role with more than is needed": wrong("– key's scope", "12 things the bot has no use for", code=0),
    "roles that are not told": wrong(
        "– Incidents Manage cannot be looked at without changing an incident",
        code=0,
        prepare=failing("/role/permission/list", Fault.code("RouteNotFound")),
    ),
    "a Flashduty team that is not there": wrong(
        "✘ Flashduty teams", "4999", PAYMENTS + "FLASHDUTY_TEAM_IDS", flashduty_team_ids="4001,4999"
    ),
    "a Flashduty channel that is not there": wrong(
        "✘ Flashduty channels", "5999", PAYMENTS + "FLASHDUTY_CHANNEL_IDS", flashduty_channel_ids="5999"
    ),
    "a Flashduty channel that is switched off": wrong(
        "✘ Flashduty channels", "(switched off)", prepare=flashduty(channel_off), flashduty_channel_ids="5001"
    ),
    "ids that are there": wrong(
        "✔ Flashduty teams 4001 Payments",
        "✔ Flashduty channels 5001 Payments API",
        code=0,
        flashduty_team_ids="4001",
        flashduty_channel_ids="5001",
    ),
    "schedules of a group that are not there": wrong(
        "✘ schedules of user groups",
        "6999",
        slack_channels="C0PAYMENTS",
        oncall_usergroups="S0PAYONCALL=6999",
    ),
    # Who may act, and who is on call.
    "whoever is on call is not in Slack": wrong(
        "! on call now",
        "has an e-mail address that nobody has in Slack",
        "same confirmed e-mail address",
        code=0,
        prepare=everybody_in_flashduty(email="nobody@harbor.example"),
    ),
    "whoever is on call has not confirmed the address": wrong(
        "! on call now",
        "has not confirmed the e-mail address",
        code=0,
        prepare=everybody_in_flashduty(email_verified=False),
    ),
    "whoever is on call has no address": wrong(
        "! on call now", "has no e-mail address in Flashduty", code=0, prepare=everybody_in_flashduty(email="")
    ),
    "whoever is on call is a guest": wrong(
        "! on call now",
        "is no full member of this Slack workspace",
        code=0,
        prepare=everybody_in_flashduty(email="gina@contractor.example"),
    ),
    "whoever is on call is no responder": wrong(
        "! on call now",
        "is no responder of the team",
        f"{PAYMENTS}ONCALL_MAY_ACT=true",
        code=0,
        oncall_may_act="false",
        responders="U0CAROL",
    ),
    "whoever is on call is in the group of responders": wrong(
        "✔ on call now",
        "all of them may act",
        code=0,
        oncall_may_act="false",
        responders="S0RESPOND",
        flashduty_team_ids="4001",
    ),
    "no responders and a channel": wrong(
        "✔ who may act whoever is in its channels, 6 now",
        "so may whoever is on call",
        code=0,
        slack_channels="C0PAYMENTS",
    ),
    "a channel of more people than are read": wrong(
        "✔ who may act whoever is in its channels, more than 5000 now",
        code=0,
        prepare=slack(a_large_channel),
        slack_channels="C0PAYMENTS",
    ),
    "no responders and no channel": wrong(
        "✔ who may act every full member of the workspace",
        "Slack tells how many that is only with a further scope",
        code=0,
    ),
    "named responders": wrong(
        f"✔ who may act the people and groups of {PAYMENTS}RESPONDERS, one person", code=0, responders="U0BOB"
    ),
    "named responders, some of them twice": wrong(
        f"✔ who may act the people and groups of {PAYMENTS}RESPONDERS, 4 people",
        code=0,
        responders="S0RESPOND,U0BOB,U0CAROL",
    ),
    "named responders, and a group that is not told": wrong(
        f"– who may act the people and groups of {PAYMENTS}RESPONDERS",
        "Slack does not tell who is in S0RESPOND (fetch_failed)",
        code=0,
        prepare=slack_failing("usergroups.users.list", Fault.error("fetch_failed")),
        responders="S0RESPOND,U0BOB",
    ),
    "whoever is on call cannot be looked for without the scope": wrong(
        "– on call now",
        "cannot be looked at (missing_scope)",
        never=("all of them may act",),
        prepare=slack(without_scope("users:read.email")),
    ),
    "whoever is on call cannot be looked for so often": wrong(
        "– on call now",
        "cannot be looked at (ratelimited)",
        never=("all of them may act",),
        code=0,
        prepare=slack_failing("users.lookupByEmail", Fault.rate_limited()),
    ),
    "a page instead of whoever is on call": wrong(
        "– on call now",
        "cannot be looked at (no answer of its own: something else, a proxy perhaps, is at that address)",
        never=("all of them may act",),
        code=0,
        prepare=slack_failing("users.lookupByEmail", Fault.html(200)),
    ),
    "more people on call than are looked for": wrong(
        "– on call now Watch 7920 cannot be looked at (only 20 are looked for)",
        never=("all of them may act",),
        code=0,
        prepare=flashduty(a_crowd_on_call),
        flashduty_team_ids="4001",
    ),
    "whoever is on call, and a group that is not told": wrong(
        "– on call now",
        "cannot be looked at (fetch_failed)",
        never=("all of them may act", "is no responder"),
        prepare=slack_failing("usergroups.users.list", Fault.error("fetch_failed")),
        responders="S0RESPOND",
        **SWITCHED_OFF,
    ),
    "whoever is on call, and a channel too large to read": wrong(
        "– on call now",
        "cannot be looked at (too_many_members)",
        never=("all of them may act", "is no responder"),
        prepare=slack(a_large_channel_without_us),
        slack_channels="C0PAYMENTS",
        **SWITCHED_OFF,
    ),
    "people on call whom Flashduty does not tell": wrong(
        "– on call now",
        "cannot be looked at (Flashduty does not tell who that is)",
        never=("all of them may act", "✔ on call now nobody"),
        code=0,
        prepare=flashduty(lambda one: [one.account.persons.pop(number) for number in (7001, 7002, 7003, 7004)]),
        flashduty_team_ids="4001",
    ),
    "a team nobody may act for": World(
        ("✘ who may act nobody but whoever is on call", SEARCH + "RESPONDERS", SEARCH + "SLACK_CHANNELS"),
        environ={PAYMENTS + "SLACK_CHANNELS": "C0PAYMENTS", SEARCH + "APP_KEY": "{search}"},
    ),
    "a channel whose people are not told": wrong(
        "– who may act whoever is in its channels; Slack does not tell",
        code=0,
        prepare=slack_failing("conversations.members", Fault.error("fetch_members_failed")),
        slack_channels="C0PAYMENTS",
    ),
    # What nothing comes of.
    "a reminder that will not come": wrong(
        f"! {PAYMENTS}SHIFT_REMINDER", "SHIFT_NOTICES", "dm or both", code=0, shift_reminder="2h"
    ),
    "a time without a digest": wrong(
        f"! {PAYMENTS}DIGEST_TIME", f"without {PAYMENTS}DIGEST_CHANNEL", code=0, digest_time="08:00"
    ),
    "a signing secret beside Socket Mode": wrong(
        "! SLACK_SIGNING_SECRET", "has no effect beside SLACK_APP_TOKEN", code=0, SLACK_SIGNING_SECRET="made-up-secret"
    ),
    "days without a digest": wrong(f"! {PAYMENTS}DIGEST_DAYS", code=0, digest_days="daily"),
    # The rest.
    "a directory for the database": wrong("✘ DATABASE_URL", "names a directory", DATABASE_URL="sqlite:///{place}"),
    "a time zone with the wrong sign": wrong(
        "✔ digest", "Etc/GMT+8 (UTC-08:00)", code=0, timezone="Etc/GMT+8", digest_channel="C0PAYMENTS"
    ),
    "all is well": wrong(
        "✔ SLACK_APP_TOKEN",
        "✔ DATABASE_URL SQLite",
        "✔ other connections none open",
        "Nothing that was looked at is wrong.",
        code=0,
        slack_channels="C0PAYMENTS",
        responders="S0RESPOND,U0ALICE",
        ADMINS="U0BOB",
    ),
}


async def told_by(command, environ, place, capsys):
    """Run a command as the process does; give exit code and words."""
    environ = {"DATABASE_URL": f"sqlite:///{place}/bot.db", "SECRETS_DIR": str(place), **environ}
    if command == "run":
        code, shown = await started(environ, place)
    else:
        # In a thread with a loop of its own, as the servers are on this one.
        code = await asyncio.to_thread(main, [command], environ)
        shown = "".join(capsys.readouterr())
    secrets = ("xoxb-", "xapp-pre", "pretend-app-key", "nobody-nobody")
    assert not [word for word in ("Traceback", *secrets) if word in shown]
    return code, " ".join(shown.split())


async def started(environ, place):
    """Start the bot in a process of its own: it wants signals, which only a main thread gets."""
    around = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOST": "127.0.0.1", "PORT": "0"}
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", cwd=place, env=around | environ, **pipes
    )
    async with asyncio.timeout(60):
        shown, _ = await process.communicate()
    return process.returncode, shown.decode()


def environment(pretend_slack, pretend_flashduty):
    return {
        "SLACK_BOT_TOKEN": pretend_slack.bot_token,
        "SLACK_APP_TOKEN": pretend_slack.app_token,
        "SLACK_API_URL": pretend_slack.api_url,
        "FLASHDUTY_API_URL": pretend_flashduty.url,
        PAYMENTS + "APP_KEY": str(pretend_flashduty.keys["payments"]),
    }


@pytest.fixture
async def world():
    async with PretendSlack(calls_a_minute={}) as pretend_slack, PretendFlashduty() as pretend_flashduty:
        yield pretend_slack, pretend_flashduty


@pytest.mark.parametrize("title", WORLDS)
async def test_a_wrong_world__is_named_with_its_cure_and_no_secret(title, world, tmp_path, monkeypatch, capsys):
    row = WORLDS[title]
    pretend_slack, pretend_flashduty = world
    row.prepare(pretend_slack, pretend_flashduty)
    keys = {name: str(key) for name, key in pretend_flashduty.keys.items()}
    known = {"slack": pretend_slack.api_url, "flashduty": pretend_flashduty.url, "place": str(tmp_path), **keys}
    given = {name: value.format(**known) for name, value in row.environ.items()}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    code, told = await told_by(row.command, environment(pretend_slack, pretend_flashduty) | given, tmp_path, capsys)
    assert [words for words in row.says if words not in told] == [], told
    assert [words for words in row.never if words in told] == [], told
    assert code == row.code, told


@pytest.mark.parametrize(
    ("others", "shared", "says"),
    [
        (1, False, "✔ other connections one open besides this check's: the bot's own"),
        (2, False, "! other connections 2 open besides this check's, and each gets only a part"),
        (2, True, "✔ other connections 2 open besides this check's: the replicas'"),
        (10, False, "✘ SLACK_APP_TOKEN Slack takes no further connection of this app"),
    ],
)
async def test_processes_on_the_same_token__are_counted(others, shared, says, world, tmp_path, capsys):  # noqa: PLR0917 - pytest's
    """Two bots on one token with two SQLite files post everything twice."""
    pretend_slack, pretend_flashduty = world
    environ = environment(pretend_slack, pretend_flashduty)
    environ |= {"DATABASE_URL": "postgresql://bot@127.0.0.1:9/bot"} if shared else {}
    async with aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        for _ in range(others):
            headers = {"Authorization": f"Bearer {pretend_slack.app_token}"}
            async with session.post(f"{pretend_slack.api_url}apps.connections.open", headers=headers) as answer:
                address = (await answer.json())["url"]
            await stack.enter_async_context(session.ws_connect(address))
        _, told = await told_by("check", environ, tmp_path, capsys)
        assert says in told
        # This check's own connection is closed again.
        await pretend_slack.until(lambda: pretend_slack.connections == others)


async def test_check__on_a_terminal_that_knows_ascii_only__is_readable(world, tmp_path):
    """No traceback, whatever the terminal."""
    environ = environment(*world) | {"PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environ |= {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", PAYMENTS + "SLACK_CHANNELS": "C0NOWHERE"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", cwd=tmp_path, env=environ, stdout=-1, stderr=-1
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert process.returncode == 1
    assert err == b""
    assert b"+ SLACK_BOT_TOKEN" in out
    assert b"x channel C0NOWHERE" in out
    assert b'"/invite @Flashduty"' in out
