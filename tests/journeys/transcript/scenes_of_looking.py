"""Scenes in which people look: every command with many words, everywhere one can ask, and who may."""

from sandbox.slack.harbor import outsiders
from tests.journeys.harbor import BOB, CAROL, GENERAL, GINA, OTTO, PAYMENTS, SEARCH, SHARED

XIAOMING, GREG, SLACKBOT, FLOW = "U0XIAOMING", "U0GREG", "USLACKBOT", "U0FLOW"

COMMANDS = (
    "",
    "help",
    "?",
    "menu",
    "incidents",
    "list",
    "incidents critical",
    "incidents Warning info",
    "incidents triggered",
    "incidents processing",
    "incidents closed",
    "incidents open closed",
    "incidents closed since:7d",
    "incidents since:2h",
    "incidents since:99d",
    "incidents since:tomorrow",
    "incidents payments",
    "incidents payments p99",
    "incidents nothing of the sort",
    "incidents critcal",
    "incidents closed quiet as a mouse",
    "incidents “critical”",
    "incidents 支付",
    "incidents <!channel> & *bold*",
    "incident 0E83EE",
    "incident #0e83ee",
    "incident 5C0DE5",
    "incident BADA55",
    "incident 500AAA",
    "incident FEED11",
    "incident E0A5ED",
    "incident FFFFFF",
    "incident 1ED6E4",
    "incident",
    "incident not a number",
    "oncall",
    "on-call backup",
    "oncall primary",
    "oncall 变更",
    "oncall nobody of that name",
    "oncall at:+6h",
    "oncall at:tomorrow 18:00 primary",
    "oncall at:yesterday",
    "oncall at:noon",
    "oncall at:2030-01-01",
    "oncall week",
    "oncall week primary",
    "oncall week at:+7d",
    "me",
    "digest",
    "digest week",
    "digset",
    "incidnets critical",
    "<@U0ALICE> and & so on",
)


async def commands(scene):
    for words in COMMANDS:
        await scene.types(words)


async def everywhere_one_can_ask(scene):
    direct = "D0ALICE"
    for words in ("help", "incidents critical", "oncall primary", "me", "digest", "what is this"):
        await scene.says(f"@bot {words}")
    await scene.says("@bot incident 0E83EE")
    root = scene.newest("incident 0E83EE")
    await scene.says("@bot oncall", user=BOB, thread=root)
    await scene.says("@bot incidents closed", user=CAROL, thread=root)
    await scene.presses("Refresh", of="Payments API: p99")
    for words in (
        "help",
        "incidents",
        "incidents team:payments",
        "incident 0E83EE team：payments",
        "oncall team:search",
    ):
        await scene.says(words, channel=direct)
    await scene.says("me team:payments", channel=direct)
    await scene.presses("Refresh", channel=direct, of="payments")
    await scene.says("team:nothing incidents", channel=direct)
    await scene.says("incidents team:payments", user=BOB, channel="D0BOB", twice=True)
    await scene.types("incidents critical team:search")
    await scene.types("oncall team:search", channel=SEARCH)
    await scene.types("incidents", channel=SEARCH)
    await scene.types("incidents team:payments", channel=SEARCH)
    await scene.types("incidents", channel=GENERAL)
    await scene.types("incidents team:payments", channel=GENERAL)
    await scene.types("oncall", channel=SHARED, twice=True)
    await scene.types("help", channel=direct)
    await scene.types("ｉｎｃｉｄｅｎｔｓ　ｃａｒｄ　payments")
    await scene.says("@bot 'incidents' “card payments”")
    await scene.types("oncall at：“tomorrow 18：00” “payments primary”")


def with_outsiders(slack):
    workspace = slack.workspace
    workspace.enterprise = "E0COAST"
    workspace.people.update(outsiders())
    for one in outsiders():
        workspace.channels[PAYMENTS].members.append(one)


async def who_may(scene):
    for user, channel in (
        (BOB, PAYMENTS),
        (XIAOMING, PAYMENTS),
        (CAROL, PAYMENTS),
        (GINA, PAYMENTS),
        (OTTO, SHARED),
        (CAROL, SHARED),
        (GREG, PAYMENTS),
        (SLACKBOT, PAYMENTS),
        (FLOW, PAYMENTS),
        (GINA, "D0GINA"),
        (OTTO, "D0OTTO"),
        (CAROL, "D0CAROL"),
    ):
        await scene.types("incident 0E83EE", user=user, channel=channel)
    for user in (CAROL, GINA, FLOW):
        await scene.says("@bot oncall backup", user=user)
    await scene.says("@bot oncall backup", user=OTTO, channel=SHARED)
    await scene.types("digest post", user=CAROL)
    await scene.types("digest week post", user=GINA)
    await scene.types("incidents critical")
    await scene.presses("Share in channel")
    shown = scene.newest("p99", CAROL)
    for user in (CAROL, GINA, BOB, XIAOMING):
        await scene.presses("Acknowledge", user, near="0E83EE", shown=shown)
    for user in (CAROL, GINA):
        await scene.presses("Refresh", user, shown=shown)
        await scene.presses("Show incident", user, near="7A11CE", shown=shown)
    await scene.types("incidents", user=CAROL, channel=SEARCH)
    await scene.types("me", user=CAROL)
    await scene.types("me", user=XIAOMING)
