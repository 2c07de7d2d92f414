"""Messages: Block Kit, escaping, size limits, and sentences that several features share. Every function is pure."""

from bot.messages.message import Message, PostedMessage, Written

__all__ = ["Message", "PostedMessage", "Written"]
