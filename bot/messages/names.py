from collections.abc import Iterable, Mapping

from slack_sdk.models.blocks import ContextBlock

from bot.flashduty import Person
from bot.messages.blocks import context
from bot.messages.text import Mrkdwn, clipped, counted, mention, mrkdwn
from bot.people.directory import LinkedPerson, PartialPeople

MOST_NAMES = 4


def names(ids: Iterable[int], people: Mapping[int, Person], told: Mapping[int, str] | None = None) -> Mrkdwn:
    """Name people in a row, at most four and then a count; empty for nobody.

    `told` are names that came along with the ids; a person without a name anywhere is shown by address, or by number.
    """
    wanted = list(dict.fromkeys(ids))
    shown = [_one(person, people, told or {}) for person in wanted[:MOST_NAMES]]
    more = len(wanted) - len(shown)
    row = Mrkdwn(", ").join_all(shown)
    return counted(more, "{row} and {count} other", "{row} and {count} others", row=row) if more else row


def plain_names(ids: Iterable[int], people: Mapping[int, Person]) -> str:
    """Name people in a row where no markup is read, as in a table."""
    return ", ".join(_name(person, people, {}) for person in dict.fromkeys(ids))


def unread(people: Mapping[int, Person]) -> ContextBlock | None:
    """Say that numbers stand where names could not be read; nothing where all could."""
    if not isinstance(people, PartialPeople):
        return None
    return context(mrkdwn("Flashduty did not give all names: “person” and a number stands for somebody."))


def _one(person_id: int, people: Mapping[int, Person], told: Mapping[int, str]) -> Mrkdwn:
    """Name somebody; whoever Slack knows gets the @ of their Slack name, and is notified only where that is meant."""
    person = people.get(person_id)
    if not isinstance(person, LinkedPerson):
        return mrkdwn("{name}", name=_name(person_id, people, told))
    return mention(person.slack_id) if person.is_notified else mrkdwn("@{name}", name=clipped(person.slack_name, 60))


def _name(person_id: int, people: Mapping[int, Person], told: Mapping[int, str]) -> str:
    person = people.get(person_id)
    # Somebody who has not accepted an invitation yet has an address alone.
    name = told.get(person_id) or (person.name or person.email if person else "")
    return clipped(name, 60) if name else f"person {person_id}"
