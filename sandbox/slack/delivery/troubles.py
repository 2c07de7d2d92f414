"""What can be made to go wrong between the pretend Slack and the bot, and what an administrator can do to both."""

from collections.abc import Iterable, Sequence

from sandbox.faults import Fault
from sandbox.slack.delivery.deliveries import Deliveries, Delivery
from sandbox.slack.delivery.socket_mode import Sockets
from sandbox.slack.tiers import EVERY_LIMIT
from sandbox.slack.world import World


class Troubles:
    """Faults of the Web API, of deliveries and of sockets; and scopes, limits, members and archives."""

    _world: World
    _deliveries: Deliveries
    _sockets: Sockets

    def deliver_to(self, url: str | None) -> None:
        """Post everything to this address, signed; None goes back to Socket Mode."""
        self._deliveries.url = url

    def fail(self, method: str, fault: Fault, times: int | None = 1) -> None:
        """Let calls of a method (`response_url`, `upload`, `*` for any) go wrong: so many times, or always for None."""
        self._world.faults.plan(method, fault, times)

    def mend(self, method: str | None = None) -> None:
        """Let a method, or everything, work again."""
        self._world.faults.clear(method)

    def deliver_twice(self, times: int = 1) -> None:
        """Bring each of the next so many things two times at once."""
        self._deliveries.deliver_twice(times)

    def hold_back(self, times: int = 1) -> None:
        """Keep each of the next so many things on the way until `let_go`; their trigger ids grow old meanwhile."""
        self._deliveries.hold_back(times)

    @property
    def held(self) -> int:
        """Count what is kept on the way."""
        return self._deliveries.held

    async def let_go(self, *, newest_first: bool = False) -> None:
        """Bring what was held back, one after the other: late, and out of order if so wanted."""
        await self._deliveries.let_go(newest_first=newest_first)

    async def send_again(self) -> list[Delivery]:
        """Try every event again that was never acknowledged."""
        return await self._deliveries.again()

    def drop_sockets(self) -> None:
        """Cut all Socket Mode connections without a word."""
        self._sockets.drop()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask the bot to connect anew; `warning` announces it only."""
        await self._sockets.disconnect(reason)

    def refuse_handshakes(self, times: int) -> None:
        """Let the next Socket Mode handshakes fail."""
        self._sockets.refuse_handshakes(times)

    def hang_handshakes(self, times: int) -> None:
        """Let the next Socket Mode handshakes never be answered."""
        self._sockets.hang_handshakes(times)

    async def say_to_sockets(self, frame: str) -> Sequence[str]:
        """Send these very words over all sockets; gives what is acknowledged, which goes on growing."""
        await self._sockets.say(frame)
        return self._sockets.acknowledged

    async def switch_socket_mode(self, *, is_on: bool) -> None:
        """Switch Socket Mode off or on for the app."""
        await self._sockets.switch(is_on=is_on)

    def limit(self, *, is_on: bool) -> None:
        """Limit calls as Slack does, chat.postMessage by channel and apps.connections.open included; or none."""
        self._world.tiers.limits = EVERY_LIMIT if is_on else {}
        self._world.tiers.limits_channels = is_on

    def set_scopes(self, scopes: Iterable[str]) -> None:
        """Let the app be installed anew with these scopes."""
        self._world.workspace.app.scopes = tuple(scopes)

    def archive(self, channel_id: str, *, is_archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self._world.workspace.channels[channel_id].is_archived = is_archived
        self._world.notices.changed()

    def let_in(self, user_id: str, channel_id: str) -> None:
        """Let somebody, or the bot, into a channel, and tell the pages."""
        members = self._world.workspace.channels[channel_id].members
        self._set_members(channel_id, [one for one in members if one != user_id] + [user_id])

    def take_out(self, user_id: str, channel_id: str) -> None:
        """Take somebody, or the bot, out of a channel, and tell the pages."""
        members = self._world.workspace.channels[channel_id].members
        self._set_members(channel_id, [one for one in members if one != user_id])

    def _set_members(self, channel_id: str, members: list[str]) -> None:
        self._world.workspace.channels[channel_id].members = members
        self._world.notices.tell("members", {"channel": channel_id, "members": members})
