"""The state of the pretend Slack, shared by its parts."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.slack.conversation.messages import Messages
from sandbox.slack.conversation.response_urls import ResponseUrls
from sandbox.slack.conversation.trigger_ids import TriggerIds
from sandbox.slack.conversation.uploads import Uploads
from sandbox.slack.conversation.views import Views
from sandbox.slack.journal import Journal
from sandbox.slack.notices import Notices
from sandbox.slack.tiers import CALLS_A_MINUTE, Tiers
from sandbox.slack.workspace import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Workspace


@dataclass
class World:
    """The state of a pretend Slack; `origin` is its address once the server listens."""

    workspace: Workspace
    clock: Clock
    honours_client_msg_id: bool = False
    ack_seconds: float = 3.0
    bot_token: str = field(default=BOT_TOKEN, repr=False)
    app_token: str = field(default=APP_TOKEN, repr=False)
    signing_secret: str = field(default=SIGNING_SECRET, repr=False)
    origin: str = ""
    notices: Notices = field(default_factory=Notices)
    faults: Faults = field(default_factory=Faults)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    # Issues the URL of a new Socket Mode connection; set by `Sockets`.
    new_socket_address: Callable[[], str] = field(default=lambda: "", repr=False)
    # Work to do after the response to the current call.
    afterwards: list[Callable[[], object]] = field(default_factory=list, repr=False)
    tick: Callable[[], float] = time.monotonic
    calls_a_minute: Mapping[str, int] = field(default_factory=lambda: CALLS_A_MINUTE, repr=False)
    limits_channels: bool = False
    # The latest options of external selects, by person and action.
    offered: dict[tuple[str, str], list[Any]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.clock.on_move.append(self.notices.changed)
        self.journal = Journal(self.notices)
        self.messages = Messages(self.workspace, self.clock, self.notices)
        self.views = Views(self.workspace, self.notices)
        self.trigger_ids = TriggerIds(self.clock, self.tick)
        self.response_urls = ResponseUrls(self.clock, self.workspace.id)
        self.uploads = Uploads()
        self.tiers = Tiers(self.calls_a_minute, self.tick, limits_channels=self.limits_channels)

    def take_afterwards(self) -> list[Callable[[], object]]:
        """Take the work to do after the response."""
        taken, self.afterwards = self.afterwards, []
        return taken
