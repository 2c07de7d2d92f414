"""The form that asks for what an account demands before an incident is acknowledged or closed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from slack_sdk.models.blocks import Block, CheckboxesElement, InputBlock, StaticMultiSelectElement

from bot.flashduty import Incident
from bot.flashduty.limits import MAX_NOTE_LENGTH
from bot.incidents.messages.account_forms.fields import (
    LONGEST_ANSWER,
    NO,
    SUMMARY_FIELD,
    YES,
    Answered,
    AnswerField,
    answers_of,
    chosen,
    kind_of,
    read_number,
    written_choice,
)
from bot.incidents.messages.actions.close_form import (
    DESCRIPTION_FIELD,
    LONGEST_SHOWN,
    RESOLUTION_FIELD,
    ROOT_CAUSE_FIELD,
    note_label,
    over_limit,
)
from bot.incidents.messages.actions.values import FormValue
from bot.incidents.messages.status import severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, link_button, section
from bot.messages.buttons import OPEN_FORM, OPEN_LINK, control, encode
from bot.messages.forms import Choice, Form, input_field, menu_field, text_field
from bot.messages.language import N_, Marked
from bot.messages.text import Label, Mrkdwn, mrkdwn, verbatim, web_address

ANSWER_ACKNOWLEDGE_FORM: Final = "answer_acknowledge"
ANSWER_CLOSE_FORM: Final = "answer_close"
ANSWER_ACKNOWLEDGE_TITLE: Final = N_("Acknowledge with a form")
ANSWER_CLOSE_TITLE: Final = N_("Close with a form")

# docs.slack.dev/reference/block-kit/block-elements/checkboxes-element
_MAX_TICKS: Final = 10
_CONSOLE_LINK: Final = f"{OPEN_LINK}:flashduty"

NoFields = Literal["none", "denied", "no_answer"]
_WITHOUT_FIELDS: Final[Mapping[NoFields, Marked]] = {
    "none": N_("Only the summary can be filled in here: Flashduty lists no custom fields for your account."),
    "denied": N_(
        "Only the summary can be filled in here: the Flashduty key of team {team} may not read the account's custom"
        " fields."
    ),
    "no_answer": N_("Only the summary can be filled in here: Flashduty did not return the account's custom fields."),
}
# The texts of Close with notes, which go along where they were typed before.
NOTE_LIMITS: Final[Mapping[str, int]] = {
    ROOT_CAUSE_FIELD: MAX_NOTE_LENGTH,
    RESOLUTION_FIELD: MAX_NOTE_LENGTH,
    DESCRIPTION_FIELD: LONGEST_SHOWN,
}


@dataclass(frozen=True, kw_only=True)
class AnswerContents:
    """What the form shows: the custom fields, or why there are none, and what was filled in.

    Without the incident it is drawn as it was filled in. `address` is the incident's in Flashduty's console.
    """

    incident: Incident | None = None
    fields: tuple[AnswerField, ...] = ()
    without: NoFields | None = None
    typed: Answered
    address: str | None = None


def answer_form(to: Audience, subject: FormValue, contents: AnswerContents) -> Form:
    """Ask for a summary and the custom fields; no operation tells which of them the account's form has."""
    closes = subject.form == "answer_close"
    typed = contents.typed
    return Form(
        title=to.translated_label(ANSWER_CLOSE_TITLE if closes else ANSWER_ACKNOWLEDGE_TITLE),
        blocks=(
            *(_about(to, contents.incident) if contents.incident is not None else ()),
            section(_asked(to, closes=closes)),
            *(_said(to, subject.says) if subject.says and contents.incident is not None else ()),
            _text(to.label("Summary"), SUMMARY_FIELD, typed, is_multiline=True),
            *(_field(to, one, typed) for one in contents.fields),
            *(_without_fields(to, subject, contents.without) if contents.without is not None else ()),
            *(
                _text(note_label(to, name), name, typed, is_multiline=True, limit=NOTE_LIMITS[name])
                for name in NOTE_LIMITS
                if closes and typed.get(name, "").strip()
            ),
            *(_console(to, contents.address) if contents.address else ()),
        ),
        callback_id=subject.form,
        submit=_submit(to, subject),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def wrong_answers(to: Audience, subject: FormValue, typed: Answered) -> dict[str, Label]:
    """Return a sentence for each field with an error, and for a form with nothing in it."""
    del subject
    wrong = {name: problem for name, text in typed.items() if (problem := _problem(to, name, text)) is not None}
    if not wrong and not answers_of(typed).body():
        return {SUMMARY_FIELD: to.label("Fill in at least one of the fields that your account's form asks for.")}
    return wrong


def _problem(to: Audience, name: str, text: str) -> Label | None:
    kind = kind_of(name)
    if kind == "number" and text.strip() and read_number(text) is None:
        return to.label("Type a number, such as 0.5.")
    if kind in {None, "text"} and len(text) > (limit := NOTE_LIMITS.get(name, LONGEST_ANSWER)):
        return over_limit(to, len(text), limit)
    return None


def _asked(to: Audience, *, closes: bool) -> Mrkdwn:
    if closes:
        return to.say(
            "Your Flashduty account asks for more before this incident is closed. Fill in what its form asks for, and"
            " leave the rest empty: Flashduty does not tell the bot which fields those are."
        )
    return to.say(
        "Your Flashduty account asks for more before this incident is acknowledged. Fill in what its form asks for, and"
        " leave the rest empty: Flashduty does not tell the bot which fields those are."
    )


def _submit(to: Audience, subject: FormValue) -> Label:
    if subject.form == "answer_close":
        return to.label("Close incident")
    return to.label("Acknowledge and snooze") if subject.minutes else to.label("Acknowledge")


def _about(to: Audience, incident: Incident) -> Iterator[Block]:
    yield section(mrkdwn("{mark} {title}", mark=severity_mark(to, incident.severity), title=title_link(to, incident)))


def _said(to: Audience, words: str) -> Iterator[Block]:
    yield context(to.say("Flashduty says: “{message}”", message=words))


def _text(
    label: Label, name: str, typed: Answered, *, is_multiline: bool = False, hint: str = "", limit: int = LONGEST_ANSWER
) -> InputBlock:
    return text_field(
        name,
        label,
        initial=typed.get(name, ""),
        max_length=limit,
        is_multiline=is_multiline,
        is_optional=True,
        hint=verbatim(hint),
        action_id=name,
    )


def _field(to: Audience, one: AnswerField, typed: Answered) -> InputBlock:
    name, label, hint = one.block_id, verbatim(one.label), verbatim(one.hint)
    held = typed.get(name, "")
    if one.kind in {"text", "number"}:
        return _text(label, name, typed, hint=one.hint)
    if one.kind == "flag":
        choices = {YES: Choice(to.label("Yes"), YES), NO: Choice(to.label("No"), NO)}
        initial = choices.get(held)
        entries = tuple(choices.values())
        return menu_field(name, label, entries, initial=initial, action_id=name, is_optional=True, hint=hint)
    offered = {choice: Choice(verbatim(choice), written_choice(choice)) for choice in one.choices}
    first = [offered[choice] for choice in chosen(held) if choice in offered]
    if one.kind == "several":
        return _several(one, tuple(offered.values()), initial=first)
    return menu_field(
        name,
        label,
        tuple(offered.values()),
        initial=first[0] if first else None,
        action_id=name,
        is_optional=True,
        hint=hint,
    )


def console_as_drawn(blocks: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the incident's address in Flashduty's console by the blocks of the form as Slack sends them."""
    buttons = (block.get("accessory") for block in blocks)
    found = (one.get("url") for one in buttons if isinstance(one, dict) and one.get("action_id") == _CONSOLE_LINK)
    return next((web_address(url) for url in found if isinstance(url, str)), None)


def _several(one: AnswerField, choices: Sequence[Choice], *, initial: Sequence[Choice]) -> InputBlock:
    """Draw a choice of several: boxes to tick where they are few, a menu otherwise."""
    kind = CheckboxesElement if len(choices) <= _MAX_TICKS else StaticMultiSelectElement
    element = kind(
        action_id=one.block_id,
        options=[choice.option for choice in choices],
        initial_options=[choice.option for choice in initial] or None,
    )
    return input_field(one.block_id, verbatim(one.label), element, is_optional=True, hint=verbatim(one.hint))


def _without_fields(to: Audience, subject: FormValue, why: NoFields) -> Iterator[Block]:
    sentence = to.translated(_WITHOUT_FIELDS[why], team=subject.team)
    if why == "no_answer":
        yield section(sentence, control(to.label("Try again"), OPEN_FORM, subject, suffix="fields"))
    else:
        yield context(sentence)


def _console(to: Audience, address: str) -> Iterator[Block]:
    yield section(
        to.say("Does your form ask for something else, such as a picture? Use Flashduty's console."),
        link_button(to.label("Open in Flashduty"), _CONSOLE_LINK, address),
    )
