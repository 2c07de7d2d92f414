"""People in a message: by their Slack name, their name in Flashduty, their address, or their number."""

from collections.abc import Iterable, Mapping

from slack_sdk.models.blocks import ContextBlock

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import context
from bot.messages.text import Label, Mrkdwn, clipped, escaped, mention, verbatim
from bot.people.directory import LinkedPerson, PartialPeople

MAX_NAMES = 4


def names(
    to: Audience,
    ids: Iterable[int],
    people: Mapping[int, Person],
    given: Mapping[int, str] | None = None,
    *,
    most: int = MAX_NAMES,
) -> Mrkdwn:
    """Name up to four people, or `most`, and count the others; empty for no ids.

    `given` are names that came with the ids. A person without a name is shown by address, or else by number.
    """
    wanted = list(dict.fromkeys(ids))
    shown = [_one(to, person, people, given=given or {}) for person in wanted[:most]]
    more = len(wanted) - len(shown)
    row = enumerated(to, shown)
    return to.counted(more, "{row} and {count} other", "{row} and {count} others", row=row) if more else row


def enumerated(to: Audience, parts: Iterable[Mrkdwn]) -> Mrkdwn:
    """List things in a sentence, with the comma of the language between them."""
    return to.say(", ").join_all(parts)


def plain_names(to: Audience, ids: Iterable[int], people: Mapping[int, Person]) -> Label:
    """Name all people without markup, as for a table."""
    return verbatim(to.label(", ").join(_name(to, person, people, given={}) for person in dict.fromkeys(ids)))


def unread(to: Audience, people: Mapping[int, Person]) -> ContextBlock | None:
    """Explain that numbers stand for names that could not be read; None when all could."""
    if not isinstance(people, PartialPeople):
        return None
    return context(to.say("Flashduty did not give all names: “Person” and a number stands for somebody."))


def _one(to: Audience, person_id: int, people: Mapping[int, Person], given: Mapping[int, str]) -> Mrkdwn:
    """Name a person; one linked to Slack by their Slack name, or by a mention where they are to be notified."""
    person = people.get(person_id)
    if not isinstance(person, LinkedPerson):
        return escaped(_name(to, person_id, people, given=given))
    return mention(person.slack_id) if person.is_notified else escaped(clipped(person.slack_name, 60))


def _name(to: Audience, person_id: int, people: Mapping[int, Person], given: Mapping[int, str]) -> Label:
    person = people.get(person_id)
    # An invited person who has not accepted yet has an address and no name.
    name = given.get(person_id) or (person.name or person.email if person else "")
    return verbatim(clipped(name, 60)) if name else to.label("Person {number}", number=person_id)
