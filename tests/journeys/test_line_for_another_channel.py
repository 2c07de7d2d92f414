"""A press in a channel that is not the team's: its line goes to the team's own, and a line that fails is told."""

import pytest
from harbor import ALICE, CAROL, GENERAL, PAYMENTS, harbor_at

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

REFUSALS = [
    (Fault.error("is_archived"), "Slack says `is_archived`", "Type `/invite` <@U0FLASHBOT> there"),
    (Fault.error("msg_too_long"), "Slack says `msg_too_long`", "Type `/invite` <@U0FLASHBOT> there"),
    (Fault.rate_limited(30), "Slack takes no more messages just now", "Try again in a minute"),
]
IDS = ["refused", "not taken", "limited"]


async def acknowledged_elsewhere(place, user=ALICE):
    record = place.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    listed = await place.types("/flashduty incidents team:payments", user, GENERAL)
    await place.presses(listed, f"acknowledge:{record['incident_id']}", user)


def told(place, words, user=ALICE, channel=GENERAL):
    return [message for message in place.shown(user, channel) if words in message["text"]]


@pytest.mark.parametrize(("fault", "why", "cure"), REFUSALS, ids=IDS)
async def test_a_line_for_the_teams_own_channel__that_slack_does_not_take__is_told_and_tried_again(fault, why, cure):
    async with harbor_at(time_limits=TimeLimits(attempt=0.5)) as place:
        place.slack.fail("chat.postMessage", fault, times=None)
        await acknowledged_elsewhere(place)
        assert len(told(place, "You acknowledged")) == 1
        (error,) = told(place, "Not posted in")
        assert f"<#{PAYMENTS}>" in error["text"]
        assert why in error["text"]
        assert cure in error["text"]
        place.slack.mend("chat.postMessage")
        (again,) = [one for block in error["blocks"] for one in block.get("elements", []) if one["type"] == "button"]
        await place.presses(error, again["action_id"])
        assert len(told(place, "Alice Chen acknowledged", CAROL, PAYMENTS)) == 1
        assert told(place, "Not posted in") == []
