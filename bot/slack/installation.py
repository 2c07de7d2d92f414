"""The workspace the bot is installed in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Installation:
    """The workspace and the bot's ids, as auth.test returns them."""

    workspace: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    name: str = ""
