"""The thread of a living card: it tells what happened to the incident, whoever did it, wherever, each thing once."""

from datetime import timedelta

from harbor import ALICE, BOB, PAYMENTS
from test_cards import SETTING, cards_at, looks, raised, the_card

from sandbox.faults import Fault

MENTION = "<@U0FLASHBOT>"


def thread(place, title="Ledger is behind"):
    """What everybody sees below a card."""
    ts = the_card(place, title)["ts"]
    return [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == ts and one["ts"] != ts]


async def test_the_thread__tells_what_people_do_in_the_console__and_the_channel_hears_nothing():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        lines = len(place.shown(BOB))
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        place.flashduty.console.comment(incident, by="Bob Müller", text="Rolling back\nthe deploy")
        place.flashduty.console.severity(incident, by="Bob Müller", severity="Critical")
        await looks(place)
        place.flashduty.console.close(incident, by="Bob Müller")
        await looks(place)
        await looks(place)
        acknowledged, closed = thread(place)
        assert acknowledged.split("\n") == [
            "👤 Bob Müller acknowledged.",
            "💬 Bob Müller commented:",
            "Rolling back",
            "the deploy",
            "↕️ Bob Müller changed the severity: 🔶 *Warning* → 🔴 *Critical*",
        ]
        assert closed == "✅ Bob Müller closed it in Flashduty."
        assert len(place.shown(BOB)) == lines


async def test_the_thread__tells_of_a_page_that_did_not_arrive__and_of_none_that_did():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.page(incident, to=["Bob Müller"])
        await looks(place)
        assert thread(place) == []
        place.flashduty.console.page(incident, to=["Bob Müller"], failed_reason="no answer")
        await looks(place)
        assert thread(place) == ["⚠️ The call to Bob Müller did not get through: nobody answered"]


async def test_an_acknowledgement_in_slack__is_told_by_the_name_of_whoever_pressed():
    async with cards_at() as place:
        raised(place, severity="Warning")
        await looks(place)
        card = the_card(place)
        button = next(
            one["action_id"]
            for block in card["blocks"]
            if block["type"] == "actions"
            for one in block["elements"]
            if one["action_id"].startswith("acknowledge")
        )
        await place.presses(card, button)
        await looks(place)
        assert thread(place) == ["👤 Alice Chen acknowledged."]


async def test_a_comment_from_the_thread__goes_to_the_timeline__and_does_not_come_back():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        ts = the_card(place)["ts"]
        await place.slack.say(ALICE, PAYMENTS, f"{MENTION} comment rolling back", thread_ts=ts)
        await place.slack.settled()
        await looks(place)
        (comment,) = place.flashduty.account.comments
        assert (comment.incident_id, comment.source) == (incident, "Alice Chen in Slack: rolling back")
        assert thread(place) == [f"{MENTION} comment rolling back"]


async def test_the_thread__is_in_the_language_of_the_channel():
    async with cards_at(**{SETTING + "LANGUAGE": "zh"}) as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        await looks(place)
        replies = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if "认领了" in one["text"]]
        assert replies == ["👤 Bob Müller 认领了故障。"]


async def test_a_critical_incident__begins_with_the_most_similar_past_one():
    async with cards_at() as place:
        before = raised(place, "Ledger was behind")
        await looks(place)
        place.flashduty.console.close(before, resolution="Restarted the consumer.")
        await looks(place)
        place.clock.shift(timedelta(hours=3))
        raised(place)
        await looks(place)
        (first,) = thread(place)
        assert first.startswith("🕘 *Most similar past incident*\n🔴 *Critical* ")
        assert "Restarted the consumer." in first


async def test_while_slack_takes_no_reply__the_story_waits__and_is_told_once():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        place.slack.fail("chat.postMessage", Fault.error("internal_error"), times=1)
        await looks(place)
        assert thread(place) == []
        for _ in range(3):
            place.clock.shift(timedelta(minutes=1))
            await looks(place)
        assert thread(place) == ["👤 Bob Müller acknowledged."]


async def test_catch_me_up__from_the_living_card():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        place.flashduty.console.acknowledge(incident, by="Bob Müller")
        place.flashduty.console.comment(incident, by="Bob Müller", text="Rolling back")
        await looks(place)
        card = the_card(place)
        await place.presses(card, f"more:{incident}")
        (more,) = place.slack.views(ALICE)
        await place.presses(more, f"open:catch_up:{incident}")
        (shown,) = place.slack.views(ALICE)
        assert "Bob Müller: “Rolling back”" in str(shown["blocks"])
        assert the_card(place)["text"] == card["text"]


async def test_an_acknowledgement_that_is_undone_in_slack__has_the_name_of_whoever_pressed():
    async with cards_at() as place:
        incident = raised(place, severity="Warning")
        await looks(place)
        await place.types(f"/flashduty ack {incident}")
        await place.slack.settled()
        confirmed = next(one for one in place.shown() if "undo_acknowledge" in str(one["blocks"]))
        await looks(place)
        place.clock.shift(timedelta(seconds=5))
        await place.presses(confirmed, "undo_acknowledge")
        await looks(place)
        assert thread(place)[-2:] == ["👤 Alice Chen acknowledged.", "↩️ Alice Chen unacknowledged."]
