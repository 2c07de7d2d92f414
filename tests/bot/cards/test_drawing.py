"""What is stored of a card is the card again."""

import pytest

from bot.cards.drawing import drawing_fingerprint, stored_card
from bot.storage.cards.cards import MAX_PAYLOAD_BYTES
from tests.bot.every_surface import SURFACES

LIVING = [name for name in SURFACES if name.startswith("living-")]


@pytest.mark.parametrize("name", LIVING)
def test_a_card_that_was_stored__is_the_same_when_it_is_read(name):
    assert drawing_fingerprint(stored_card(SURFACES[name].payload)) == drawing_fingerprint(SURFACES[name])


@pytest.mark.parametrize("name", LIVING)
def test_a_card__is_small_enough_to_be_stored(name):
    assert len(str(SURFACES[name].payload)) < MAX_PAYLOAD_BYTES


def test_what_is_no_card__is_none():
    assert stored_card({}) is None
    assert stored_card({"blocks": [{"type": "nothing there is"}]}) is None
