"""Slack's views: forms that open over a conversation (docs.slack.dev/reference/methods/views.open)."""

from collections.abc import Mapping
from typing import Any

from bot.slack.api import SlackApi, required_field


class Views:
    """Opens and replaces views; a view is in Slack's form."""

    def __init__(self, calls: SlackApi) -> None:
        self._calls = calls

    async def open(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a form and return its id; a trigger id works once, for three seconds. Raises SlackError."""
        response = await self._calls.call("views.open", trigger_id=trigger_id, view=view)
        return required_field("views.open", required_field("views.open", response, "view", kind=dict), "id", kind=str)

    async def publish(self, user_id: str, view: Mapping[str, Any]) -> None:
        """Show a Home tab to a person, instead of the one they have (docs.slack.dev/reference/methods/views.publish).

        Raises SlackError, `not_enabled` where the installed app has no Home tab.
        """
        await self._calls.call("views.publish", user_id=user_id, view=view)

    async def update(self, view_id: str, view: Mapping[str, Any]) -> None:
        """Replace the content of a view; raises SlackError, `not_found` when the person has closed it."""
        await self._calls.call("views.update", view_id=view_id, view=view)
