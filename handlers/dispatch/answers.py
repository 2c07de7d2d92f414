"""What a handler returns besides one message: a reply of several, a form, a refusal, field errors, options."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

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


@dataclass(frozen=True)
class FieldErrors:
    """The problem of each field, by field name; the form stays as it was filled in."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class Options:
    """The entries of a select, best match first; Slack shows 100."""

    choices: tuple[Choice, ...] = ()
