"""Controls that ask for the same again after a failure; each route names the one it needs."""

from bot.messages.buttons import REFRESH, ButtonValue
from bot.messages.errors import Retry
from handlers.dispatch.context import Incoming


def draw_again(asked: Incoming, team: str) -> Retry:
    """Offer to draw what was asked for, in place of the error."""
    words = asked.words or (f"incident {asked.incident}" if asked.incident else "help")
    return Retry(REFRESH, ButtonValue(team, words, occasion=asked.occasion))


def press_again(asked: Incoming, team: str) -> Retry:
    """Offer the pressed control as it was, with its first time and its thread."""
    carried = ButtonValue(team, asked.words, asked.incident, asked.occasion, asked.place.line_thread or "")
    return Retry(asked.route or REFRESH, carried)


def press_on_the_card(asked: Incoming, team: str) -> Retry:
    """Offer the pressed control as it stands on the incident's card."""
    return Retry(asked.route or REFRESH, ButtonValue(team, f"incident {asked.incident}", asked.incident))
