"""Where the reader is mentioned for an assignment: the part of the Home tab that shows and changes it. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from slack_sdk.models.blocks import ActionsBlock

from bot.messages.audience import Audience
from bot.messages.blocks import actions
from bot.messages.buttons import REFRESH, control
from bot.messages.language import N_, Marked
from bot.messages.text import Mrkdwn
from bot.messages.views import MentionCode, ViewValue

_LINES: Final[Mapping[MentionCode, Marked]] = {
    "auto": N_("*When an incident is assigned to you*, you are mentioned as your team has set it."),
    "thread": N_("*When an incident is assigned to you*, you are mentioned in its card's thread. You chose it."),
    "dm": N_("*When an incident is assigned to you*, you get a direct message. You chose it."),
    "off": N_("*When an incident is assigned to you*, you are not mentioned. You chose it."),
}
_LABELS: Final[Mapping[MentionCode, Marked]] = {
    "thread": N_("In the thread"),
    "dm": N_("Direct message"),
    "off": N_("Do not mention me"),
    "auto": N_("As the team has set it"),
}


def mention_choice_line(to: Audience, chosen: MentionCode) -> Mrkdwn | None:
    """Say where the reader is mentioned, and why; None where that is not known."""
    return to.translated(_LINES[chosen]) if chosen else None


def mention_buttons(to: Audience, choosing: Callable[[MentionCode], ViewValue]) -> ActionsBlock:
    """Draw a button for each choice; `choosing` gives its value."""
    return actions(
        *(
            control(to.translated_label(label), REFRESH, choosing(code), suffix=f"mention-{code}")
            for code, label in _LABELS.items()
        )
    )
