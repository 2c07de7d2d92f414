"""Scenes in which Flashduty or Slack refuses, is slow, or is away."""

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault
from tests.journeys.harbor import ALICE, BOB, CAROL, PAYMENTS

# All that the document names (schema ErrorCode), and one that it does not.
CODES = (
    "InvalidParameter",
    "BadRequest",
    "InvalidContentType",
    "ResourceNotFound",
    "NoLicense",
    "ReferenceExist",
    "Unauthorized",
    "BalanceNotEnough",
    "AccessDenied",
    "RouteNotFound",
    "MethodNotAllowed",
    "UndonedOrderExist",
    "EntityTooLarge",
    "RequestLocked",
    "RequestVerifyRequired",
    "DangerousOperation",
    "RequestTooFrequently",
    "InternalError",
    "ServiceUnavailable",
    "BrandNewCode",
)
TEAM = "FLASHDUTY_TEAMS__PAYMENTS__"
# Calls that come late come later than `notice`, and earlier than everything else ends.
HURRIED = TimeLimits(notice=0.4, lookup=3.0, names=1.0, redraw=5.0, attempt=1.0)
LATE = Fault.delay(0.8)
IMPATIENT = TimeLimits(notice=0.5, lookup=2.0, call=1.5, change=3.0, names=1.0, redraw=2.0, attempt=1.0)
OBSERVED = {f"{TEAM}SHIFT_NOTICES": "both", "ADMINS": BOB}


async def flashduty_refuses(scene):
    listed = await scene.types("incidents")
    for code in CODES:
        scene.flashduty_fails(Fault.code(code), f"Flashduty refuses everything with {code}.")
        await scene.types("incidents critical")
        await scene.presses("Acknowledge", near="0E83EE", shown=listed)
        await scene.presses("Refresh", shown=listed)
        scene.mends()


async def flashduty_is_broken(scene):
    listed = await scene.types("incidents")
    broken = {
        "a proxy answers with a page": Fault.html(502),
        "the connection is dropped": Fault.reset(),
        "half of an answer comes": Fault.half_body(),
        "the answer is no JSON": Fault.says("Welcome!"),
        "the answer is a redirect": Fault.redirect(),
    }
    for what, fault in broken.items():
        scene.flashduty_fails(fault, f"Flashduty: {what}.")
        for words in ("incident 0E83EE", "oncall", "oncall week", "me", "digest", "digest week", "digest post"):
            await scene.types(words)
        await scene.says("@bot incidents")
        await scene.presses("Acknowledge", near="0E83EE", shown=listed)
        scene.mends()
    scene.flashduty_fails(Fault.code("AccessDenied"), "Flashduty lets nobody acknowledge.", "/incident/ack")
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    scene.mends()
    scene.flashduty_fails(Fault.lost_answer(), "The answer to an acknowledgement is lost.", "/incident/ack", 1)
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    scene.mends()
    scene.flashduty_fails(Fault.code("NoLicense"), "There is no licence for analytics.", "/insight/account")
    await scene.types("digest")
    await scene.types("digest week")
    scene.mends()
    await scene.presses("Refresh", shown=listed)


async def flashduty_is_slow(scene):
    listed = await scene.types("incidents")
    for number in ("0E83EE", "B71D04"):
        scene.flashduty_fails(LATE, "The next call to Flashduty is late.", "*", 1)
        await scene.presses("Acknowledge", near=number, shown=listed)
    await scene.types("incidents warning", BOB)
    await scene.presses("Share in channel", BOB)
    public = scene.newest("Kafka", CAROL)
    scene.flashduty_fails(LATE, "The next call to Flashduty is late.", "*", 1)
    await scene.presses("Acknowledge", BOB, near="500AAA", shown=public)
    scene.flashduty_fails(LATE, "The next call to Flashduty is late.", "*", 1)
    await scene.presses("Undo", BOB)
    scene.flashduty_fails(LATE, "The next call to Flashduty is late.", "*", 1)
    await scene.types("digest post")


async def flashduty_never_answers(scene):
    listed = await scene.types("incidents")
    scene.flashduty_fails(Fault.hang(), "Flashduty never answers.")
    await scene.types("incidents")
    await scene.says("@bot oncall", CAROL)
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    await scene.types("digest post")
    scene.mends()
    await scene.presses("Try again", of="Flashduty")
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)


async def slack_refuses(scene):
    listed = await scene.types("incidents")
    for word in ("user_not_found", "missing_scope", "internal_error"):
        scene.slack_fails("users.info", Fault.error(word), f"Slack does not say who somebody is: {word}.")
        await scene.types("incidents critical", CAROL)
        await scene.presses("Refresh", shown=listed)
        scene.mends()
    for method in ("response_url", "chat.postEphemeral", "chat.postMessage"):
        for word in ("internal_error", "channel_not_found"):
            scene.slack_fails(method, Fault.error(word), f"Slack refuses {method}: {word}.")
            await scene.types("oncall primary")
            await scene.says("@bot oncall backup", CAROL)
            await scene.presses("Share in channel", of="Payments primary")
            scene.mends()
    scene.slack_fails("response_url", Fault.error("expired_url"), "Response URLs are refused.")
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    await scene.presses("Undo", of="You acknowledged")
    scene.mends()
    scene.slack_fails("chat.postMessage", Fault.error("not_in_channel"), "Nothing can be posted.")
    await scene.presses("Acknowledge", near="B71D04", shown=listed)
    await scene.types("digest post")
    await scene.minutes(30)
    await scene.minutes(1)
    scene.mends()
    await scene.minutes(5)
    await scene.minutes(5)
    scene.slack_fails("users.lookupByEmail", Fault.error("missing_scope"), "Addresses cannot be looked up.")
    await scene.types("me")
    await scene.types("oncall")
    scene.mends()
    scene.slack_fails("conversations.members", Fault.error("internal_error"), "Members cannot be read.")
    await scene.says("incidents", channel="D0ALICE")
    await scene.says("incidents", CAROL, channel="D0CAROL")
    scene.mends()


async def slack_loses_answers(scene):
    """Done, and not confirmed: the line comes once all the same."""
    listed = await scene.types("incidents")
    scene.slack_fails("chat.postMessage", Fault.lost_answer(), "The answer to a post is lost.", 1)
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    scene.slack_fails("response_url", Fault.lost_answer(), "The answer of a response URL is lost.", 1)
    await scene.types("oncall primary", ALICE)
    scene.slack_fails("chat.postMessage", Fault.rate_limited(1), "Slack asks for patience.", 1)
    await scene.says("@bot oncall backup", ALICE)
    scene.mends()


async def what_is_tried_again(scene):
    """Every message that offers another try, and the try: of a look, a change, a line for the channel, a post."""
    listed = await scene.types("incidents")
    scene.slack_fails("chat.postMessage", Fault.error("not_in_channel"), "Nothing can be posted.")
    scene.slack_fails("response_url", Fault.error("expired_url"), "Response URLs are refused.")
    await scene.presses("Acknowledge", near="0E83EE", shown=listed)
    await scene.types("digest post", BOB)
    await scene.presses("Try again", BOB)
    scene.mends()
    await scene.presses("Try again", of="0E83EE")
    await scene.presses("Try again", BOB)
    scene.flashduty_fails(Fault.lost_answer(), "The answers to acknowledgements are lost.", "/incident/ack")
    scene.flashduty_fails(Fault.delay(0), "An incident can be read once, and then no more.", "/incident/info", 1)
    scene.place.flashduty.fail("/incident/info", Fault.reset(), times=9)
    await scene.presses("Acknowledge", near="B71D04", shown=listed)
    scene.mends()
    await scene.presses("Look again")
    await scene.presses("Acknowledge", near="B71D04", shown=listed)
    scene.flashduty_fails(Fault.code("InternalError"), "Flashduty fails.")
    for words in ("incidents warning", "oncall week", "me", "digest week", "digest post"):
        await scene.types(words, CAROL if words == "me" else ALICE)
    await scene.presses("Acknowledge", near="500AAA", shown=listed)
    await scene.presses("Try again", of="500AAA")
    await scene.presses("Try again", CAROL)
    scene.mends()
    await scene.presses("Try again", CAROL)
    for message in [one for one in scene.place.slack.seen_by(ALICE, PAYMENTS) if "Try again" in str(one["blocks"])]:
        await scene.presses("Try again", shown=message)
