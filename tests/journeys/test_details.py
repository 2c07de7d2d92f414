"""Details: timeline, who was reached, alerts and similar incidents of an incident, in a view that fills by parts."""

import asyncio
import re
from datetime import timedelta

import pytest
from acting import buttons, presses_on_card, raised, record
from comment_forms import view_of
from harbor import ALICE, CAROL, harbor_at
from living import cards_at, looks, the_card
from living import raised as raised_on_card

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

# Long enough for what answers, and short for what hangs.
PATIENT = TimeLimits(lookup=3.0, part=0.05)


async def details_of(place, incident, user=ALICE):
    """Open More on the card of an incident, and Details from there; what the view says."""
    view = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(view, f"incident_details:{incident}", user)
    return words(view_of(place, user))


def words(view):
    """Everything that a view says, labels of alerts and quoted texts as well."""
    return "\n".join(_texts(view["blocks"]))


def _texts(held):
    if isinstance(held, list):
        return [text for one in held for text in _texts(one)]
    if not isinstance(held, dict):
        return []
    own = [held["text"]] if isinstance(held.get("text"), str) else []
    return own + [text for name, one in held.items() if name not in {"value", "options"} for text in _texts(one)]


async def presses_details(place, incident):
    """Press Details in More, and give the task of the press: what the view shows meanwhile is looked at."""
    view = await presses_on_card(place, incident, f"more:{incident}")
    return lambda: asyncio.create_task(place.slack.press(ALICE, view, action_id=f"incident_details:{incident}"))


async def shows(place, sentence, user=ALICE):
    """Wait until the open view says something; what it says then."""
    await place.slack.until(lambda: sentence in words(view_of(place, user)), timeout=10)
    return words(view_of(place, user))


def resolved_before(place, **texts):
    """An incident with the same title that was closed an hour ago."""
    incident = raised(place)
    closed_at = int(place.clock.now().timestamp()) - 3_600
    started = {"start_time": closed_at - 1_200, "close_time": closed_at}
    record(place, incident).update(progress="Closed", closer_id=7002, **started, **texts)
    return incident


def passes(place, seconds=60):
    place.clock.shift(timedelta(seconds=seconds))


async def test_details__have_the_timeline_who_was_reached_the_alerts_and_similar_incidents(harbor):
    before = resolved_before(harbor, resolution="Rolled back the *deploy*", root_cause="A bad config")
    incident = raised(harbor)
    harbor.flashduty.console.page(incident, to=["Bob Müller"], channel="voice")
    harbor.flashduty.console.page(incident, to=["Bob Müller"], channel="sms", failed_reason="busy")
    harbor.flashduty.console.alert(incident, title="Refunds fail", labels={"host": "refund-1"})
    harbor.flashduty.console.comment(incident, by="Carol Diaz", text="looking at the *gateway*")
    await harbor.types(f"/flashduty ack {incident}")
    await harbor.slack.settled()
    said = await details_of(harbor, incident)
    assert view_of(harbor)["title"]["text"] == "Details"
    assert "👤 *Acknowledged* by Alice Chen" in said
    assert re.search(r"• Bob Müller, .*\n +↳ phone 2 times, last <!date.*, ⚠️ SMS <!date.*: the line was busy", said)
    assert re.search(r"• Alice Chen, acknowledged .* through Slack, as Dana Okoye\n +↳ phone <!date", said)
    assert said.count("• Alice Chen") == 1
    assert "📨 Notified by phone: Bob Müller" in said
    assert "⚠️ The SMS to Bob Müller did not arrive: the line was busy" in said
    assert "💬 Carol Diaz: “looking at the ∗gateway∗”" in said
    assert "👤 Alice Chen acknowledged." in said
    assert "Refunds fail" in said
    assert "refund-1" in said
    assert f"#{before[-6:].upper()} · Card payments fail" in said
    assert "Rolled back the *deploy*" in said
    assert "A bad config" in said
    assert "as of <!date" in said


async def test_details__are_newest_first__and_name_whoever_pressed_in_slack(quay):
    incident = raised(quay)
    await quay.types(f"/flashduty ack {incident}")
    passes(quay)
    await quay.types(f"/flashduty snooze {incident} 30")
    await quay.slack.settled()
    passes(quay)
    await quay.bot.tick()
    await quay.slack.settled()
    said = await details_of(quay, incident)
    assert [one for one in quay.flashduty.account.comments if "Snoozed from Slack by" in one.source]
    assert said.index("💤 Alice Chen snoozed it") < said.index("👤 Alice Chen acknowledged.")
    assert "Snoozed from Slack by" not in said


async def test_details__for_somebody_who_may_only_look(quay):
    incident = raised(quay)
    said = await details_of(quay, incident, CAROL)
    assert "*Timeline*" in said
    assert buttons(view_of(quay, CAROL))[:2] == ["More", "Refresh"]


async def test_details__from_the_menu_of_a_row(quay):
    incident = raised(quay)
    listed = await quay.types("/flashduty incidents")
    await quay.chooses(listed, incident, "more")
    await quay.presses(view_of(quay), f"incident_details:{incident}")
    assert "*Timeline*" in words(view_of(quay))


async def test_details__lead_back_to_what_can_be_done__which_draws_the_card_again():
    async with cards_at() as place:
        incident = raised_on_card(place)
        await looks(place)
        await place.presses(the_card(place), f"more:{incident}")
        await place.presses(view_of(place), f"incident_details:{incident}")
        await place.presses(view_of(place), f"more:{incident}")
        await place.presses(view_of(place), f"acknowledge:{incident}")
        await place.slack.settled()
        assert "Acknowledged" in the_card(place)["text"]
        # The thread of the card tells it: no line of its own in the channel.
        assert not [text for text in place.sees(CAROL) if "acknowledged #" in text]


async def test_details__while_flashduty_hangs__show_at_once_what_is_known__and_then_what_could_not_be_read():
    async with harbor_at(time_limits=PATIENT) as place:
        incident = raised(place)
        press = await presses_details(place, incident)
        place.flashduty.fail("*", Fault.hang(), times=None)
        pressed = press()
        await shows(place, f"Loading #{incident[-6:].upper()}")
        known = await shows(place, "⏳ Loading …")
        assert "Card payments fail" in known
        assert "❗ *Unacknowledged*" in known
        await pressed
        await place.slack.settled(timeout=20)
        said = words(view_of(place))
        for part in ("timeline", "alerts", "similar past incidents"):
            assert f"⚠️ The {part} could not be read." in said
        assert said.count("*Flashduty timed out.*") == 1
        assert "Card payments fail" in said
        place.flashduty.mend()
        await place.presses(view_of(place), "incident_details:refresh")
        assert "🆕 The incident was opened." in words(view_of(place))


@pytest.mark.parametrize(
    ("call", "there", "loading"),
    [
        ("/incident/feed", "*Alerts* · ", "⏳ Who was reached"),
        ("/incident/alert/list", "🆕 The incident was opened.", "*Alerts*\n⏳ Loading …"),
        ("/incident/past/list", "🆕 The incident was opened.", "*Similar past incidents*\n⏳ Loading …"),
    ],
)
async def test_a_part_that_hangs__keeps_no_other_waiting(call, there, loading):
    async with harbor_at(time_limits=PATIENT) as place:
        incident = raised(place)
        press = await presses_details(place, incident)
        place.flashduty.fail(call, Fault.hang(), times=None)
        pressed = press()
        so_far = await shows(place, there)
        assert loading in so_far
        await pressed
        await place.slack.settled(timeout=20)
        said = words(view_of(place))
        assert there in said
        assert said.count("could not be read.") == (2 if call == "/incident/feed" else 1)
        assert "Loading" not in said


async def test_a_part_that_comes_late__is_there_when_it_has_come():
    async with harbor_at(time_limits=PATIENT) as place:
        incident = raised(place)
        press = await presses_details(place, incident)
        place.flashduty.fail("/incident/feed", Fault.delay(0.8), times=1)
        pressed = press()
        assert "🆕" not in await shows(place, "*Alerts* · ")
        await pressed
        await place.slack.settled(timeout=20)
        assert "🆕 The incident was opened." in words(view_of(place))


@pytest.mark.parametrize(
    ("call", "part"),
    [
        ("/incident/feed", "timeline"),
        ("/incident/alert/list", "alerts"),
        ("/incident/past/list", "similar past incidents"),
    ],
)
async def test_a_part_that_is_refused__is_said__and_the_others_are_there(quay, call, part):
    incident = raised(quay)
    quay.flashduty.fail(call, Fault.code("AccessDenied"), times=None)
    said = await details_of(quay, incident)
    assert f"⚠️ The {part} could not be read." in said
    assert "lacks “Incidents Read”" in said
    assert said.count("could not be read.") == (2 if part == "timeline" else 1)


async def test_a_refresh_that_is_not_answered__leaves_the_details_as_they_are_and_says_so():
    async with harbor_at(time_limits=PATIENT) as place:
        incident = raised(place)
        await details_of(place, incident)
        place.flashduty.fail("*", Fault.hang(), times=None)
        await place.slack.press(ALICE, view_of(place), action_id="incident_details:refresh")
        await place.slack.settled(timeout=20)
        said = words(view_of(place))
        assert "Flashduty does not answer" in said
        assert "🆕 The incident was opened." in said


async def test_an_incident_that_the_team_may_not_see_any_more__is_refused(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"more:{incident}")
    record(quay, incident)["channel_id"] = 5003
    await quay.presses(view, f"incident_details:{incident}")
    assert "Card payments fail" not in words(view_of(quay))


async def test_a_long_timeline__has_older_pages__that_newer_entries_do_not_move(quay):
    incident = raised(quay)
    for number in range(45):
        passes(quay)
        quay.flashduty.console.comment(incident, by="Bob Müller", text=f"note {number:02d}")
    first = await details_of(quay, incident)
    assert re.findall(r"note (\d\d)", first) == [f"{number:02d}" for number in range(44, 24, -1)]
    passes(quay)
    quay.flashduty.console.comment(incident, by="Bob Müller", text="note 99")
    await quay.presses(view_of(quay), "incident_details:older")
    second = words(view_of(quay))
    assert re.findall(r"note (\d\d)", second) == [f"{number:02d}" for number in range(24, 4, -1)]
    assert "21–40 of 4" in second
    assert "*Alerts*" not in second
    await quay.presses(view_of(quay), "incident_details:older")
    last = words(view_of(quay))
    assert "note 00" in last
    assert "🆕 The incident was opened." in last
    assert "Older" not in buttons(view_of(quay))
    await quay.presses(view_of(quay), "incident_details:newer")
    assert words(view_of(quay)) == second
    await quay.presses(view_of(quay), "incident_details:newer")
    assert "note 99" in words(view_of(quay))
    assert "*Alerts*" in words(view_of(quay))


async def test_a_similar_incident__has_details_of_its_own(quay):
    before = resolved_before(quay, resolution="Rolled back")
    await details_of(quay, raised(quay))
    await quay.presses(view_of(quay), f"incident_details:{before}")
    assert f"#{before[-6:].upper()}" in words(view_of(quay)).splitlines()[0]
    assert "✅ *Closed*" in words(view_of(quay))


async def test_details__in_the_language_of_whoever_asks(quay):
    incident = raised(quay)
    await quay.types("/flashduty language zh")
    said = await details_of(quay, incident)
    assert view_of(quay)["title"]["text"] == "详情"
    for part in ("*处理人员*", "*时间线*", "*告警*", "*相似的历史故障*", "🆕 故障已触发。", "截至"):
        assert part in said


async def test_a_closed_view__is_answered_where_the_person_sees_it(quay):
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"more:{incident}")
    quay.flashduty.fail("/incident/info", Fault.delay(0.3), times=1)
    await quay.slack.press(ALICE, view, action_id=f"incident_details:{incident}")
    await quay.slack.close_view(ALICE, view)
    await quay.slack.settled(timeout=10)
    assert [text for text in quay.sees(ALICE, "D0ALICE") if "Press it again on the card" in text]
