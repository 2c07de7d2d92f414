from dataclasses import replace
from datetime import timedelta

from bot.cards.timeline.turns import StoryTurns
from bot.storage.cards.cards import StoredCard
from tests.bot.recorded import NOW

CARD = StoredCard(
    team="payments", incident_id="a", channel="C0PAY", ts="1.0", started_at=NOW, posted_at=NOW, kept_until=NOW
)
OLDER = replace(CARD, incident_id="b", started_at=NOW - timedelta(hours=1))
PLACE = replace(CARD, incident_id="c", ts=None, storm=NOW)


def test_each_card__has_its_turn__the_newest_first():
    turns = StoryTurns()
    assert [turns.take([OLDER, CARD, PLACE]) for _ in range(4)] == [{"a"}, {"b"}, {"a"}, {"b"}]


def test_a_new_card__comes_before_those_that_had_a_turn():
    turns = StoryTurns()
    turns.take([CARD])
    turns.take([CARD])
    assert turns.take([CARD, OLDER]) == {"b"}
    assert turns.take([PLACE]) == frozenset()
