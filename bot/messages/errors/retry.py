"""The retry control."""

from dataclasses import dataclass

from slack_sdk.models.blocks import ActionsBlock

from bot.messages.audience import Audience
from bot.messages.blocks import actions
from bot.messages.buttons import RETRY, ButtonValue, control


@dataclass(frozen=True)
class Retry:
    """A retry: the route of its control, and the value it carries."""

    route: str
    carried: ButtonValue


def retry_actions(to: Audience, retry: Retry | None) -> ActionsBlock | None:
    """Draw the retry control; None without a retry."""
    if retry is None:
        return None
    return actions(control(to.label("Try again"), retry.route, retry.carried, suffix=RETRY))
