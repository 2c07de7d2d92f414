"""People of Flashduty who are known in Slack as well, matched by e-mail."""

from collections.abc import Iterable, Mapping

import structlog
from pydantic import Field

from bot.flashduty import Flashduty, FlashdutyError, Person
from bot.people.slack_profiles import SlackProfiles
from bot.teams.access import SlackPerson

log = structlog.get_logger(__name__)


class LinkedPerson(Person):
    """Somebody in Flashduty, with who they are in Slack; `is_notified` when naming them is meant to reach them."""

    slack_id: str = Field(repr=False)
    slack_name: str
    is_notified: bool = False


class PartialPeople(dict[int, Person]):
    """The people that are remembered, where Flashduty did not name all that were asked for."""


async def look_up_people(flashduty: Flashduty, ids: Iterable[int]) -> dict[int, Person]:
    """Look people up for their names; where Flashduty fails, those that are remembered: `Unread` unless all are."""
    wanted = list(ids)
    try:
        return await flashduty.persons(wanted)
    except FlashdutyError as error:
        log.warning("names not known", code=error.raw_code, request_id=error.request_id)
        remembered = flashduty.remembered_persons(wanted)
        return remembered if all(number in remembered for number in wanted) else PartialPeople(remembered)


async def link_profiles(
    people: Mapping[int, Person], ids: Iterable[int], profiles: SlackProfiles | None, *, notifies: bool
) -> dict[int, Person]:
    """Turn the people of these ids into colleagues where Slack knows their address."""
    asked = {number: people[number] for number in ids if number in people}
    emails = frozenset(address for person in asked.values() if (address := address_of(person)))
    if profiles is None or not emails:
        return dict(people)
    known = await profiles.by_email(emails)
    found = {
        number: _linked(person, slack, notifies=notifies)
        for number, person in asked.items()
        if (slack := known.get(address_of(person))) is not None
    }
    return {**people, **found}


def display_name(person: Person) -> str:
    """Give what somebody can be called by: the name, the address of whoever has not said one yet, or the number."""
    return person.name or person.email or f"person {person.id}"


def address_of(person: Person) -> str:
    """Give somebody's e-mail address as it is compared, empty for none."""
    return (person.email or "").strip().lower()


def is_same_person(person: Person, slack: SlackPerson) -> bool:
    """Tell whether somebody of Flashduty is somebody of Slack: by an e-mail address that neither leaves unconfirmed."""
    address = (slack.email or "").strip().lower()
    return bool(address) and address_of(person) == address and person.is_address_verified is not False


def _linked(person: Person, slack: SlackPerson, *, notifies: bool) -> LinkedPerson:
    # Built from a person that was validated already; the names on the wire are of no use here.
    return LinkedPerson.model_construct(
        **person.model_dump(), slack_id=slack.id, slack_name=slack.name, is_notified=notifies
    )
