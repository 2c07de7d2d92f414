"""What could not be posted: told to the people who run the bot, and never silently."""

import asyncio
import json
import re
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of
from structlog.testing import capture_logs

from sandbox.faults import Fault

ADMINS = {"ADMINS": f"{ALICE},{BOB}"}


async def let_it_be_nine(place):
    place.clock.shift(timedelta(minutes=30))
    await place.bot.tick()


async def minutes_later(place, minutes=1):
    place.clock.shift(timedelta(minutes=minutes))
    await place.bot.tick()


def direct(place, user=ALICE):
    return [message["text"] for message in place.slack.seen_by(user, f"D{user[1:]}")]


async def readiness(place):
    async with aiohttp.ClientSession() as session, session.get(f"{place.bot.url}/readyz") as answer:
        return answer.status, await answer.json()


async def test_an_archived_channel__is_told_to_every_admin_at_once_with_the_cure_and_only_once():
    async with harbor_at(**ADMINS) as place:
        place.slack.workspace.channels[PAYMENTS].is_archived = True
        await let_it_be_nine(place)
        for _ in range(3):
            await minutes_later(place)
        for admin in (ALICE, BOB):
            (told,) = direct(place, admin)
            assert "The digest of team payments for Tue 24 Nov was not posted" in told
            assert "Unarchive it" in told
        assert direct(place, CAROL) == []


async def test_one_cause__for_digest_report_and_notices__is_told_once_and_its_end_once():
    """Three direct messages for one cause hide what the cause is."""
    everything = {
        "FLASHDUTY_TEAMS__PAYMENTS__REPORT_DAY": "tue",
        "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "channel",
        "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CATCH_UP": "30m",
    }
    async with harbor_at(**ADMINS, **everything) as place:
        channel = place.slack.workspace.channels[PAYMENTS]
        channel.is_archived = True
        await let_it_be_nine(place)
        # Beyond the end of the digest's time, which is the same cause.
        for _ in range(4):
            await minutes_later(place, 12)
        (told,) = direct(place)
        assert "Unarchive it" in told
        channel.is_archived = False
        await place.types("/flashduty digest post")
        await place.slack.settled()
        for _ in range(3):
            await minutes_later(place)
        _, over = direct(place)
        assert f"Messages are posted in <#{PAYMENTS}> again" in over
        # It may begin anew.
        channel.is_archived = True
        await minutes_later(place, 24 * 60 - 51)
        assert len(direct(place)) == 3
        assert "on Wed 25 Nov" in direct(place)[-1]


async def test_a_bot_that_was_removed__is_told_and_the_digest_comes_late_once_it_is_invited():
    async with harbor_at(**ADMINS) as place:
        channel = place.slack.workspace.channels[PAYMENTS]
        channel.members.remove("U0FLASHBOT")
        await let_it_be_nine(place)
        (told,) = direct(place)
        assert "Type `/invite` <@U0FLASHBOT> there" in told
        channel.members.append("U0FLASHBOT")
        await minutes_later(place, 15)
        assert "late, due <" in place.sees(CAROL)[-1]
        _, over = direct(place)
        assert "again" in over


async def test_readyz__when_something_was_not_posted__counts_it_and_names_nobody_and_the_log_does():
    """In HTTP mode anybody can read /readyz."""
    async with harbor_at(socket_mode=False) as place:
        place.slack.workspace.channels[PAYMENTS].is_archived = True
        with capture_logs() as lines:
            await let_it_be_nine(place)
        await minutes_later(place)
        status, told = await readiness(place)
        assert (status, told["not_posted"]) == (200, 1)
        assert not re.search(r"payments|C0|T0|is_archived|\d{4}-\d{2}-\d{2}", json.dumps(told), re.IGNORECASE)
        (line,) = (line for line in lines if line["event"] == "posting.failed")
        assert (line["team"], line["kind"], line["why"]) == ("payments", "digest", "chat.postMessage: is_archived")
        place.slack.workspace.channels[PAYMENTS].is_archived = False
        await minutes_later(place, 15)
        await minutes_later(place)
        assert (await readiness(place))[1]["not_posted"] == 0


async def test_readyz__has_keys_that_a_machine_can_read():
    """A monitor reads them as field names, without spaces."""
    async with harbor_at() as place:
        _, told = await readiness(place)
        assert told.keys() >= {"ready", "state", "socket_mode", "scheduler", "database", "not_posted"}
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", key) for key in told)


async def test_readyz__when_the_scheduler_does_not_wake_up_any_more__says_so_and_takes_nothing_away():
    async with harbor_at() as place:
        hands = [0.0]
        async with replica_of(place, monotonic=lambda: hands[0]) as other:
            assert (await readiness(replace(place, bot=other)))[1]["scheduler"] == "ok"
            hands[0] = 200.0
            status, told = await readiness(replace(place, bot=other))
            assert (status, told["scheduler"], told["seconds_since_scheduler"]) == (200, "stalled", 200)


async def test_what_passes_by_itself__is_told_only_when_its_time_is_over():
    async with harbor_at(**ADMINS, FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CATCH_UP="30m") as place:
        place.slack.fail("chat.postMessage", Fault.rate_limited(retry_after=1), times=40)
        await let_it_be_nine(place)
        await minutes_later(place)
        assert direct(place) == []


async def test_two_rounds_at_once__tell_an_admin_once():
    """A round that takes longer than a minute meets the next one, and both find what is still to be told."""
    async with harbor_at(**ADMINS) as place:
        place.slack.workspace.channels[PAYMENTS].is_archived = True
        # The digest itself is refused as it should be; the words to both admins have to wait.
        place.slack.fail("chat.postMessage", Fault.delay(0), times=1)
        place.slack.fail("chat.postMessage", Fault.rate_limited(retry_after=1), times=2)
        await let_it_be_nine(place)
        assert direct(place) == []
        place.slack.mend()
        place.clock.shift(timedelta(minutes=1))
        await asyncio.gather(place.bot.tick(), place.bot.tick(), place.bot.tick())
        await place.slack.settled()
        assert len(direct(place)) == 1


async def test_two_replicas_tell_an_admin_once():
    async with (
        harbor_at(**ADMINS) as place,
        replica_of(place) as other,
    ):
        place.slack.workspace.channels[PAYMENTS].is_archived = True
        await let_it_be_nine(place)
        place.clock.shift(timedelta(minutes=1))
        await other.tick()
        assert len(direct(place)) == 1


async def test_a_reminder_for_somebody_slack_does_not_know__is_told():
    def strange(slack):
        for person in slack.workspace.people.values():
            person.email = f"other-{person.email}"

    dm = {"FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "dm", "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_DAYS": "sun"}
    async with harbor_at(prepare=strange, **ADMINS, **dm) as place:
        for _ in range(3):
            await minutes_later(place)
        (told,) = direct(place)
        assert "cannot be reminded of the shift on Tue 24 Nov" in told


async def typed(place, words, user=ALICE):
    """Type a command and give the private answer, after everything it caused has happened."""
    await place.types(words, user)
    await place.slack.settled()
    return [message for message in place.slack.seen_by(user, PAYMENTS) if message["ephemeral"]][-1]["text"]


@pytest.mark.parametrize("words", ["digest post", "digest POST"])
async def test_digest_post__sends_it_to_the_teams_channel_with_the_name_of_who_asked(quay, words):
    assert "Today's digest is in" in await typed(quay, f"/flashduty {words}")
    (posted,) = [text for text in quay.sees(CAROL) if "Digest of team" in text]
    assert "posted for Alice Chen" in posted


async def test_digest_post__drawn_again__still_says_who_asked(quay):
    await typed(quay, "/flashduty digest post")
    posted = quay.shown(CAROL)[-1]
    await quay.presses(posted, "again:refresh", BOB)
    (again,) = [message for message in quay.shown(CAROL) if message["ts"] == posted["ts"]]
    assert "posted for Alice Chen" in again["text"]


async def test_digest_post__needs_a_responder(quay):
    refused = await quay.types("/flashduty digest post", CAROL)
    assert "Only its responders" in refused["text"]
    assert not any("Digest of team" in text for text in quay.sees(ALICE))


async def test_digest_post__by_two_people_in_one_minute__comes_once_and_the_morning_brings_its_own(quay):
    await typed(quay, "/flashduty digest post", ALICE)
    assert "Today's digest is in" in await typed(quay, "/flashduty digest post", BOB)
    assert len([text for text in quay.sees(CAROL) if "Digest of team" in text]) == 1
    await let_it_be_nine(quay)
    assert len([text for text in quay.sees(CAROL) if "Digest of team" in text]) == 2


async def test_digest_week_post__sends_the_report_with_its_chart(quay):
    private = await quay.types("/flashduty digest week")
    assert "Post with its chart" in str(private["blocks"])
    await quay.presses(private, "open:post")
    everything = quay.slack.seen_by(CAROL, PAYMENTS)
    report = next(message for message in everything if "Report of team *payments*" in message["text"])
    assert "posted for Alice Chen" in report["text"]
    (chart,) = [block for block in report["blocks"] if block["type"] == "image"]
    (uploaded,) = [call.params for call in quay.slack.calls if call.method == "files.completeUploadExternal"]
    assert chart["slack_file"] == {"id": uploaded["files"][0]["id"]}


async def test_digest_week_post__needs_a_responder(quay):
    refused = await quay.types("/flashduty digest week post", CAROL)
    assert "Only its responders" in refused["text"]
    private = await quay.types("/flashduty digest week", CAROL)
    assert "open:post" not in str(private["blocks"])
    of_alice = await quay.types("/flashduty digest week", ALICE)
    assert "open:post" in str(of_alice["blocks"])


@pytest.mark.parametrize("words", ["digest nonsense", "digest weekly", "digest on:tomorrow", "digest post tomorrow"])
async def test_digest_with_words_nobody_knows__says_what_there_is(quay, words):
    told = await quay.types(f"/flashduty {words}")
    assert "Unknown: “digest " in told["text"]


async def test_digest_post__when_a_part_cannot_be_read__posts_nothing(quay):
    quay.flashduty.fail("/schedule/list", Fault.code("AccessDenied"))
    told = await quay.types("/flashduty digest post")
    assert "Not allowed: the Flashduty key" in told["text"]
    assert not any("Digest of team" in text for text in quay.sees(CAROL))


async def test_digest_post__where_the_channel_is_gone__says_so(quay):
    quay.slack.fail("chat.postMessage", Fault.error("is_archived"), times=None)
    assert "was not posted" in await typed(quay, "/flashduty digest post")
