import pytest

from handlers.dispatch import payloads

PLACE = {"team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"}, "message": {}}
PRESS = {**PLACE, "container": {"is_ephemeral": True}}


@pytest.mark.parametrize(
    "value", ["", "no JSON", "7", '{"t": 7}', "[" * 100_000, '{"t":' * 100_000, '{"w": "\\ud800"}', '{"w": "\\u0000"}']
)
def test_press__with_a_value_of_somebody_else__is_none_of_ours(value):
    action = {"action_id": "again", "action_ts": "1.2", "value": value}
    assert payloads.press({**PRESS, "actions": [action]}) is None
