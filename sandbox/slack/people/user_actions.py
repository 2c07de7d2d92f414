"""Actions of people in the pretend Slack."""

from collections.abc import Mapping
from typing import Any

from sandbox.slack.delivery.deliveries import Deliveries, Delivery
from sandbox.slack.people.interactions import Interactions
from sandbox.slack.people.lookup import message_for, person_of
from sandbox.slack.people.menus import Menus
from sandbox.slack.world import World


class UserActions:
    """The public methods for actions of people; each returns after the acknowledgement or its time-out."""

    _world: World
    _deliveries: Deliveries
    _interactions: Interactions
    _menus: Menus

    async def command(self, user_id: str, channel_id: str, typed: str, *, thread_ts: str | None = None) -> Delivery:
        """Type a slash command."""
        return await self._interactions.command(user_id, channel_id, typed, thread_ts=thread_ts)

    async def say(self, user_id: str, channel_id: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Post a message; the delivery's `message` is its record."""
        return await self._interactions.say(user_id, channel_id, text, thread_ts=thread_ts)

    def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        """Delete one's own message, or as an administrator that of the app; no event is sent to it.

        Raises LookupError for a message that the person does not see or may not delete.
        """
        person = person_of(self._world, user_id)
        message = message_for(self._world, user_id, channel_id=channel_id, ts=ts)
        is_foreign = message.author not in {user_id, self._world.workspace.app.user_id}
        is_outsider = person.is_guest or person.is_stranger
        if message.is_ephemeral or is_foreign or (is_outsider and message.author != user_id):
            raise LookupError(f"{user_id} may not delete {ts} in {channel_id}")
        self._world.messages.delete(message)

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
        return await self._interactions.press(
            user_id, shown, action_id=action_id, value=value, selected=selected, block_id=block_id
        )

    async def submit(
        self, user_id: str, view: Mapping[str, Any] | str, values: Mapping[str, Mapping[str, Any]]
    ) -> Delivery:
        """Fill in a modal, `{block_id: {action_id: value}}`, and submit it; raises Incomplete or LookupError."""
        return await self._interactions.submit(user_id, view if isinstance(view, str) else view["id"], values)

    async def close_view(self, user_id: str, view: Mapping[str, Any] | str) -> Delivery:
        """Close a modal."""
        return await self._interactions.close_view(user_id, view if isinstance(view, str) else view["id"])

    async def open_home(self, user_id: str, tab: str = "home") -> Delivery:
        """Open the Home tab, or another tab of the app."""
        return await self._interactions.open_home(user_id, tab)

    async def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same again: same signature and time stamp, or same envelope."""
        return await self._deliveries.redeliver(delivery)

    async def retry(self, delivery: Delivery) -> Delivery:
        """Retry an event, as Slack does, with retry headers."""
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
        """Type into an external select; the delivery's `answer` holds the options."""
        return await self._menus.suggest(user_id, shown, action_id=action_id, typed=typed)

    async def verify_url(self) -> Delivery:
        """Verify the Request URL, as Slack does when it is saved; over HTTP only."""
        return await self._menus.verify_url()

    async def check_ssl(self) -> Delivery:
        """Check the certificate, as Slack does; over HTTP only."""
        return await self._menus.check_ssl()
