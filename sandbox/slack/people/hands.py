"""What people do in the pretend Slack."""

from collections.abc import Mapping
from typing import Any

from sandbox.slack.delivery.deliveries import Deliveries, Delivery
from sandbox.slack.people.acting import Acting
from sandbox.slack.people.menus import Menus


class Hands:
    """Types, presses, chooses and fills in for people; each call returns when the bot has acknowledged or not."""

    _deliveries: Deliveries
    _acting: Acting
    _menus: Menus

    async def command(self, user_id: str, channel_id: str, typed: str, *, thread_ts: str | None = None) -> Delivery:
        """Type a slash command; returns when it is acknowledged or given up."""
        return await self._acting.command(user_id, channel_id, typed, thread_ts=thread_ts)

    async def say(self, user_id: str, channel_id: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Say something as Slack would store it; the delivery's `message` is what was said."""
        return await self._acting.say(user_id, channel_id, text, thread_ts=thread_ts)

    async def press(
        self,
        user_id: str,
        shown: Mapping[str, Any],
        *,
        action_id: str,
        value: str | None = None,
        selected: object = None,
        block_id: str | None = None,
    ) -> Delivery:
        """Use a control of a message or view as it was shown; `selected` is an option or its value, or a list.

        Raises LookupError when there is no such control, or when the person does not see the message any more.
        """
        return await self._acting.press(
            user_id, shown, action_id=action_id, value=value, selected=selected, block_id=block_id
        )

    async def submit(
        self, user_id: str, view: Mapping[str, Any] | str, values: Mapping[str, Mapping[str, Any]]
    ) -> Delivery:
        """Fill in a modal, `{block_id: {action_id: value}}`, and send it; raises Incomplete or LookupError."""
        return await self._acting.submit(user_id, view if isinstance(view, str) else view["id"], values)

    async def close_view(self, user_id: str, view: Mapping[str, Any] | str) -> Delivery:
        """Close a modal."""
        return await self._acting.close_view(user_id, view if isinstance(view, str) else view["id"])

    async def open_home(self, user_id: str, tab: str = "home") -> Delivery:
        """Open the app's home, or another of its tabs."""
        return await self._acting.open_home(user_id, tab)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Bring the same once more: same signature and time stamp, or same envelope."""
        return await self._deliveries.redeliver(delivery)

    async def retry(self, delivery: Delivery) -> Delivery:
        """Try an event again, as Slack does, with the retry said in the headers."""
        return await self._deliveries.retry(delivery)

    async def shortcut(self, user_id: str, callback_id: str) -> Delivery:
        """Choose a global shortcut beside the message box; raises LookupError for one the app does not have."""
        return await self._menus.shortcut(user_id, callback_id)

    async def message_action(self, user_id: str, shown: Mapping[str, Any], callback_id: str) -> Delivery:
        """Choose a shortcut in the menu of a message as it was shown; raises LookupError where there is none."""
        return await self._menus.message_action(
            user_id, callback_id, channel_id=str(shown["channel"]), ts=str(shown["ts"])
        )

    async def suggest(self, user_id: str, shown: Mapping[str, Any], *, action_id: str, typed: str) -> Delivery:
        """Type into an external select; the delivery's `answer` is what the bot offers."""
        return await self._menus.suggest(user_id, shown, action_id=action_id, typed=typed)

    async def verify_url(self) -> Delivery:
        """Let Slack ask for the challenge, as it does when somebody saves a Request URL; over HTTP only."""
        return await self._menus.verify_url()

    async def check_ssl(self) -> Delivery:
        """Let Slack look whether the certificate is in order; over HTTP only."""
        return await self._menus.check_ssl()
