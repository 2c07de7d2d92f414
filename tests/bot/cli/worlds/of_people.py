"""Who may act for a team, and whether whoever is on call can."""

from dataclasses import replace

from sandbox.faults import Fault
from sandbox.flashduty.model.schedule import RotationGroup
from tests.bot.cli.worlds.world import (
    PAYMENTS,
    SEARCH,
    World,
    flashduty,
    slack,
    slack_failing,
    without_scope,
    wrong,
)

SWITCHED_OFF = {"oncall_may_act": "false", "flashduty_team_ids": "4001", "code": 0}


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


ON_CALL = {
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
}

WHO_MAY_ACT = {
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
}
