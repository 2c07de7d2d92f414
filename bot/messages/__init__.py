"""What the bot says. Every sentence lives in this package, whole; every function in it is pure."""

from bot.messages.message import Message, PostedMessage, Written

__all__ = ["Message", "PostedMessage", "Written"]
