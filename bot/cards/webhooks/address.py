"""The address of a team's webhooks, and the header with its secret."""

from typing import Final

WEBHOOK_PATH: Final = "/flashduty/webhook/"
SECRET_HEADER: Final = "X-Flashduty-Bot-Secret"  # noqa: S105 - the name of a header


def webhook_path(team: str) -> str:
    """Return the path at which a team's webhooks are delivered; names of teams are in lower case."""
    return f"{WEBHOOK_PATH}{team}"
