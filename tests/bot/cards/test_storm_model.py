"""Which new incidents get a card, and which a place in the message of a storm."""

from datetime import timedelta

from bot.cards.storms.model import STORM_WINDOW, Place, divided, end_of, name_of, storm_of
from bot.flashduty import Severity
from tests.bot.recorded import NOW, ago, incident


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


def test_a_card_that_may_be_in_slack__gets_no_place__whatever_the_storm():
    new = many(3)
    own, placed = divided(new, limit=1, posted=1, posted_critical=0, is_storm=True, begun={new[1].id})
    assert (ids(own), ids(placed)) == ([new[1].id], [new[2].id, new[0].id])


def test_a_storm__ends_when_no_more_than_the_limit_came_within_the_window():
    began_at, later, latest = (NOW - timedelta(minutes=minutes) for minutes in (9, 8, 4))
    came = [began_at, began_at, began_at, later, latest, NOW]
    assert end_of(came, began_at=began_at, limit=3) == began_at + STORM_WINDOW
    assert end_of(came, began_at=began_at, limit=2) == later + STORM_WINDOW
    assert end_of(came, began_at=began_at, limit=1) == latest + STORM_WINDOW
    assert end_of([], began_at=NOW, limit=1) == NOW + STORM_WINDOW


def test_the_name_of_a_storm__says_its_channel_and_its_beginning_in_ms():
    began_at = NOW.replace(microsecond=123_000)
    assert storm_of(name_of("C0PAY", began_at)) == ("C0PAY", began_at)
