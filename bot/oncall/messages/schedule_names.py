"""The names of schedules, and of the roles in them."""

from typing import Final

from bot.messages.audience import Audience
from bot.messages.text import Label, Mrkdwn, clipped, verbatim

SCHEDULE_NAME_LIMIT: Final = 100
PRIMARY_ROLE: Final = 1
SECONDARY_ROLE: Final = 2


def schedule_label(to: Audience, name: str) -> Label:
    """Name a schedule as plain text, with a phrase for one without a name."""
    return verbatim(clipped(name, SCHEDULE_NAME_LIMIT)) or to.label("unnamed schedule")


def in_role(to: Audience, who: Mrkdwn, role_id: int) -> Mrkdwn:
    """Name people with their role, where it is one that people know by name."""
    if role_id == PRIMARY_ROLE:
        return to.say("{who} (primary)", who=who)
    if role_id == SECONDARY_ROLE:
        return to.say("{who} (secondary)", who=who)
    return who
