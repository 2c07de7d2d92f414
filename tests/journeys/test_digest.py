"""The morning digest, with the clock in hand."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from harbor import ALICE, CAROL, NOW, PAYMENTS, SEARCH, acknowledge_buttons, harbor_at, replica_of

from sandbox.faults import Fault

BOTH = {
    "FLASHDUTY_TEAMS__SEARCH__DIGEST_CHANNEL": SEARCH,
    "FLASHDUTY_TEAMS__SEARCH__TIMEZONE": "Europe/Berlin",
}


async def let_it_be_nine(place):
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()


async def test_the_digest_comes_at_nine__once(quay):
    await quay.bot.tick()
    assert quay.sees(CAROL) == []
    await let_it_be_nine(quay)
    await quay.bot.tick()
    (digest,) = quay.shown(CAROL)
    assert "Digest of team *payments*, Tuesday, 24 November 2026" in digest["text"]
    assert not digest["mentions"]


async def test_the_digest_of_a_bad_day__has_thirty_lines_at_most_and_the_rest_in_its_thread(quay):
    """The demo's own data: 14 open incidents, two schedules without anybody, a handoff, overlaps."""
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    lines = [line for block in digest["blocks"] for text in written(block) for line in text.splitlines()]
    assert len(lines) <= 30
    assert digest["text"].startswith(
        "10 unacknowledged (4 critical) · on call: Bob Müller, 王小明 · 2 schedules uncovered\n"
    )
    details = "\n".join(message["text"] for message in threads(quay))
    assert [number for number in ("44D2AB", "FEED11", "91B0E5") if number not in details] == []
    assert len(re.findall("The same person is on call on", details)) == 1
    assert "*Noisiest checks of the last day*" in details


def written(block):
    """The texts of a block, its controls left out."""
    if block["type"] == "context":
        return [element["text"] for element in block["elements"]]
    return [block["text"]["text"]] if "text" in block else []


async def test_a_digest_that_comes_late_says_so():
    async with harbor_at(NOW + timedelta(hours=2)) as place:
        await place.bot.tick()
        (text,) = place.sees(CAROL)
        assert "late, due <" in text


async def test_after_a_restart_the_digest_is_not_posted_again_nor_by_another_replica(quay):
    await let_it_be_nine(quay)
    async with replica_of(quay) as other:
        await asyncio.gather(quay.bot.tick(), other.tick())
    assert len(quay.sees(CAROL)) == 1


async def test_a_digest_whose_answer_was_lost_is_found_and_not_posted_again():
    async with harbor_at() as place:
        place.slack.fail("chat.postMessage", Fault.lost_answer())
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert len(place.sees(CAROL)) == 1


async def test_a_digest_costs_five_calls_at_most(quay):
    await let_it_be_nine(quay)
    assert [call.path for call in quay.flashduty.calls].count("/schedule/list") == 1
    assert len(quay.flashduty.calls) <= 5


async def test_the_private_digest_is_what_would_be_posted(quay):
    quay.clock.shift(timedelta(minutes=30))
    private = await quay.types("/flashduty digest")
    assert private["ephemeral"]
    await quay.bot.tick()
    posted = quay.shown(CAROL)[-1]
    # Only one has a thread: the other has the details below.
    lines = [line for line in posted["text"].splitlines() if not line.startswith(("and ", "as of "))]
    assert private["text"].splitlines()[: len(lines)] == lines
    assert "*Noisiest checks of the last day*" in str(private["blocks"])


async def test_acknowledging_in_the_digest_redraws_it(quay):
    await let_it_be_nine(quay)
    (digest,) = quay.shown()
    button = acknowledge_buttons(digest)[0]
    await quay.presses(digest, button)

    def redrawn():
        return next(m for m in quay.shown(CAROL) if m["ts"] == digest["ts"])

    await quay.slack.until(lambda: button not in str(redrawn()["blocks"]))
    await quay.slack.until(lambda: any(" acknowledged <http" in text for text in quay.sees(CAROL)))


async def test_one_teams_failure_touches_no_other():
    async with harbor_at(**BOTH) as place:
        key = place.flashduty.keys["payments"]
        del place.flashduty.keys["payments"]
        place.flashduty.account.keys.pop(key, None)
        await let_it_be_nine(place)
        assert "could not be read from Flashduty" in place.sees(CAROL)[-1]
        assert "Digest of team *search*" in place.sees(CAROL, SEARCH)[-1]


async def test_a_part_that_fails_leaves_the_rest(quay):
    quay.flashduty.fail("/schedule/list", Fault.code("AccessDenied"))
    await let_it_be_nine(quay)
    text = quay.sees(CAROL)[-1]
    assert "*On call* could not be read." in text
    assert "open" in text


async def test_no_digest_on_a_saturday():
    async with harbor_at() as place:
        place.clock.shift(timedelta(days=4))
        await place.bot.tick()
        before = len(place.sees(CAROL))
        place.clock.shift(timedelta(minutes=31))
        await place.bot.tick()
        assert len(place.sees(CAROL)) == before


async def test_people_on_call_have_their_slack_names__and_nobody_is_notified(quay):
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    assert "Bob Müller" in digest["text"]
    assert "@Bob" not in digest["text"]
    assert digest["mentions"] == []


async def test_people_on_call_are_mentioned__where_the_team_wants_it():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__DIGEST_MENTION="true") as place:
        await let_it_be_nine(place)
        (digest,) = place.shown(CAROL)
        assert "U0BOB" in digest["mentions"]


async def test_without_the_scope_names_are_those_of_flashduty(quay):
    quay.slack.workspace.app.scopes = tuple(s for s in quay.slack.workspace.app.scopes if s != "users:read.email")
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    assert "Bob Müller" in digest["text"]


async def test_a_minute_of_trouble_at_nine__costs_nothing_but_a_minute(quay):
    quay.flashduty.fail("*", Fault.reset(), times=None)
    await let_it_be_nine(quay)
    assert quay.sees(CAROL) == []
    quay.flashduty.mend()
    quay.clock.shift(timedelta(minutes=1))
    await quay.bot.tick()
    (digest,) = quay.sees(CAROL)
    assert "Digest of team *payments*" in digest


async def test_a_hole_that_may_close__is_waited_for_ten_minutes_and_then_told(quay):
    quay.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
    await let_it_be_nine(quay)
    for _ in range(9):
        quay.clock.shift(timedelta(minutes=1))
        await quay.bot.tick()
    assert quay.sees(CAROL) == []
    quay.clock.shift(timedelta(minutes=10))
    await quay.bot.tick()
    (digest,) = quay.sees(CAROL)
    assert "*On call* could not be read." in digest
    assert "late, due <" in digest


async def test_trouble_that_lasts__is_told_before_the_time_is_over(quay):
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    await let_it_be_nine(quay)
    for _ in range(12):
        quay.clock.shift(timedelta(minutes=15))
        await quay.bot.tick()
    (told,) = quay.sees(CAROL)
    assert "could not be read from Flashduty" in told


def with_much_to_say(place):
    """Let there be more than a message holds."""
    for number in range(60):
        place.flashduty.raise_incident(title=f"Incident {number}", severity="Critical")


def threads(place, root=None):
    root = root or place.shown(CAROL)[0]
    return [m for m in place.slack.seen_by(CAROL, PAYMENTS) if m.get("thread_ts") == root["ts"] != m["ts"]]


async def test_what_does_not_fit__is_in_the_thread(quay):
    with_much_to_say(quay)
    await let_it_be_nine(quay)
    assert len(threads(quay)) >= 1
    assert "in the thread" in quay.sees(CAROL)[0]


async def test_the_thread_comes__also_after_a_lost_answer_and_once():
    async with harbor_at() as place:
        with_much_to_say(place)
        place.slack.fail("chat.postMessage", Fault.lost_answer())
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        found = len(threads(place))
        assert found >= 1
        for _ in range(4):
            place.clock.shift(timedelta(minutes=1))
            await place.bot.tick()
        assert len(threads(place)) == found


async def test_the_thread__follows_later_from_any_replica_when_slack_refused_it_first():
    async with harbor_at() as place:
        with_much_to_say(place)
        await let_it_be_nine(place)
        whole = len(threads(place))
    async with (
        harbor_at() as place,
        replica_of(place) as other,
    ):
        with_much_to_say(place)
        place.slack.fail("chat.postMessage", Fault.lost_answer())
        place.slack.fail("conversations.replies", Fault.error("internal_error"))
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await place.bot.tick()
        assert threads(place) == []
        for _ in range(5):
            place.clock.shift(timedelta(minutes=1))
            await asyncio.gather(place.bot.tick(), other.tick())
        assert len(threads(place)) == whole


async def test_try_again_under_a_digest_without_a_thread__promises_none(quay):
    with_much_to_say(quay)
    quay.flashduty.fail("*", Fault.code("Unauthorized"), times=None)
    await let_it_be_nine(quay)
    quay.flashduty.mend()
    (failed,) = quay.shown(CAROL)
    await quay.presses(failed, "again:retry")
    (digest,) = quay.shown(CAROL)
    assert "Digest of team" in digest["text"]
    assert "in the thread" not in digest["text"]


async def test_refresh_over_a_whole_digest__does_not_put_holes_into_it(quay):
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    for path in ("/insight/team", "/person/infos"):
        quay.flashduty.fail(path, Fault.code("InternalError"), times=None)
        await quay.presses(digest, "again:refresh", ALICE)
        assert quay.shown(CAROL)[0]["text"] == digest["text"]
        assert "Something went wrong inside Flashduty" in quay.sees(ALICE)[-1]
        quay.flashduty.mend()


async def test_the_most_severe_that_wait__have_the_buttons(quay):
    for number in range(6):
        quay.flashduty.raise_incident(title=f"Only a note {number}", severity="Info")
    quay.clock.shift(timedelta(minutes=5))
    record = quay.flashduty.raise_incident(title="All payments fail", severity="Critical")
    quay.clock.shift(timedelta(minutes=-5))
    await let_it_be_nine(quay)
    (digest,) = quay.shown(CAROL)
    assert f"menu:{record['incident_id']}" in str(digest["blocks"])


async def test_a_cover_that_was_arranged_since_yesterday__is_told(quay):
    await let_it_be_nine(quay)
    cover = replace(quay.flashduty.account.schedules[6002].layers[0], name="Cover", is_override=True, weight=9)
    alone = replace(cover, groups=cover.groups[:1], starts=quay.clock.now() + timedelta(days=4), ends=None)
    quay.flashduty.account.schedules[6002] = replace(
        quay.flashduty.account.schedules[6002], layers=(*quay.flashduty.account.schedules[6002].layers, alone)
    )
    quay.clock.shift(timedelta(days=1))
    await quay.bot.tick()
    digest = quay.shown(CAROL)[-1]
    assert "🔄 *Schedule changes since the last digest* · " in digest["text"]
    assert "instead of" in "\n".join(message["text"] for message in threads(quay, digest))


async def test_nobody_knows_where_the_schedules_were__and_the_digest_comes_all_the_same(quay):
    quay.slack.fail("users.lookupByEmail", Fault.error("fatal_error"), times=None)
    quay.flashduty.fail("/insight/alert/topk-by-label", Fault.code("InternalError"), times=None)
    quay.flashduty.fail("/person/infos", Fault.code("AccessDenied"), times=None)
    await let_it_be_nine(quay)
    (text,) = quay.sees(CAROL)
    assert "Person 7002" in text


async def test_names_that_cannot_be_read__are_those_of_before(quay):
    await quay.types("/flashduty digest")
    quay.flashduty.fail("/person/infos", Fault.code("InternalError"), times=None)
    await let_it_be_nine(quay)
    (text,) = [text for text in quay.sees(CAROL) if "Digest of team" in text]
    assert "Bob Müller" in text
    assert "Person 70" not in text


async def test_without_analytics__one_line_a_week():
    async with harbor_at(FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS="daily") as place:
        place.flashduty.fail("/insight/team", Fault.code("AccessDenied"), times=None)
        await let_it_be_nine(place)
        for _ in range(7):
            place.clock.shift(timedelta(days=1))
            await place.bot.tick()
        digests = [str(message["blocks"]) for message in place.shown(CAROL) if "Digest of team" in message["text"]]
        assert len(digests) == 8
        assert sum("figures are left out" in blocks for blocks in digests) == 1


async def test_a_large_team__costs_one_more_call_for_each_further_hundred(quay):
    account = quay.flashduty.account
    rota = account.schedules[6002]
    for number in range(120):
        account.schedules[7000 + number] = replace(rota, schedule_id=7000 + number, name=f"Rota {number}")
    for number in range(250):
        quay.flashduty.raise_incident(title=f"Incident {number}", severity="Warning")
    await let_it_be_nine(quay)
    paths = [call.path for call in quay.flashduty.calls if call.key_owner == 7005]
    assert paths.count("/schedule/list") == 2
    assert paths.count("/incident/list") == 3
    assert len(paths) <= 5 + 1 + 2
    (digest,) = quay.shown(CAROL)
    assert len(digest["blocks"]) <= 50
