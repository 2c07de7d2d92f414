"""The control that tries again."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock

from bot.messages.blocks import actions
from bot.messages.buttons import RETRY, ButtonValue, control


@dataclass(frozen=True)
class Retry:
    """The control that tries again: its route, and what it carries."""

    route: str
    carried: ButtonValue


def again(retry: Retry | None) -> ActionsBlock | None:
    """Offer to try again, where that can be asked for by a control."""
    if retry is None:
        return None
    return actions(control("Try again", retry.route, retry.carried, place=RETRY))
