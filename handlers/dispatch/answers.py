"""What a handler returns besides one message: a reply of several, a form, a refusal, field errors, options."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from bot.flashduty import Incident
from bot.messages import Message
from bot.messages.errors import Retry
from bot.messages.forms import Choice, Form
from bot.messages.text import Mrkdwn
from bot.messages.views import View


@dataclass(frozen=True)
class Announcement:
    """A message for the whole channel; `once` is its idempotency key, by which it is found when Slack's answer is lost.

    With `in_thread` it goes into the thread of the pressed message, where that has one. `retry` is the control that
    posts it again; with `may_be_posted` an earlier attempt may have succeeded, and is searched for first.
    """

    message: Message
    once: str
    in_thread: bool = False
    team_channel: str | None = None
    thread: str | None = None
    """The team's own channel, when the request came from another one, and the thread in it, where that is known."""

    about: Mrkdwn | None = None
    """What it is, in the language of the person; None for what they shared."""

    retry: Retry | None = None
    may_be_posted: bool = False

    def repeated(self) -> Self:
        """Return the announcement as one that may be posted already."""
        return replace(self, may_be_posted=True)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Why an attempt was refused before anything was sent, in a few fixed words, for the audit trail.

    `about` is the incident, by id or number, where it is not the one of the request; with `is_failure` somebody else
    than the bot stood in the way.
    """

    reason: str
    about: str = ""
    is_failure: bool = False


INVALID_INPUT: Final = "invalid_input"
WRONG_STATE: Final = "wrong_state"
NO_SUCH_INCIDENT: Final = "no_such_incident"
TOO_LATE_TO_UNDO: Final = "too_late_to_undo"
OUTDATED_CONTROL: Final = "outdated_control"
OUTDATED_FORM: Final = "outdated_form"


@dataclass(frozen=True)
class Reply:
    """All messages that answer a request.

    `redraw_incident` redraws the pressed message with the current state of this incident. Where that fails,
    `control_text` replaces the pressed control, and `fallback` is sent to the person. `outcome` is for the log.
    """

    private: Message | None = None
    redraw: Message | None = None
    update: Message | None = None
    """Replaces the pressed message in the channel; dropped where Slack refuses it."""

    form: Form | None = None
    """Shown in the open view; `private` is sent where the view is closed."""

    public: Message | None = None
    redraw_incident: Incident | None = None
    redraw_view: View | None = None
    """The view of the message behind a form, drawn again with `redraw_incident`."""

    announcement: Announcement | None = None
    control_text: Mrkdwn | None = None
    fallback: Message | None = None
    is_made: bool = False
    """Whether the change was made that was asked for: what was typed for it need not be kept."""

    outcome: str = "told"
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class OpenForm:
    """A form to fill in; `fallback` is shown where no form can be opened, as after a mention."""

    form: Form
    fallback: Message
    outcome: str = "form shown"


@dataclass(frozen=True)
class Refusal:
    """A message that says why there is nothing to show: only the person who asked sees it, also after a mention."""

    message: Message
    outcome: str = "told"
    refused: str = ""
    """Why what was asked for was refused, where it was a change: one of the reasons above."""


@dataclass(frozen=True)
class FieldErrors:
    """The problem of each field, by field name; the form stays as it was filled in."""

    errors: Mapping[str, str]

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The refusal for the audit trail: the names of the fields, and nothing of what was typed."""
        return (Refused(reason=f"{INVALID_INPUT}: {', '.join(self.errors)}"),) if self.errors else ()


@dataclass(frozen=True)
class Options:
    """The entries of a select, best match first; Slack shows 100."""

    choices: tuple[Choice, ...] = ()
