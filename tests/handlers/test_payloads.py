import pytest

from handlers import payloads


@pytest.mark.parametrize("value", ["", "no JSON", "7", '{"t": 7}', "[" * 100_000, '{"t":' * 100_000])
def test_press__with_a_value_of_somebody_else__is_none_of_ours(value):
    assert payloads.press({"actions": [{"action_id": "again", "value": value}]}) is None
