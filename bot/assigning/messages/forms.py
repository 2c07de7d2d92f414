"""The forms that give an incident to others: each names whom it pages before it does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from slack_sdk.models.blocks import Block

from bot.assigning.messages.choices import FIND_PERSON, chosen_people
from bot.assigning.model import Assignees, OnCallSchedule, RuleStep
from bot.flashduty import Incident
from bot.flashduty.models.dispatch import PersonalChannel
from bot.incidents.holders import UNKNOWN, Attribution
from bot.incidents.messages.actions.values import PEOPLE_OF_CONTROL, AssignValue, FormValue
from bot.incidents.messages.status import facts, severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, divider, section
from bot.messages.buttons import ESCALATE, REASSIGN, control, encode
from bot.messages.forms import Choice, Form, menu_field, several_field
from bot.messages.language import N_, Marked
from bot.messages.names import names
from bot.messages.text import Label, Mrkdwn, clipped, escaped, mrkdwn, one_line, verbatim

REASSIGN_FORM: Final = "reassign"
ESCALATE_FORM: Final = "escalate"
ADD_FORM: Final = "add_responder"
REASSIGN_TITLE: Final = N_("Reassign")
ESCALATE_TITLE: Final = N_("Escalate")
ADD_TITLE: Final = N_("Add responder")
PERSON_FIELD: Final = "person"
NOTIFY_FIELD: Final = "notify"
# What a select shows of an entry is kept beside its value, so that it is there when the form is drawn again.
LABEL_OF: Final = "label of "
# The names behind a command that are not those of one person each.
UNMATCHED: Final = "unmatched"
_BY_PREFERENCE: Final = "preference"
NOTIFY_CHANNELS: Final[Mapping[str, tuple[PersonalChannel, ...]]] = {
    _BY_PREFERENCE: (),
    "voice": (PersonalChannel.VOICE,),
    "sms": (PersonalChannel.SMS,),
    "email": (PersonalChannel.EMAIL,),
}
_WAYS: Final[Mapping[str, Marked]] = {
    _BY_PREFERENCE: N_("As they prefer"),
    "voice": N_("Phone call"),
    "sms": N_("SMS"),
    "email": N_("E-mail"),
}
_MAX_ROWS: Final = 10
_NAME_LIMIT: Final = 60
_HEX: Final = 16


@dataclass(frozen=True, kw_only=True)
class FormContents:
    """What a form is drawn with: the incident, None where it is drawn as it was filled in, and what was typed."""

    incident: Incident | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    found: Assignees = field(default_factory=Assignees)
    known: Attribution = UNKNOWN


def with_assignment(subject: FormValue, incident: Incident) -> FormValue:
    """Note in the subject of a form which assignment it was drawn for."""
    at = incident.assigned_at
    return replace(subject, seen=f"{int(at.timestamp()):x}" if at is not None else "")


def noted_assignment(subject: FormValue) -> int:
    """Return the assignment that a form was drawn for; 0 for any."""
    try:
        return int(subject.seen or "0", _HEX) % 4_102_444_800
    except ValueError:
        return 0


def reassign_form(to: Audience, subject: FormValue, shown: FormContents) -> Form:
    """Offer who is on call as buttons, and a search over people; without the incident it is drawn as it was filled."""
    incident = shown.incident
    subject = with_assignment(subject, incident) if incident is not None else subject
    return Form(
        title=to.translated_label(REASSIGN_TITLE),
        blocks=(
            *_about(to, shown),
            section(
                to.say(
                    "The people you choose are paged and replace the current responders. Whoever has acknowledged it stays."
                )
            ),
            *(_schedules(to, subject, shown.found) if incident is not None else ()),
            *_problem(to, shown.typed),
            _person(to, to.label("Or to people"), shown.typed),
        ),
        callback_id=REASSIGN_FORM,
        submit=to.label("Reassign and page"),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def escalate_form(to: Audience, subject: FormValue, shown: FormContents) -> Form:
    """List the levels of the escalation rule, whom each pages, and a button for each but the present one."""
    incident = shown.incident
    subject = with_assignment(subject, incident) if incident is not None else subject
    return Form(
        title=to.translated_label(ESCALATE_TITLE),
        blocks=(*_about(to, shown), *_levels(to, subject, shown.found)),
        close=to.label("Cancel"),
        team=subject.team,
    )


def add_form(to: Audience, subject: FormValue, shown: FormContents) -> Form:
    """Ask for people, and how they are notified."""
    ways = [Choice(to.translated_label(label), name) for name, label in _WAYS.items()]
    chosen = next((one for one in ways if one.value == shown.typed.get(NOTIFY_FIELD)), ways[0])
    return Form(
        title=to.translated_label(ADD_TITLE),
        blocks=(
            *_about(to, shown),
            section(to.say("The people you choose are paged too. The current responders stay.")),
            *_problem(to, shown.typed),
            _person(to, to.label("Who"), shown.typed),
            menu_field(NOTIFY_FIELD, to.label("How they are notified"), ways, initial=chosen),
        ),
        callback_id=ADD_FORM,
        submit=to.label("Add and page"),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def wrong_person(to: Audience, values: str) -> dict[str, str]:
    """Return a sentence beside the field where nobody was chosen, or more people than one control pages."""
    chosen = chosen_people(values)
    if not chosen:
        return {PERSON_FIELD: to.label("Choose one or more people from the list.")}
    if len(chosen) > PEOPLE_OF_CONTROL:
        return {PERSON_FIELD: to.label("Choose at most {count} people.", count=PEOPLE_OF_CONTROL)}
    return {}


def no_member(to: Audience, missing: Sequence[str]) -> Label:
    """Say beside the field who is not in the account."""
    who = to.label(", ").join(clipped(one_line(one), _NAME_LIMIT) for one in missing)
    return to.counted_label(
        len(missing),
        "{who} is not in your Flashduty account. Choose somebody else.",
        "{who} are not in your Flashduty account. Choose others.",
        who=who,
    )


def _about(to: Audience, shown: FormContents) -> Iterator[Block]:
    incident = shown.incident
    if incident is None:
        return
    yield section(mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident)))
    yield context(facts(to, incident, shown.found.people, known=shown.known))


def _schedules(to: Audience, subject: FormValue, found: Assignees) -> Iterator[Block]:
    if found.on_call is None:
        yield context(to.say("Who is on call could not be read."))
        return
    if not found.on_call:
        yield context(to.say("Nobody is on call in the schedules of this team."))
    for number, one in enumerate(found.on_call[:_MAX_ROWS]):
        yield _schedule(to, subject, one, found=found, number=number)


def _schedule(to: Audience, subject: FormValue, one: OnCallSchedule, *, found: Assignees, number: int) -> Block:
    schedule = escaped(clipped(one_line(one.schedule), _NAME_LIMIT)) or to.say("A schedule without a name")
    who = names(to, one.person_ids[:PEOPLE_OF_CONTROL], found.people, most=PEOPLE_OF_CONTROL)
    value = AssignValue(
        **subject.place(), person_ids=one.person_ids[:PEOPLE_OF_CONTROL], assigned_at=noted_assignment(subject)
    )
    spoken = to.label("Reassign to who is on call: {schedule}", schedule=clipped(one_line(one.schedule), _NAME_LIMIT))
    return section(
        to.say("*{schedule}*, on call now: {who}", schedule=schedule, who=who),
        control(to.label("Reassign"), REASSIGN, value, suffix=str(number), spoken=spoken),
    )


def _levels(to: Audience, subject: FormValue, found: Assignees) -> Iterator[Block]:
    if found.steps is None:
        yield section(to.say("*Its escalation rules could not be read.* Nothing was changed. Reassign it instead."))
        return
    if not found.steps:
        yield section(to.say("*Its channel has no escalation rule.* Reassign it instead."))
        return
    yield section(to.say("Whoever the level names is paged and replaces the current responders."))
    rule = ""
    for number, step in enumerate(found.steps[: 3 * _MAX_ROWS]):
        if step.rule_id != rule:
            rule = step.rule_id
            yield divider()
            yield context(_rule_name(to, step))
        yield _level(to, subject, step, found=found, number=number)


def _level(to: Audience, subject: FormValue, step: RuleStep, *, found: Assignees, number: int) -> Block:
    level, who = step.level + 1, paged_by(to, step, found)
    if step.is_present:
        return section(to.say("*Level {level}*, where it is now: {who}", level=level, who=who))
    text = to.say("*Level {level}* pages {who}", level=level, who=who)
    if step.pages_nobody:
        return section(text)
    value = AssignValue(
        **subject.place(), rule_id=step.rule_id, level=step.level, assigned_at=noted_assignment(subject)
    )
    spoken = to.label("Escalate to level {level}", level=level)
    return section(text, control(to.label("Escalate"), ESCALATE, value, suffix=str(number), spoken=spoken))


def paged_by(to: Audience, step: RuleStep, found: Assignees) -> Mrkdwn:
    """Name whom a level pages now, as far as it is known."""
    if step.pages_nobody:
        return to.say("nobody now")
    people = names(to, step.person_ids, found.people, most=PEOPLE_OF_CONTROL)
    if not step.unread and not step.addresses:
        return people
    if step.unread:
        return (
            to.say("{people}, and others who could not be read", people=people)
            if people
            else to.say("people who could not be read")
        )
    mails = to.counted(step.addresses, "{count} e-mail address", "{count} e-mail addresses")
    return to.say("{people}, {mails}", people=people, mails=mails) if people else mails


def _rule_name(to: Audience, step: RuleStep) -> Mrkdwn:
    rule = escaped(clipped(one_line(step.rule), _NAME_LIMIT))
    return to.say("Escalation rule: {rule}", rule=rule) if rule else to.say("An escalation rule without a name")


def _problem(to: Audience, typed: Mapping[str, str]) -> Iterator[Block]:
    """Say that what was typed behind the command names no one person."""
    words = typed.get(PERSON_FIELD, "")
    unmatched = typed.get(UNMATCHED, "") or (words if not chosen_people(words) else "")
    if unmatched:
        shown = clipped(one_line(unmatched), _NAME_LIMIT)
        yield section(to.say("⚠️ No one member of the account matches “{name}”. Choose from the list.", name=shown))


def _person(to: Audience, label: Label, typed: Mapping[str, str]) -> Block:
    values = typed.get(PERSON_FIELD, "") if chosen_people(typed.get(PERSON_FIELD, "")) else ""
    labels = typed.get(LABEL_OF + PERSON_FIELD, "").split("\n")
    chosen: dict[str, str] = {}
    for value, shown in zip_longest(values.split(), labels, fillvalue=""):
        if value:
            chosen.setdefault(value, shown or value)
    return several_field(
        PERSON_FIELD,
        label,
        FIND_PERSON,
        initial=[Choice(verbatim(label), value) for value, label in chosen.items()],
        most=PEOPLE_OF_CONTROL,
        placeholder=to.label("On call first; type a name"),
    )
