"""The state of the pretend Flashduty, and what tests and scripts may do with it."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.flashduty.fill import harbor_account
from sandbox.flashduty.fill.raised import Raiser
from sandbox.flashduty.habits import NO_HABITS, Habits
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.wire.calls import Call
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.keys import AppKey
from sandbox.flashduty.wire.rate_limit import RateLimit


class FlashdutySettings(TypedDict, total=False):
    """What `FlashdutyService` takes, by name."""

    clock: Clock | None
    account: Account | None
    rate_limit: RateLimit | None
    adds_unknown_fields: bool
    habits: Habits


class FlashdutyService:
    """An account, its clock, the calls that were made and the faults that are planned, without a server.

    `adds_unknown_fields` puts fields into the answers that the document does not know, as the real service will.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        account: Account | None = None,
        rate_limit: RateLimit | None = None,
        adds_unknown_fields: bool = False,
        habits: Habits = NO_HABITS,
    ) -> None:
        self.clock = clock or Clock()
        self.account = account or harbor_account(self.clock.now())
        self.rate_limit = rate_limit or RateLimit()
        self.adds_unknown_fields = adds_unknown_fields
        self.habits = habits
        self.calls: list[Call] = []
        self.on_call: Callable[[Call], None] | None = None
        self._faults = Faults()
        self._raiser = Raiser(self.account)

    @property
    def keys(self) -> Mapping[str, AppKey]:
        """The APP keys there are, by name."""
        return self.account.keys

    def raise_incident(
        self,
        title: str | None = None,
        *,
        severity: str = "Critical",
        flashduty_channel: int | str = 5001,
        **fields: object,
    ) -> Record:
        """Let an incident start now and give its record; `fields` are wire names.

        Raises LookupError for a channel that does not exist and KeyError for an unknown field.
        """
        return self._raiser.raise_incident(
            self._now(), title=title, severity=severity, channel=flashduty_channel, fields=fields
        )

    def fail(self, path: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next calls of an operation (`*` for any) go wrong; None lets it go on until `mend`."""
        self._faults.plan(path, fault, times)

    def mend(self, path: str | None = None) -> None:
        """Let nothing, or no call of this operation, go wrong any more."""
        self._faults.clear(path)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
