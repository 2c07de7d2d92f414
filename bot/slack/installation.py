"""Where the bot is installed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Installation:
    """Where the bot is installed, as auth.test tells it."""

    workspace: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    name: str = ""
