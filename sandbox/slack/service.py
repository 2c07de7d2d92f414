"""The state of the pretend Slack, and the operations of tests and the page on it."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, TypeVar

from sandbox.clock import Clock
from sandbox.slack.conversation.uploads import Upload
from sandbox.slack.conversation.views import View
from sandbox.slack.delivery.deliveries import Deliveries
from sandbox.slack.delivery.fault_controls import FaultControls
from sandbox.slack.delivery.http_delivery import HttpDelivery
from sandbox.slack.delivery.socket_mode import Sockets
from sandbox.slack.harbor import harbor
from sandbox.slack.journal import Call, Journal
from sandbox.slack.notices import Notices
from sandbox.slack.people.interactions import Interactions
from sandbox.slack.people.menus import Menus
from sandbox.slack.people.user_actions import UserActions
from sandbox.slack.tiers import CALLS_A_MINUTE
from sandbox.slack.workspace import Workspace
from sandbox.slack.world import World

T = TypeVar("T")

_QUIET_SECONDS: Final = 0.1


class SlackSettings(TypedDict, total=False):
    """The keyword arguments of `SlackService`."""

    clock: Clock | None
    workspace: Workspace | None
    honours_client_msg_id: bool
    ack_seconds: float
    retries_events: bool
    refreshes_sockets: bool
    calls_a_minute: Mapping[str, int]
    limits_channels: bool
    tick: Callable[[], float]


class SlackService(UserActions, FaultControls):
    """A Slack workspace with one app, without the server that listens for it.

    `ack_seconds` is the time limit of acknowledgements. With `retries_events` a failed event is retried, three times
    in all. With `refreshes_sockets` a connection is closed after an hour. `calls_a_minute` limits
    methods by name; {} limits none, and `limits_channels` limits each to one message a second. `tick` is the monotonic
    clock of limits and time-outs.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        workspace: Workspace | None = None,
        honours_client_msg_id: bool = False,
        ack_seconds: float = 3.0,
        retries_events: bool = True,
        refreshes_sockets: bool = False,
        calls_a_minute: Mapping[str, int] = CALLS_A_MINUTE,
        limits_channels: bool = False,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = World(
            workspace=workspace or harbor(),
            clock=clock or Clock(),
            honours_client_msg_id=honours_client_msg_id,
            ack_seconds=ack_seconds,
            calls_a_minute=calls_a_minute,
            limits_channels=limits_channels,
            tick=tick,
        )
        self._sockets = Sockets(self._world, are_refreshed=refreshes_sockets)
        self._http = HttpDelivery(self._world)
        self._deliveries = Deliveries(self._world, self._sockets, self._http, retries_events=retries_events)
        self._interactions = Interactions(self._world, self._deliveries)
        self._menus = Menus(self._world, self._deliveries)
        self._world.messages.on_post = self._interactions.echo
        self._busy: list[Callable[[], bool]] = []

    @property
    def url(self) -> str:
        """The address of the server, without a trailing slash."""
        return self._world.origin

    @property
    def api_url(self) -> str:
        """The value of SLACK_API_URL."""
        return f"{self._world.origin}/api/"

    @property
    def bot_token(self) -> str:
        """Return the xoxb- token."""
        return self._world.bot_token

    @property
    def app_token(self) -> str:
        """Return the xapp- token."""
        return self._world.app_token

    @property
    def signing_secret(self) -> str:
        """The signing secret."""
        return self._world.signing_secret

    @property
    def clock(self) -> Clock:
        """The pretend clock."""
        return self._world.clock

    @property
    def workspace(self) -> Workspace:
        """The workspace; tests may change it."""
        return self._world.workspace

    @property
    def journal(self) -> Journal:
        """The journal."""
        return self._world.journal

    @property
    def notices(self) -> Notices:
        """The notifications of changes."""
        return self._world.notices

    @property
    def stopping(self) -> asyncio.Event:
        """The event that is set when the server stops."""
        return self._world.stopping

    @property
    def calls(self) -> list[Call]:
        """The calls of the Web API and of response URLs."""
        return self._world.journal.calls

    @property
    def connections(self) -> int:
        """Count the open Socket Mode connections."""
        return self._sockets.count

    @property
    def connections_made(self) -> int:
        """Count the Socket Mode connections since the start."""
        return self._sockets.opened

    def trigger_id(self, user_id: str) -> str:
        """Issue a trigger id, for a press that no message offered."""
        return self._world.trigger_ids.issue(user_id)

    def views(self, user_id: str) -> list[View]:
        """List the modals a person has open, the visible one last."""
        return self._world.views.of(user_id)

    def view(self, user_id: str, view_id: str) -> View | None:
        """Find a modal or the home by id."""
        return self._world.views.shown_to(user_id, view_id)

    def home(self, user_id: str) -> View | None:
        """Return a person's Home tab."""
        return self._world.views.home(user_id)

    def seen_by(self, user_id: str, channel_id: str) -> list[dict[str, Any]]:
        """List the messages a person sees in a channel, in order, ephemeral ones included."""
        return self._world.messages.seen_by(user_id, channel_id)

    async def next_message(
        self,
        user_id: str,
        channel_id: str,
        *,
        after: Mapping[str, Any] | str | None = None,
        timeout: float = 5,  # noqa: ASYNC109 - a limit for the reader of a test
    ) -> dict[str, Any]:
        """Wait for the first message after another one (or its ts), or else after now; raises TimeoutError."""
        known = self.seen_by(user_id, channel_id)
        last = after if isinstance(after, str) else after["ts"] if after else known[-1]["ts"] if known else ""

        def newer() -> list[dict[str, Any]]:
            return [one for one in self.seen_by(user_id, channel_id) if one["ts"] > last]

        return (await self.until(newer, timeout))[0]

    async def until(self, predicate: Callable[[], T], timeout: float = 20) -> T:  # noqa: ASYNC109 - as above
        """Wait until a predicate holds, checked after every change; raises TimeoutError."""
        return await self._world.notices.until(predicate, timeout)

    async def settled(self, timeout: float = 20, *, quiet: float = _QUIET_SECONDS) -> None:  # noqa: ASYNC109 - as above
        """Wait until nothing is in progress and nothing changed for `quiet` seconds; raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self._world.notices.quiet(quiet, lambda: any(busy() for busy in self._busy))

    def busy_while(self, busy: Callable[[], bool]) -> None:
        """Make `settled` wait while this holds as well, for example while another pretend server is called."""
        self._busy.append(busy)

    def move_clock(self, instant: datetime) -> None:
        """Move the pretend clock, and notify the pages."""
        self._world.clock.move_to(instant)
        self._world.notices.send("clock", {"now": self._world.clock.now().isoformat()})

    def scan_files(self, *, at_once: bool = True) -> None:
        """Scan uploaded files as soon as they are complete, or leave them unscanned."""
        self._world.uploads.are_scanned = at_once
        self._world.uploads.scan()

    def picture(self, file_id: str) -> Upload | None:
        """Find a shared image."""
        return self._world.uploads.picture(file_id)

    def on_note(self, row: dict[str, Any]) -> None:
        """Add a row to the panel of requests: direction, what, status, ms, at, note."""
        self._world.journal.add_row(row)
