"""What Slack itself shows of the app: the hint behind the command, and the shortcuts."""

from bot.messages.language import ENGLISH, Language
from handlers.dispatch.route import GlobalShortcut, MessageShortcut
from handlers.routes import COMMANDS, usages


def usage_hint(language: Language = ENGLISH) -> str:
    """Return the usage hint that Slack shows while the command is typed."""
    return f"[{' | '.join(line.usage_in(language) for line in usages())}]"


def message_shortcuts() -> dict[str, MessageShortcut]:
    """Return the message shortcuts by callback id."""
    return {name: command.shortcut for name, command in COMMANDS.items() if command.shortcut is not None}


def global_shortcuts() -> dict[str, GlobalShortcut]:
    """Return the shortcuts from anywhere by callback id."""
    return {name: one.global_shortcut for name, one in COMMANDS.items() if one.global_shortcut is not None}
