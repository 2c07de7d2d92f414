import pytest

from handlers.dispatch import payloads

PLACE = {"team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"}, "message": {}}
PRESS = {**PLACE, "container": {"is_ephemeral": True}}


def test_press__of_a_control_without_a_value__is_none():
    action = {"action_id": "again", "action_ts": "1.2", "value": ""}
    assert payloads.press({**PRESS, "actions": [action]}) is None


@pytest.mark.parametrize("value", ["no JSON", "7", "[" * 100_000])
def test_press__keeps_the_value_undecoded__until_the_route_decodes_it(value):
    action = {"action_id": "again:list", "action_ts": "1.2", "value": value}
    pressed = payloads.press({**PRESS, "actions": [action]})
    assert pressed is not None
    assert (pressed.route, pressed.pressed) == ("again", ("again:list", value))
