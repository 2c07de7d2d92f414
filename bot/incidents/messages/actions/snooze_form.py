"""The form that asks for how long an incident is to be snoozed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from slack_sdk.models.blocks import Block, ButtonElement

from bot.flashduty import Incident, Progress
from bot.incidents.messages.actions.values import FormValue, SnoozeValue
from bot.incidents.messages.status import severity_mark, snooze, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SNOOZE, control, encode
from bot.messages.forms import Form, text_field
from bot.messages.language import N_
from bot.messages.text import Label, mrkdwn

SNOOZE_FORM: Final = "snooze"
SNOOZE_FIELD: Final = "until"
SNOOZE_TITLE: Final = N_("Snooze")
ACKNOWLEDGE_AND_SNOOZE_TITLE: Final = N_("Acknowledge and snooze")
SNOOZE_CHOICES: Final = (30, 60, 120, 240, 480, 720, 1440)
_HOUR: Final = 60
_TYPED_LIMIT: Final = 60


def snooze_form(to: Audience, subject: FormValue, incident: Incident | None, typed: Mapping[str, str]) -> Form:
    """Draw the lengths as buttons, and a field for another one; `subject` is what opened the form.

    What nobody has acknowledged is acknowledged as well; without the incident the form is drawn as it was filled in.
    """
    if incident is not None:
        is_open = incident.progress is Progress.TRIGGERED
        subject = replace(subject, form="acknowledge_and_snooze" if is_open else "snooze")
    acknowledges = subject.form == "acknowledge_and_snooze"
    choices = (_choice(to, minutes, subject, acknowledges=acknowledges) for minutes in SNOOZE_CHOICES)
    return Form(
        title=to.translated_label(ACKNOWLEDGE_AND_SNOOZE_TITLE if acknowledges else SNOOZE_TITLE),
        blocks=(
            *(_about(to, incident) if incident is not None else ()),
            actions(*choices),
            text_field(
                SNOOZE_FIELD,
                to.label("Or until"),
                initial=typed.get(SNOOZE_FIELD, ""),
                max_length=_TYPED_LIMIT,
                is_optional=True,
                placeholder=to.label("90, 2h, or until 09:00"),
                hint=to.label("Minutes, a length, or a time in your time zone; at most 24 hours."),
            ),
        ),
        callback_id=SNOOZE_FORM,
        submit=to.label("Snooze"),
        close=to.label("Cancel"),
        team=subject.team,
        metadata=encode(subject),
    )


def length_label(to: Audience, minutes: int) -> Label:
    """Name a length of time."""
    if minutes < _HOUR:
        return to.label("{minutes} min", minutes=minutes)
    return to.label("{hours} h", hours=minutes // _HOUR)


def _about(to: Audience, incident: Incident) -> Iterator[Block]:
    mark, title = severity_mark(to, incident.severity), title_link(to, incident)
    yield section(mrkdwn("{mark} {title}", mark=mark, title=title))
    if (until := snooze(to, incident)) is not None:
        yield context(until)
    yield context(to.say("Flashduty pages again when the snooze ends, if the incident is still open."))


def _choice(to: Audience, minutes: int, subject: FormValue, *, acknowledges: bool) -> ButtonElement:
    value = SnoozeValue(**subject.place(), minutes=minutes, acknowledges=acknowledges)
    return control(length_label(to, minutes), SNOOZE, value, suffix=str(minutes))
