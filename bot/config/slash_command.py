"""The name of the slash command, by Slack's rules (docs.slack.dev/interactivity/implementing-slash-commands)."""

import re
from typing import Any, Final

DEFAULT_COMMAND: Final = "/flashduty"
LONGEST_COMMAND: Final = 32

# Letters of any script, digits, dashes and underscores: none of them is mark-up in a message.
_WORD: Final = re.compile(r"[\w-]+")


def slash_command(raw: Any) -> str:  # noqa: ANN401 - text
    """Read the name as people type it; raises ValueError with a sentence that does not repeat it."""
    name = str(raw)
    if not name.startswith("/"):
        raise ValueError("must start with a slash, as in /oncall")
    if len(name) > LONGEST_COMMAND:
        raise ValueError(f"must have at most {LONGEST_COMMAND} characters, the slash among them")
    if not _WORD.fullmatch(name[1:]):
        raise ValueError("must be one word behind the slash: letters, digits, dashes and underscores, as in /on-call")
    if name != name.lower():
        raise ValueError("must be in lower case: Slack takes no capitals in the name of a command")
    return name
