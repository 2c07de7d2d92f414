"""The forms that ask for notes before an incident is closed, and for a reason before it is reopened."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Block, InputBlock

from bot.flashduty import Incident
from bot.flashduty.limits import MAX_NOTE_LENGTH
from bot.incidents.commenting.comments import fingerprint, is_blank
from bot.incidents.messages.actions.values import FormValue
from bot.incidents.messages.status import severity_mark, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.buttons import encode
from bot.messages.forms import Form, text_field
from bot.messages.language import N_, Marked
from bot.messages.text import Label, Mrkdwn, mrkdwn

CLOSE_FORM: Final = "close"
REOPEN_FORM: Final = "reopen"
CLOSE_TITLE: Final = N_("Close with notes")
REOPEN_TITLE: Final = N_("Reopen")
ROOT_CAUSE_FIELD: Final = "root_cause"
RESOLUTION_FIELD: Final = "resolution"
DESCRIPTION_FIELD: Final = "description"
_LABELS: Final[Mapping[str, Marked]] = {
    ROOT_CAUSE_FIELD: N_("Root cause"),
    RESOLUTION_FIELD: N_("Resolution"),
    DESCRIPTION_FIELD: N_("Description"),
}
REASON_FIELD: Final = "reason"
# docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
LONGEST_SHOWN: Final = 3_000


TEXT_FIELDS: Final = (ROOT_CAUSE_FIELD, RESOLUTION_FIELD, DESCRIPTION_FIELD)


def close_form(to: Audience, subject: FormValue, incident: Incident | None, typed: Mapping[str, str]) -> Form:
    """Draw the form with what Flashduty has, or what was typed; nothing in it is required.

    Without the incident it is drawn as it was filled in. A text that a field has no room for is not offered, and stays.
    """
    shown = {**present_notes(incident), **typed} if incident is not None else dict(typed)
    seen = notes_seen(present_notes(incident)) if incident is not None else subject.seen
    subject = replace(subject, seen=seen)
    return Form(
        title=to.translated_label(CLOSE_TITLE),
        blocks=(
            *(_about(to, incident) if incident is not None else ()),
            _note(ROOT_CAUSE_FIELD, note_label(to, ROOT_CAUSE_FIELD), shown),
            _note(RESOLUTION_FIELD, note_label(to, RESOLUTION_FIELD), shown),
            *(_description(to, shown) if DESCRIPTION_FIELD in shown else ()),
            context(to.say("What you leave as it is stays as it is in Flashduty.")),
        ),
        callback_id=CLOSE_FORM,
        submit=to.label("Close incident"),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def reopen_form(to: Audience, subject: FormValue, incident: Incident | None, typed: Mapping[str, str]) -> Form:
    """Ask why an incident is reopened, and say that it pages."""
    return Form(
        title=to.translated_label(REOPEN_TITLE),
        blocks=(
            *(_about(to, incident) if incident is not None else ()),
            section(to.say("It is unacknowledged then, and Flashduty pages its responders again.")),
            text_field(
                REASON_FIELD,
                to.label("Reason"),
                initial=_cut(typed.get(REASON_FIELD, "")),
                max_length=_room(typed.get(REASON_FIELD, "")),
                is_multiline=True,
                hint=to.label("Goes to the incident's timeline in Flashduty."),
            ),
        ),
        callback_id=REOPEN_FORM,
        submit=to.label("Reopen"),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def note_label(to: Audience, name: str) -> Label:
    """Return how the field of a text is called."""
    return to.translated_label(_LABELS[name])


def present_notes(incident: Incident) -> dict[str, str]:
    """Return the texts that Flashduty has, as far as a field has room for them."""
    texts = {
        ROOT_CAUSE_FIELD: _fitting(incident.root_cause, MAX_NOTE_LENGTH) or "",
        RESOLUTION_FIELD: _fitting(incident.resolution, MAX_NOTE_LENGTH) or "",
    }
    description = _fitting(incident.description, LONGEST_SHOWN)
    return texts if description is None else {**texts, DESCRIPTION_FIELD: description}


def notes_seen(texts: Mapping[str, str]) -> str:
    """Return what the texts were when the form was opened, in short."""
    return " ".join(fingerprint(texts.get(name, "")) for name in TEXT_FIELDS)


def changed_notes(subject: FormValue, typed: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that somebody has changed in the form; what was emptied stays as it is."""
    before = dict(zip(TEXT_FIELDS, subject.seen.split(" "), strict=False))
    return {name: text for name, text in typed.items() if text.strip() and fingerprint(text) != before.get(name)}


def wrong_notes(to: Audience, subject: FormValue, typed: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each text that is too long."""
    del subject
    limits = {ROOT_CAUSE_FIELD: MAX_NOTE_LENGTH, RESOLUTION_FIELD: MAX_NOTE_LENGTH, DESCRIPTION_FIELD: LONGEST_SHOWN}
    return {name: over_limit(to, len(text), limits[name]) for name, text in typed.items() if len(text) > limits[name]}


def wrong_reason(to: Audience, subject: FormValue, typed: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for a reason that is missing or too long."""
    del subject
    reason = typed.get(REASON_FIELD, "")
    if is_blank(reason):
        return {REASON_FIELD: to.label("Type why it is reopened.")}
    return {REASON_FIELD: over_limit(to, len(reason), MAX_NOTE_LENGTH)} if len(reason) > MAX_NOTE_LENGTH else {}


def note_too_long(to: Audience, length: int) -> Mrkdwn:
    """Say that a text that was typed behind a command is too long."""
    return mrkdwn("{sentence}", sentence=over_limit(to, length, MAX_NOTE_LENGTH))


def over_limit(to: Audience, length: int, limit: int) -> Label:
    """Say by how much a text is too long."""
    return to.label(
        "It has {length} characters, and {limit} fit. Remove at least {over}.",
        length=f"{length:,}",
        limit=f"{limit:,}",
        over=f"{length - limit:,}",
    )


def _fitting(text: str, limit: int) -> str | None:
    # Slack counts UTF-16 units.
    return text if len(text.encode("utf-16-le", "replace")) // 2 <= limit else None


def _room(text: str) -> int:
    """Return how much a field takes: what was typed behind a command and is too long is shown, to be shortened."""
    return MAX_NOTE_LENGTH if _fitting(text, MAX_NOTE_LENGTH) is not None else LONGEST_SHOWN


def _cut(text: str) -> str:
    """Cut a text to what any field takes, in UTF-16 units."""
    return text.encode("utf-16-le", "replace")[: 2 * LONGEST_SHOWN].decode("utf-16-le", "ignore")


def _about(to: Audience, incident: Incident) -> Iterator[Block]:
    mark, title = severity_mark(to, incident.severity), title_link(to, incident)
    yield section(mrkdwn("{mark} {title}", mark=mark, title=title))


def _note(name: str, label: Label, shown: Mapping[str, str]) -> InputBlock:
    return text_field(
        name,
        label,
        initial=_cut(shown.get(name, "")),
        max_length=_room(shown.get(name, "")),
        is_multiline=True,
        is_optional=True,
        action_id=name,
    )


def _description(to: Audience, shown: Mapping[str, str]) -> Iterator[Block]:
    yield text_field(
        DESCRIPTION_FIELD,
        note_label(to, DESCRIPTION_FIELD),
        initial=shown[DESCRIPTION_FIELD],
        max_length=LONGEST_SHOWN,
        is_multiline=True,
        is_optional=True,
        action_id=DESCRIPTION_FIELD,
    )
