"""What a control carries comes back as it was, whatever Slack does to it on the way."""

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.buttons import BUTTON_VALUE, OPTION_VALUE, WORDS_LIMIT, ButtonValue
from tests.bot.every_surface import SURFACES

WRITABLE = st.characters(exclude_categories=["Cc", "Cs"])
ANY = st.text(WRITABLE, max_size=600) | st.text(st.sampled_from('&<>"\\\n支👍a'), max_size=600)


@given(words=ANY, limit=st.sampled_from([BUTTON_VALUE, OPTION_VALUE]))
def test_carried__comes_back_through_entities__as_long_as_it_may_be(words, limit):
    """found.md B: Slack writes &, < and > of a value as entities."""
    value = ButtonValue("R&D", words, "69da451ef77b1b51f4000001").packed(limit)
    assert len(value) <= limit
    assert html.escape(value, quote=False) == value
    back = ButtonValue.unpacked(html.escape(value, quote=False))
    assert (back.team, back.incident) == ("R&D", "69da451ef77b1b51f4000001")
    assert words.startswith(back.words)
    assert len(back.words) >= min(len(words), WORDS_LIMIT if limit == BUTTON_VALUE else 10)


def values(held):
    if isinstance(held, dict):
        yield from ([held["value"]] if "value" in held else [])
        held = list(held.values())
    for one in held if isinstance(held, list) else []:
        yield from values(one)


@pytest.mark.parametrize("name", SURFACES)
def test_every_control__carries_nothing_slack_would_change(name):
    for value in values(SURFACES[name].payload["blocks"]):
        assert html.escape(value, quote=False) == value
        assert json.loads(value)
