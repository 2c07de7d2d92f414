"""The lists that are kept for a Flashduty that does not answer: the newest of each, and not for ever."""

from bot.incidents.last_listings import LastListings
from bot.incidents.model import Listing
from bot.incidents.search import IncidentSearch
from bot.messages.views import IncidentList
from tests.bot.recorded import NOW

FIRST, SECOND, THIRD = (IncidentList(page=number) for number in (1, 2, 3))


def listing(**more):
    return Listing(IncidentSearch(**more), (), is_complete=True, people={}, as_of=NOW)


def test_a_listing__is_kept_for_its_team_and_search_alone():
    kept = LastListings()
    kept.keep("payments", FIRST, listing())
    assert kept.get("payments", FIRST) == listing()
    assert kept.get("search", FIRST) is None
    assert kept.get("payments", SECOND) is None


def test_the_oldest__makes_room_for_the_newest():
    kept = LastListings(most=2)
    for view in (FIRST, SECOND, FIRST, THIRD):
        kept.keep("payments", view, listing(text=str(view.page)))
    assert [kept.get("payments", view) is not None for view in (FIRST, SECOND, THIRD)] == [True, False, True]
