"""Keys, roles and licences of Flashduty, and ids that are not there."""

from sandbox.faults import Fault
from tests.bot.cli.worlds.world import PAYMENTS, failing, flashduty, wrong


def key_without(permission):
    return flashduty(lambda one: one.keys["payments"].permissions.discard(permission))


def role_of_the_owner(*permissions):
    def change(one):
        one.account.roles[17] = frozenset(permissions)
        one.account.roles_of[one.keys["payments"].owner_id] = (17,)

    return flashduty(change)


def action_was_run(one):
    one.console.custom_action(one.raise_incident(title="Checkout is down")["incident_id"])


def channel_off(one):
    one.account.channels[5001]["status"] = "disabled"


KEYS_AND_IDS = {
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
    "a key without Channels Read, of a team with cards": wrong(
        "! Channels Read",
        "cards do not say who is paged next",
        "lacks “Channels Read”",
        code=0,
        cards_channel="C0PAYMENTS",
        flashduty_channel_ids="5001",
        prepare=key_without("Channels Read"),
    ),
    "a role without Channels Read, of a team with cards": wrong(
        "! Channels Read",
        "cards do not say who is paged next",
        "no role of Dana Okoye allows it",
        "that it has just Incidents Read, Incidents Manage, Analytics Read, Channels Read",
        code=0,
        cards_channel="C0PAYMENTS",
        prepare=role_of_the_owner("Incidents Read", "Incidents Manage", "Analytics Read"),
    ),
    "a role with just what is needed for cards": wrong(
        "✔ Channels Read escalation rules can be read",
        "– key's scope cannot be looked at; see in the Flashduty console",
        code=0,
        cards_channel="C0PAYMENTS",
        flashduty_channel_ids="5001",
        prepare=role_of_the_owner("Incidents Read", "Incidents Manage", "Analytics Read", "Channels Read"),
    ),
    "cards without a Flashduty channel in the settings": wrong(
        "– Channels Read cannot be looked at without a Flashduty channel", code=0, cards_channel="C0PAYMENTS"
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
    "custom actions of which one was run": wrong(
        "✔ custom action Restart 9101, run in this account before, where it is called “Restart the service”",
        "– custom action Fail over",
        "9102 is well-formed; whether the account has it is not known, as Flashduty lists no custom actions",
        "compare the number",
        code=0,
        prepare=flashduty(action_was_run),
        custom_actions="Restart=9101,Fail over=9102",
    ),
    "custom actions while timelines cannot be read": wrong(
        "– custom action Restart",
        "not known, as Flashduty lists no custom actions and timelines could not be read (AccessDenied)",
        code=0,
        prepare=failing("/incident/feed", Fault.code("AccessDenied")),
        custom_actions="Restart=9101",
    ),
    "a custom action without a number": wrong(
        PAYMENTS + "CUSTOM_ACTIONS", "no custom action, as entry 2", code=2, custom_actions="Restart=9101,Fail over"
    ),
    "schedules of a group that are not there": wrong(
        "✘ schedules of user groups",
        "6999",
        slack_channels="C0PAYMENTS",
        oncall_usergroups="S0PAYONCALL=6999",
    ),
}
