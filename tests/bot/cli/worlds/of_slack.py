"""Slack's tokens, channels, people and groups, as they are and as settings name them."""

from sandbox.faults import Fault
from tests.bot.cli.worlds.world import PAYMENTS, SEARCH, TWO_TEAMS, World, slack, slack_failing, without_scope, wrong


def of_the_app(**fields):
    return slack(lambda slack: [setattr(slack.workspace.app, name, value) for name, value in fields.items()])


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


TOKENS = {
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
    "a start with a revoked token": wrong(
        "does not accept SLACK_BOT_TOKEN",
        command="run",
        prepare=slack_failing("auth.test", Fault.error("token_revoked")),
    ),
}

CHANNELS = {
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
    "a channel of cards that is not there": wrong("✘ channel C0NOWHERE", "CARDS_CHANNEL", cards_channel="C0NOWHERE"),
    "a channel of a rule that is not there": wrong(
        "✘ channel C0NOWHERE",
        "CARDS_RULES",
        cards_channel="C0PAYMENTS",
        cards_rules="severity=Critical -> C0NOWHERE",
    ),
    "a channel of cards where the bot may not post": wrong(
        "✘ cards in C0PAYMENTS",
        "takes no posts from everybody",
        prepare=channel("C0PAYMENTS", is_read_only=True),
        cards_channel="C0PAYMENTS",
    ),
    "a channel of cards that is shared": wrong(
        "! cards in C0SHARED", "shared with another organisation", code=0, cards_channel="C0SHARED"
    ),
    "webhooks that only this machine can deliver": wrong(
        "! webhooks",
        "only this machine reaches POST /flashduty/webhook/payments",
        "HOST=0.0.0.0",
        code=0,
        cards_channel="C0PAYMENTS",
        webhook_secret="made-up-secret-0001",
    ),
    "more channels than Slack's limit allows": wrong(
        "– channel C0PAYMENTS",
        "run the check again in a minute",
        code=0,
        prepare=slack_failing("conversations.info", Fault.rate_limited()),
        slack_channels="C0PAYMENTS",
    ),
}

PEOPLE_AND_GROUPS = {
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
    "no scope to read groups": wrong(
        "✘ responder S0RESPOND",
        "missing_scope",
        "see the line on scopes",
        prepare=slack(without_scope("usergroups:read")),
        responders="S0RESPOND",
    ),
}
