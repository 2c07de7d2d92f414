"""A control of a living card: the card itself is drawn by the one replica that leads the cards."""

from bot.cards.messages.card import LivingCard
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request


async def leave_to_leader(request: Request, view: LivingCard) -> Reply:
    """Note that the incident may have changed: two writers of one card could show an old state over a new one."""
    await request.services.card_hints.changed(request.team.name, [view.asked])
    return Reply(outcome="left to the leader of the cards")
