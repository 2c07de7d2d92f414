"""The state of the pretend Flashduty, and the operations of tests and scripts on it."""

from collections.abc import Callable, Mapping
from typing import TypedDict

from sandbox.clock import Clock
from sandbox.faults import Fault, Faults
from sandbox.flashduty.console import Console
from sandbox.flashduty.habits import NO_HABITS, Habits
from sandbox.flashduty.incidents.alerts import end
from sandbox.flashduty.incidents.assigning import escalate_what_is_due
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.changes import end_snoozes
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.history import SYSTEM
from sandbox.flashduty.seed import harbor_account
from sandbox.flashduty.seed.new_incidents import IncidentRaiser
from sandbox.flashduty.webhooks.deliveries import Webhooks
from sandbox.flashduty.wire.calls import Call
from sandbox.flashduty.wire.checks import Record
from sandbox.flashduty.wire.keys import AppKey
from sandbox.flashduty.wire.rate_limit import RateLimit


class FlashdutySettings(TypedDict, total=False):
    """The keyword arguments of `FlashdutyService`."""

    clock: Clock | None
    account: Account | None
    rate_limit: RateLimit | None
    adds_unknown_fields: bool
    habits: Habits
    escalates: bool


class FlashdutyService:
    """An account, its clock, the recorded calls and the planned faults, without a server.

    `console` is what people do in the console, `webhooks` is where what happens is pushed to. With `escalates` a level
    that nobody acknowledges in time goes on to the next, for what is assigned while the sandbox runs.
    `adds_unknown_fields` adds fields to the responses that the document does not define, as the real service may.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        account: Account | None = None,
        rate_limit: RateLimit | None = None,
        adds_unknown_fields: bool = False,
        habits: Habits = NO_HABITS,
        escalates: bool = False,
    ) -> None:
        self.clock = clock or Clock()
        self.account = account or harbor_account(self.clock.now())
        self.rate_limit = rate_limit or RateLimit()
        self.adds_unknown_fields = adds_unknown_fields
        self.habits = habits
        self.escalates = escalates
        self.console = Console(self.account, self._now)
        self.webhooks = Webhooks(self.account, self.clock)
        self.calls: list[Call] = []
        self.on_call: Callable[[Call], None] | None = None
        self.on_request: Callable[[str], None] | None = None
        """Called with the path of a request as it comes in, and `on_call` with the call once it is answered."""
        self._faults = Faults()
        self._began = self._now()
        self._passed = (0, False)
        self._raiser = IncidentRaiser(self.account)

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
        alerts: int = 1,
        **fields: object,
    ) -> Record:
        """Start an incident now and return its record; `alerts` are grouped in it, `fields` are wire names.

        Raises LookupError for a channel that does not exist and KeyError for an unknown field.
        """
        return self._raiser.raise_incident(
            self._now(), title=title, severity=severity, channel=flashduty_channel, alerts=alerts, fields=fields
        )

    def recover(self, incident_id: str) -> bool:
        """Close an incident by itself, as its alerts recover; False where it is closed already."""
        incident = self.account.incident_named(incident_id)
        return end(Change(account=self.account, incident=incident, by=SYSTEM, at=self._now()))

    def pass_time(self) -> None:
        """Do what has become due, once a second: snoozes that run out, levels that nobody acknowledged."""
        now = self._now()
        if self._passed == (now, self.escalates):
            return
        self._passed = (now, self.escalates)
        end_snoozes(self.account, now)
        if self.escalates:
            escalate_what_is_due(self.account, now, since=self._began)

    def fail(self, path: str, fault: Fault, times: int | None = 1) -> None:
        """Plan a fault for the next calls of an operation (`*` for any); None means until `mend`."""
        self._faults.plan(path, fault, times)

    def mend(self, path: str | None = None) -> None:
        """Clear the planned faults of all operations, or of one."""
        self._faults.clear(path)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
