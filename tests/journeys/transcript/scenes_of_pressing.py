"""Scenes in which people press: every control of every message once, and what happens between several people."""

from tests.journeys.harbor import ALICE, BOB, CAROL, NOW, PAYMENTS, SHARED

TEAM = "FLASHDUTY_TEAMS__PAYMENTS__"
XIAOMING = "U0XIAOMING"

MORNING = {
    f"{TEAM}REPORT_DAY": "tue",
    f"{TEAM}SHIFT_NOTICES": "both",
    "FLASHDUTY_TEAMS__SEARCH__DIGEST_CHANNEL": "C0SEARCH",
    "FLASHDUTY_TEAMS__SEARCH__TIMEZONE": "Europe/Berlin",
    "ADMINS": ALICE,
}
GROUPS = {
    f"{TEAM}DIGEST_DAYS": "sun",
    f"{TEAM}ONCALL_USERGROUPS": "S0PAYONCALL=6002",
    f"{TEAM}TOPIC": "true",
    "ADMINS": BOB,
}
DECLINED = {f"{TEAM}DIGEST_DAYS": "sun", f"{TEAM}ONCALL_USERGROUPS": "S0PAYONCALL=6001/1,6002,U0CAROL"}

ASKED = (
    "help",
    "incidents warning",
    "incidents closed since:7d",
    "incidents critcal",
    "incidents nothing of the sort",
    "incident 0E83EE",
    "incident E0A5ED",
    "incident 5C0DE5",
    "incident FFFFFF",
    "incident 1ED6E4",
    "oncall",
    "oncall nobody of that name",
    "oncall at:tomorrow 18:00 primary",
    "oncall at:2030-01-01",
    "oncall week",
    "oncall week nobody",
    "me",
    "digest",
    "digest week",
    "digset",
)


async def every_button_of_what_is_asked_for(scene):
    for words in ASKED:
        shown = await scene.types(words)
        # Those of lists are one like the other, and pressed in scenes of their own.
        await scene.presses_every(shown, without=("Acknowledge",) if "incidents" in words else ())


async def acknowledging(scene):
    listed = await scene.types("incidents")
    await scene.presses("Acknowledge", near="0E83EE", twice=True)
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    await scene.presses("Undo", of="You acknowledged")
    await scene.presses("Acknowledge", BOB, shown=await scene.types("incident B71D04", BOB))
    await scene.presses("Acknowledge", near="B71D04", shown=listed)
    undo = scene.find("Undo", BOB)[0]
    await scene.presses("Undo", BOB, shown=undo)
    await scene.presses("Undo", BOB, shown=undo)
    await scene.types("incidents warning", BOB)
    await scene.presses("Share in channel", BOB)
    public = scene.newest("Kafka", CAROL)
    await scene.presses("Acknowledge", XIAOMING, near="B71D04", shown=public)
    await scene.presses("Acknowledge", ALICE, near="500AAA", shown=public)
    await scene.presses("Undo", ALICE)
    await scene.presses("Acknowledge", CAROL, near="5C0DE5", shown=public)
    incidents = scene.place.flashduty.account.incidents
    closed = next(one for one in incidents.values() if one["num"] == "3FA2C1")
    closed |= {"progress": "Closed", "close_time": int(NOW.timestamp()) - 60, "closer_id": 7002}
    scene.note("#3FA2C1 is closed in Flashduty.")
    await scene.presses("Acknowledge", near="3FA2C1", shown=listed)
    gone = next(name for name, one in incidents.items() if one["num"] == "C0FFEE")
    del incidents[gone]
    scene.note("#C0FFEE is taken away in Flashduty.")
    await scene.presses("Acknowledge", near="C0FFEE", shown=listed)
    await scene.types("incident BADA55", channel=SHARED)
    await scene.presses("Acknowledge", channel=SHARED, of="BADA55")
    await scene.types("incident FEED11", channel="D0ALICE")
    await scene.says("incident FEED11 team:payments", channel="D0ALICE")
    await scene.presses("Acknowledge", channel="D0ALICE")
    await scene.presses("Undo", channel="D0ALICE")
    await scene.presses("Refresh", shown=listed)


async def a_morning(scene):
    """The digest, who takes over, the report and its chart, and what people press on them."""
    await scene.minutes(15)
    await scene.minutes(15, "It is nine: 15 minutes")
    await scene.minutes(1)
    for _ in range(3):
        await scene.minutes(1)
    digest = next(one for one in scene.place.slack.seen_by(CAROL, PAYMENTS) if "Digest of team" in one["text"])
    notice = scene.find("I have it", CAROL)[0]
    await scene.presses("I have it", BOB)
    await scene.presses("I have it", ALICE, shown=notice)
    await scene.presses("I have it", CAROL, shown=notice)
    await scene.presses_every(digest, XIAOMING)
    report = next(one for one in scene.place.slack.seen_by(CAROL, PAYMENTS) if "Report of team" in one["text"])
    await scene.presses_every(report, BOB)
    await scene.types("digest post")
    await scene.types("digest post", BOB)
    await scene.types("digest week post", BOB)
    await scene.minutes(1)
    await scene.types("digest post", BOB, twice=True)
    for person in scene.place.slack.workspace.people:
        for message in scene.place.slack.seen_by(person, f"D{person[1:]}"):
            await scene.presses_every(message, person)
    await scene.minutes(24 * 60, "The next day: 24 hours")
    await scene.types("digest", CAROL)


async def groups_and_topic(scene):
    await scene.minutes(1)
    proposal = scene.find("Keep in sync")[0]
    await scene.presses("Keep in sync", CAROL)
    await scene.presses("Keep in sync", ALICE)
    await scene.presses("Keep in sync", BOB, shown=proposal)
    await scene.presses("Don't sync", BOB, shown=proposal)
    await scene.minutes(30)
    scene.place.slack.workspace.groups["S0PAYONCALL"].users.append(CAROL)
    scene.note("Somebody adds Carol to the group by hand.")
    await scene.minutes(16)
    scene.place.slack.take_out(scene.place.slack.workspace.app.user_id, PAYMENTS)
    scene.note("Somebody removes the bot from #payments-oncall.")
    await scene.minutes(24 * 60 - 40, "The next day")
    await scene.minutes(16)
    scene.place.slack.let_in(scene.place.slack.workspace.app.user_id, PAYMENTS)
    scene.note("Somebody lets the bot in again.")
    await scene.minutes(16)
    await scene.minutes(16)


async def a_group_that_is_left_alone(scene):
    await scene.minutes(1)
    await scene.presses("Don't sync", ALICE)
    await scene.minutes(16)
