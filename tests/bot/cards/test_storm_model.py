"""Which new incidents get a card, and which a place in the message of a storm."""

from bot.cards.storms.model import Place, divided
from bot.flashduty import Severity
from tests.bot.recorded import ago, incident


def many(count, severity="Warning", first=1):
    return [incident(n, incident_severity=severity, start_time=ago(minutes=n)) for n in range(first, first + count)]


def ids(found):
    return [one.id for one in found]


def test_as_many_as_the_limit__get_a_card__the_most_severe_and_the_oldest_first():
    info, warning = many(2, "Info"), many(3, first=10)
    own, placed = divided([*info, *warning], limit=4, posted=0, posted_critical=0, is_storm=False)
    assert ids(own) == ids([warning[2], warning[1], warning[0], info[1]])
    assert ids(placed) == ids([info[0]])


def test_cards_of_the_last_minutes__count():
    own, placed = divided(many(3), limit=10, posted=8, posted_critical=0, is_storm=False)
    assert (len(own), len(placed)) == (2, 1)


def test_in_a_storm__only_critical_ones_get_a_card__until_they_are_as_many():
    new = [*many(5), *many(4, "Critical", first=20)]
    own, placed = divided(new, limit=3, posted=0, posted_critical=1, is_storm=True)
    assert [one.severity for one in own] == [Severity.CRITICAL] * 2
    assert len(placed) == 7


def test_a_place__is_stored_as_it_was_seen():
    place = Place.of(incident(1, incident_severity="Warning", progress="Processing", channel_name="支付"))
    assert Place.read(place.seen) == place
    assert Place.read({}) == Place(severity=Severity("?"), progress=place.progress.__class__("?"), flashduty_channel="")
