"""The entries of the select that searches people: who is on call comes first."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.assigning.model import OnCallSchedule
from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.forms import Choice
from bot.messages.text import clipped, one_line, verbatim
from bot.people.directory import display_name

FIND_PERSON: Final = "find_person"
# The values of the entries that say that nobody was found, or that people could not be read; they are no person.
NOBODY: Final = "?"
_NAME_LIMIT: Final = 36
_SCHEDULE_LIMIT: Final = 24
_DIGITS: Final = 19


def chosen_person(value: str) -> int | None:
    """Return the person of an entry; None for an entry that is none."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else 0
    return number if 0 < number < 2**63 else None


def chosen_people(values: str) -> tuple[int, ...]:
    """Return the people of entries, whose values have spaces between them; none where one of them is no person."""
    found = [chosen_person(value) for value in values.split()]
    return tuple(dict.fromkeys(one for one in found if one is not None)) if None not in found else ()


def person_choices(
    to: Audience,
    typed: str,
    *,
    on_call: Iterable[OnCallSchedule],
    people: Mapping[int, Person],
    others: Iterable[Person],
) -> tuple[Choice, ...]:
    """List who is on call and fits what was typed, with the schedule, and then other people, once each."""
    found: dict[int, Choice] = {}
    for one in on_call:
        for number in one.person_ids:
            person = people.get(number)
            if person is not None and number not in found and fits_name(person, typed):
                found[number] = on_call_choice(to, person, one.schedule)
    for person in others:
        found.setdefault(person.id, person_choice(person))
    return tuple(found.values())


def fits_name(person: Person, typed: str) -> bool:
    """Whether the name or the address of a person has what was typed, in any case."""
    words = typed.strip().lstrip("@").casefold()
    return words in f"{person.name}\n{person.email or ''}".casefold()


def on_call_choice(to: Audience, person: Person, schedule: str) -> Choice:
    """Return the entry of a person who is on call."""
    name, where = clipped(one_line(display_name(person)), _NAME_LIMIT), clipped(one_line(schedule), _SCHEDULE_LIMIT)
    return Choice(to.label("{name} · on call: {schedule}", name=name, schedule=where), str(person.id))


def person_choice(person: Person) -> Choice:
    """Return the entry of a person."""
    return Choice(verbatim(one_line(display_name(person))), str(person.id))


def people_unread(to: Audience) -> Choice:
    """Return the entry that says that members could not be read."""
    return Choice(to.label("Flashduty did not answer: members are not listed"), NOBODY)


def nobody_found(to: Audience, typed: str) -> Choice:
    """Return the entry that says that nobody fits."""
    name = clipped(one_line(typed), _NAME_LIMIT)
    return Choice(to.label("No member of the account matches “{name}”", name=name), NOBODY)
