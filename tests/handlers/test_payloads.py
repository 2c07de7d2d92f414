import pytest

from handlers.dispatch import payloads

PLACE = {"team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"}, "message": {}}
PRESS = {**PLACE, "container": {"is_ephemeral": True}}


def test_press__of_a_control_without_a_value__is_none():
    action = {"action_id": "again", "block_id": "", "action_ts": "1.2", "value": ""}
    assert payloads.press({**PRESS, "actions": [action]}) is None


def test_press__of_a_menus_entry__goes_the_way_that_the_entry_names():
    action = {"action_id": "menu:1", "block_id": "1 {}", "action_ts": "1.2", "value": 'details {"v":1}'}
    pressed = payloads.press({**PRESS, "actions": [action]})
    assert pressed is not None
    assert (pressed.route, pressed.block_id) == ("details", "1 {}")
    assert pressed.pressed == ("menu:1", 'details {"v":1}')


def test_press__of_a_menus_link__is_none():
    action = {"action_id": "menu:1", "block_id": "1 {}", "action_ts": "1.2", "value": "link"}
    assert payloads.press({**PRESS, "actions": [action]}) is None


@pytest.mark.parametrize("value", ["no JSON", "7", "[" * 100_000])
def test_press__keeps_the_value_undecoded__until_the_route_decodes_it(value):
    action = {"action_id": "again:list", "block_id": "", "action_ts": "1.2", "value": value}
    pressed = payloads.press({**PRESS, "actions": [action]})
    assert pressed is not None
    assert (pressed.route, pressed.pressed) == ("again", ("again:list", value))
