"""Custom actions of the account, from More: run once, confirmed first, and told as failed where they failed."""

import pytest
from acting import acknowledged, buttons, closes_in_console, lines, presses_on_card, raised, told
from comment_forms import comments, view_of
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of
from living import cards_at, looks, the_card
from living import raised as raised_with_card
from test_close import control

from sandbox.faults import Fault

RESTART, FAIL_OVER = 9101, 9102
ALICE_IN_FLASHDUTY = 7001
SETTING = {"FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS": f"Restart={RESTART},Fail over={FAIL_OVER}"}
CALL = "/incident/custom-action/do"


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False, **SETTING) as place:
        yield place


def action(incident, integration=RESTART):
    return f"custom_action:{integration}:{incident}"


async def runs(place, incident, integration=RESTART, user=ALICE):
    more = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(more, action(incident, integration), user)


def private(place, words, user=ALICE):
    """What a person is told in the form they pressed in, or in the channel."""
    return [text for text in (told(place, user), *place.sees(user, PAYMENTS)) if words in text]


async def test_more__has_the_actions_of_the_settings__and_each_asks_first(place):
    incident = raised(place)
    more = await presses_on_card(place, incident, f"more:{incident}")
    assert buttons(more)[-5:] == ["Restart", "Fail over", "Catch me up", "Details", "Open in Flashduty"]
    asked = control(more, action(incident))["confirm"]
    assert "Restart" in asked["text"]["text"]
    assert "no Undo" in asked["text"]["text"]


async def test_more__of_a_closed_incident_or_for_somebody_who_looks__has_none(place):
    incident = raised(place)
    looked = await presses_on_card(place, incident, f"more:{incident}", CAROL)
    assert "Restart" not in buttons(looked)
    closes_in_console(place, incident)
    more = await presses_on_card(place, incident, f"more:{incident}")
    assert "Restart" not in buttons(more)


async def test_an_action__is_run_once_and_said_to_whoever_pressed_and_to_the_channel(place):
    incident = raised(place)
    await runs(place, incident)
    assert [call.body for call in place.called(CALL)] == [{"incident_id": incident, "integration_id": RESTART}]
    assert private(place, "You ran the custom action “Restart”")
    assert len(lines(place, "Alice Chen ran the custom action “Restart”", BOB)) == 1


async def test_an_action__is_written_to_the_timeline_as_its_persons(place):
    incident = raised(place)
    await runs(place, incident)
    assert (incident, "Custom action run from Slack by Alice Chen") in comments(place)


async def test_two_presses__run_it_twice__since_each_was_confirmed(place):
    incident = await acknowledged(place)
    await runs(place, incident)
    await runs(place, incident)
    assert len(place.called(CALL)) == 2


async def test_a_message_in_the_answer__is_told_as_a_failure_without_its_address(place):
    incident = raised(place)
    reason = 'Post "https://ops.example.com/run?token=abc": dial tcp 10.0.0.7:443: connection <!channel> refused'
    place.flashduty.account.custom_actions[FAIL_OVER].failure = reason
    await runs(place, incident, FAIL_OVER)
    (said,) = private(place, "failed for")
    assert "The custom action “Fail over” failed" in said
    assert "refused" in said
    for secret in ("ops.example.com", "token", "10.0.0.7", "<!channel>"):
        assert secret not in said
    assert lines(place, "ran the custom action", BOB) == []
    assert len(place.called(CALL)) == 1


async def test_a_lost_answer__is_not_sent_again_and_is_said_to_be_not_known(place):
    incident = raised(place)
    place.flashduty.fail(CALL, Fault.lost_answer())
    await runs(place, incident)
    assert len(place.called(CALL)) == 1
    assert private(place, "could not confirm that the custom action was run")
    assert lines(place, "ran the custom action", BOB) == []


async def test_an_action_that_the_flashduty_channel_does_not_have__is_not_run(place):
    incident = raised(place)
    place.flashduty.account.custom_actions[RESTART].is_enabled = False
    await runs(place, incident)
    assert private(place, "The custom action was not run for")


async def test_an_incident_that_was_closed_meanwhile__gets_none(place):
    incident = raised(place)
    more = await presses_on_card(place, incident, f"more:{incident}")
    closes_in_console(place, incident)
    await place.presses(more, action(incident))
    assert place.called(CALL) == []
    assert private(place, "was closed")


async def test_an_action_that_a_timeline_shows__is_offered_for_its_flashduty_channel(quay):
    incident = raised(quay)
    more = await presses_on_card(quay, incident, f"more:{incident}")
    assert "Restart the service" not in buttons(more)
    quay.flashduty.console.custom_action(incident, by=ALICE_IN_FLASHDUTY)
    await quay.types(f"/flashduty catchup {incident}", ALICE)
    more = await presses_on_card(quay, incident, f"more:{incident}")
    assert "Restart the service" in buttons(more)
    await quay.presses(view_of(quay), action(incident))
    assert [call.body["integration_id"] for call in quay.called(CALL)] == [RESTART]
    elsewhere = quay.flashduty.raise_incident(title="x", severity="Info", flashduty_channel=5002)["incident_id"]
    assert "Restart the service" not in buttons(await presses_on_card(quay, elsewhere, f"more:{elsewhere}"))


async def test_an_action_that_was_learnt__is_offered_by_every_replica_and_after_a_restart(place):
    incident = raised(place)
    place.flashduty.console.custom_action(
        incident, by=ALICE_IN_FLASHDUTY, integration_id=9_104, name="Drain <!channel>"
    )
    async with replica_of(place) as other:
        await place.types(f"/flashduty catchup {incident}", ALICE)
        place.slack.deliver_to(f"{other.url}/slack/events")
        assert "Drain <!channel>" in buttons(await presses_on_card(place, incident, f"more:{incident}"))
    async with replica_of(place) as started_again:
        place.slack.deliver_to(f"{started_again.url}/slack/events")
        assert "Drain <!channel>" in buttons(await presses_on_card(place, incident, f"more:{incident}", BOB))


async def test_a_failure_in_a_timeline__is_told_without_its_address_in_the_thread_and_the_summary():
    failure = 'Post "https://ops.example.com/run?token=s3cret": dial tcp 10.0.0.7:443: <!channel> refused'
    async with cards_at() as place:
        incident = raised_with_card(place)
        await looks(place)
        place.flashduty.console.custom_action(incident, by=ALICE_IN_FLASHDUTY, failure=failure)
        await looks(place)
        ts = the_card(place)["ts"]
        thread = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == ts != one["ts"]]
        summary = await place.types(f"/flashduty catchup {incident}")
        for said in (thread[-1], summary["text"]):
            assert "The custom action “Restart the service” failed" in said
            assert "refused" in said
            for secret in ("ops.example.com", "s3cret", "10.0.0.7", "<!channel>"):
                assert secret not in said
