"""The people who are chosen in a form, or typed behind a command, and who they are in the account."""

import re
from typing import Final

from bot.assigning.gather import find_members, names_of
from bot.assigning.messages.choices import chosen_people, chosen_person, fits_name, on_call_choice, person_choice
from bot.assigning.messages.forms import LABEL_OF, PERSON_FIELD, UNMATCHED, no_member
from bot.assigning.model import Assignees
from bot.flashduty import FlashdutyError
from bot.messages.forms import Choice
from bot.messages.text import one_line
from bot.people.directory import PartialPeople, display_name
from handlers.dispatch.answers import FieldErrors
from handlers.dispatch.context import Request
from handlers.dispatch.requests import FormSubmission
from handlers.incidents.actions.form import Texts

# Each name that is typed behind a command costs a search.
_TYPED_NAMES: Final = 5
_SEPARATORS: Final = re.compile(r"[,，、;；]")


def people_in_form(submission: FormSubmission) -> Texts:
    """Return whom a form has chosen, as it is kept: their ids with spaces between them, a line for each label."""
    chosen = submission.view.several(PERSON_FIELD)
    if not chosen:
        # A form of the version before took one.
        label = submission.view.label(PERSON_FIELD)
        return {LABEL_OF + PERSON_FIELD: label} if label else {}
    return texts_of_choices(tuple(chosen))


def texts_of_choices(chosen: tuple[tuple[str, str], ...]) -> Texts:
    """Return chosen entries, of values and labels, as they are kept."""
    return {
        PERSON_FIELD: " ".join(value for value, _ in chosen),
        LABEL_OF + PERSON_FIELD: "\n".join(one_line(label) for _, label in chosen),
    }


async def as_chosen(request: Request, typed: Texts, found: Assignees) -> Texts:
    """Replace names that were typed behind a command by the people who have them; each by the only one."""
    words = typed.get(PERSON_FIELD, "")
    if not words.strip() or chosen_people(words):
        return typed
    names = [one for one in (part.strip().lstrip("@") for part in _SEPARATORS.split(words)) if one][:_TYPED_NAMES]
    found_people = {name: await _one_person(request, name, found) for name in names}
    chosen = tuple((one.value, one.label) for one in found_people.values() if one is not None)
    if not chosen:
        return typed
    unmatched = ", ".join(name for name, one in found_people.items() if one is None)
    return {**typed, **texts_of_choices(chosen), **({UNMATCHED: unmatched} if unmatched else {})}


async def _one_person(request: Request, words: str, found: Assignees) -> Choice | None:
    to, people = request.to_person, found.people
    on_call = {
        number: on_call_choice(to, people[number], one.schedule)
        for one in found.on_call or ()
        for number in one.person_ids
        if number in people and fits_name(people[number], words)
    }
    if len(on_call) == 1:
        return next(iter(on_call.values()))
    try:
        members = await find_members(request.flashduty_for_wording(), words)
    except FlashdutyError:
        return None
    return person_choice(members[0]) if len(members) == 1 else None


async def people_of_form(request: Request, typed: Texts) -> dict[int, str] | FieldErrors:
    """Return the names of the chosen people by their ids; a field error for those who are not in the account."""
    ids = chosen_people(typed.get(PERSON_FIELD, ""))
    people = await names_of(request.flashduty_for_names(), ids)
    labels = labels_of(typed)
    found = {
        one: display_name(people[one]) if one in people else labels.get(one, "") or str(one)
        for one in ids
        if (one in people and people[one].status != "deleted") or (one not in people and _is_partial(people))
    }
    missing = [labels.get(one, "") or str(one) for one in ids if one not in found]
    return FieldErrors({PERSON_FIELD: no_member(request.to_person, missing)}) if missing else found


def labels_of(typed: Texts) -> dict[int, str]:
    """Return what the select showed of the chosen people."""
    values = typed.get(PERSON_FIELD, "").split()
    labels = typed.get(LABEL_OF + PERSON_FIELD, "").split("\n")
    named = zip(map(chosen_person, values), labels, strict=False)
    return {number: label for number, label in named if number is not None}


def _is_partial(people: object) -> bool:
    return isinstance(people, PartialPeople)
