"""Fault injection between the pretend Slack and the bot, and actions of administrators."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sandbox.faults import Fault
from sandbox.slack.delivery.deliveries import Deliveries, Delivery
from sandbox.slack.delivery.socket_mode import Sockets
from sandbox.slack.tiers import EVERY_LIMIT
from sandbox.slack.world import World


class FaultControls:
    """Faults of the Web API, of deliveries and of sockets; and scopes, limits, members and archives."""

    _world: World
    _deliveries: Deliveries
    _sockets: Sockets

    def deliver_to(self, url: str | None) -> None:
        """Deliver to this URL with signatures; None returns to Socket Mode."""
        self._deliveries.url = url

    def fail(self, method: str, fault: Fault, times: int | None = 1) -> None:
        """Plan a fault for calls of a method (`response_url`, `upload`, `*` for any); None means always."""
        self._world.faults.plan(method, fault, times)

    def mend(self, method: str | None = None) -> None:
        """Clear the planned faults of a method, or of all."""
        self._world.faults.clear(method)

    def deliver_twice(self, times: int = 1) -> None:
        """Send each of the next deliveries twice at once."""
        self._deliveries.deliver_twice(times)

    def hold_back(self, times: int = 1) -> None:
        """Hold back each of the next deliveries until `let_go`; their trigger ids age meanwhile."""
        self._deliveries.hold_back(times)

    @property
    def held(self) -> int:
        """Count the deliveries held back."""
        return self._deliveries.held

    async def let_go(self, *, newest_first: bool = False) -> None:
        """Deliver what was held back, one after the other, in reverse with `newest_first`."""
        await self._deliveries.let_go(newest_first=newest_first)

    async def send_again(self) -> list[Delivery]:
        """Retry every event that was never acknowledged."""
        return await self._deliveries.again()

    def drop_sockets(self) -> None:
        """Drop all Socket Mode connections without a close frame."""
        self._sockets.drop()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to reconnect; `warning` only announces it."""
        await self._sockets.disconnect(reason)

    def refuse_handshakes(self, times: int) -> None:
        """Refuse the next Socket Mode handshakes."""
        self._sockets.refuse_handshakes(times)

    def hang_handshakes(self, times: int) -> None:
        """Never answer the next Socket Mode handshakes."""
        self._sockets.hang_handshakes(times)

    async def say_to_sockets(self, frame: str) -> Sequence[str]:
        """Send a raw frame over all sockets; return the live list of acknowledged envelope ids."""
        await self._sockets.say(frame)
        return self._sockets.acknowledged

    async def switch_socket_mode(self, *, is_on: bool) -> None:
        """Switch Socket Mode off or on for the app."""
        await self._sockets.switch(is_on=is_on)

    def limit(self, *, is_on: bool) -> None:
        """Switch rate limits on, chat.postMessage by channel and apps.connections.open included, or off."""
        self._world.tiers.limits = EVERY_LIMIT if is_on else {}
        self._world.tiers.limits_channels = is_on

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """Reinstall the app with these scopes."""
        self._world.workspace.app.scopes = tuple(scopes)

    def archive(self, channel_id: str, *, is_archived: bool = True) -> None:
        """Archive or unarchive a channel."""
        self._world.workspace.channels[channel_id].is_archived = is_archived
        self._world.notices.changed()

    def close_edits_after(self, window: timedelta | None) -> None:
        """Let the workspace's setting forbid edits of messages older than this; None allows them for ever."""
        self._world.workspace.edit_window = window

    def delete_message(self, channel_id: str, ts: str) -> None:
        """Delete a message of anybody's, as an administrator of the workspace may; raises LookupError."""
        message = self._world.messages.public(channel_id, ts)
        if message is None:
            raise LookupError(ts)
        self._world.messages.delete(message)

    def let_in(self, user_id: str, channel_id: str) -> None:
        """Add a person, or the bot, to a channel, and notify the pages."""
        members = self._world.workspace.channels[channel_id].members
        self._set_members(channel_id, [one for one in members if one != user_id] + [user_id])

    def take_out(self, user_id: str, channel_id: str) -> None:
        """Remove a person, or the bot, from a channel, and notify the pages."""
        members = self._world.workspace.channels[channel_id].members
        self._set_members(channel_id, [one for one in members if one != user_id])

    def _set_members(self, channel_id: str, members: list[str]) -> None:
        self._world.workspace.channels[channel_id].members = members
        self._world.notices.send("members", {"channel": channel_id, "members": members})
