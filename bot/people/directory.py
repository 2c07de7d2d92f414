"""Names of Flashduty's people, and their Slack profiles, matched by e-mail address."""

from collections.abc import Iterable, Mapping

import structlog
from pydantic import Field

from bot.flashduty import Flashduty, FlashdutyError, Person
from bot.people.slack_profiles import SlackProfiles
from bot.teams.access import SlackPerson

log = structlog.get_logger(__name__)


class LinkedPerson(Person):
    """A person in Flashduty with their Slack profile; `is_notified` when a mention is to notify them."""

    slack_id: str = Field(repr=False)
    slack_name: str
    is_notified: bool = False


class PartialPeople(dict[int, Person]):
    """The cached people, where Flashduty did not answer and not everybody is cached."""


async def look_up_people(flashduty: Flashduty, ids: Iterable[int]) -> dict[int, Person]:
    """Look people up by id; where Flashduty fails, return the cached ones, `PartialPeople` unless all are cached."""
    wanted = list(ids)
    try:
        return await flashduty.persons(wanted)
    except FlashdutyError as error:
        log.warning("people.lookup_failed", code=error.raw_code, request_id=error.request_id)
        cached = flashduty.cached_persons(wanted)
        return cached if all(number in cached for number in wanted) else PartialPeople(cached)


async def link_profiles(
    people: Mapping[int, Person], ids: Iterable[int], profiles: SlackProfiles | None, *, notifies: bool
) -> dict[int, Person]:
    """Return all people, those of these ids as `LinkedPerson` where Slack has their address."""
    selected = {number: people[number] for number in ids if number in people}
    emails = frozenset(address for person in selected.values() if (address := address_of(person)))
    if profiles is None or not emails:
        return dict(people)
    by_email = await profiles.by_email(emails)
    found = {
        number: _linked(person, slack, notifies=notifies)
        for number, person in selected.items()
        if (slack := by_email.get(address_of(person))) is not None
    }
    return {**people, **found}


def display_name(person: Person) -> str:
    """Return a person's name, or the address, or the id."""
    return person.name or person.email or f"person {person.id}"


def normalised_email(address: str | None) -> str:
    """Return an e-mail address as it is compared, empty for none."""
    return (address or "").strip().lower()


def address_of(person: Person) -> str:
    """Return a person's e-mail address as it is compared, empty for none."""
    return normalised_email(person.email)


def is_same_person(person: Person, slack: SlackPerson) -> bool:
    """Whether a person in Flashduty is a person in Slack: by an e-mail address that neither leaves unverified."""
    address = normalised_email(slack.email)
    return bool(address) and address_of(person) == address and person.is_address_verified is not False


def _linked(person: Person, slack: SlackPerson, *, notifies: bool) -> LinkedPerson:
    # The person is validated already, and validation expects the names on the wire.
    return LinkedPerson.model_construct(
        **person.model_dump(), slack_id=slack.id, slack_name=slack.name, is_notified=notifies
    )
