import pytest

from bot.slack.incoming.payload_fields import MalformedPayload
from bot.slack.incoming.payloads import read_payload

COMMAND = {
    "command": "/flashduty",
    "text": "incidents",
    "team_id": "T0HARBOR",
    "channel_id": "C0PAYMENTS",
    "user_id": "U0ALICE",
    "trigger_id": "1.2.3",
}


def test_a_command__that_nothing_tells_from_others__is_refused():
    """Without its `trigger_id` each would be taken for a second delivery of the one before."""
    assert read_payload(COMMAND)["trigger_id"] == "1.2.3"
    with pytest.raises(MalformedPayload):
        read_payload({name: value for name, value in COMMAND.items() if name != "trigger_id"})
