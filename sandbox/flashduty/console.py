"""What people do to incidents in Flashduty's console, and what alerts do to them, without a key."""

from collections.abc import Callable, Sequence
from typing import Final

from sandbox.flashduty.incidents import alerts, assigning, changes, merging, paging
from sandbox.flashduty.incidents.change import Change
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.model.account import Account
from sandbox.flashduty.model.history import SYSTEM
from sandbox.flashduty.seed.organisation import DANA
from sandbox.flashduty.wire.checks import Record

Who = int | str
_SEVERITIES: Final = ("Critical", "Warning", "Info")


class Console:
    """Changes incidents as a person of the account (`by`: an id, a name, a mailbox; the system where none is).

    An incident is named by its id or its number. Every method returns its record afterwards, writes the entries of the
    timeline, and thereby the webhooks. Raises LookupError and ValueError where the console would not offer it.
    """

    def __init__(self, account: Account, now: Callable[[], int]) -> None:
        self._account = account
        self._now = now

    def acknowledge(self, incident: str, *, by: Who = DANA) -> Record:
        """Acknowledge; repeating it changes nothing."""
        return self._done(self._open(incident, by), changes.acknowledge)

    def unacknowledge(self, incident: str, *, by: Who = DANA) -> Record:
        """Withdraw one's own acknowledgement."""
        return self._done(self._open(incident, by), changes.unacknowledge)

    def close(self, incident: str, *, by: Who = DANA, resolution: str = "", root_cause: str = "") -> Record:
        """Close."""
        change = self._open(incident, by)
        changes.close(change, texts={"resolution": resolution, "root_cause": root_cause})
        return change.incident

    def reopen(self, incident: str, *, by: Who = DANA, reason: str = "It came back") -> Record:
        """Reopen a closed incident."""
        change = self._change(incident, by)
        if is_open(change.incident):
            raise ValueError("it is not closed")
        changes.reopen(change, reason=reason)
        return change.incident

    def snooze(self, incident: str, *, by: Who = DANA, minutes: int = 120) -> Record:
        """Snooze; only what is Processing can be snoozed."""
        change = self._open(incident, by)
        if change.incident["progress"] != "Processing" or not 1 <= minutes <= 1_440:  # noqa: PLR2004 - a day
            raise ValueError("only an acknowledged incident can be snoozed, for 1 to 1,440 minutes")
        changes.snooze(change, minutes=minutes)
        return change.incident

    def wake(self, incident: str, *, by: Who = DANA) -> Record:
        """End a snooze."""
        return self._done(self._open(incident, by), changes.wake)

    def comment(self, incident: str, *, text: str, by: Who = DANA) -> Record:
        """Write a comment."""
        change = self._change(incident, by)
        if not 1 <= len(text.strip()) <= 1_024:  # noqa: PLR2004 - /incident/comment
            raise ValueError("a comment has 1 to 1,024 characters")
        changes.comment(change, text=text)
        return change.incident

    def severity(self, incident: str, *, severity: str, by: Who = DANA) -> Record:
        """Set the severity by hand."""
        if severity not in _SEVERITIES:
            raise ValueError(f"a severity is one of {', '.join(_SEVERITIES)}")
        change = self._change(incident, by)
        changes.reset_severity(change, severity=severity)
        return change.incident

    def text(self, incident: str, *, name: str, text: str, by: Who = DANA) -> Record:
        """Set title, description, impact, root_cause or resolution."""
        if name not in changes.TEXTS:
            raise ValueError(f"a text is one of {', '.join(changes.TEXTS)}")
        change = self._change(incident, by)
        changes.reset_text(change, name=name, text=text)
        return change.incident

    def field(self, incident: str, *, name: str, value: object, by: Who = DANA) -> Record:
        """Set a custom field."""
        change = self._change(incident, by)
        changes.reset_field(change, name=name, value=value)
        return change.incident

    def reassign(self, incident: str, *, to: Sequence[Who], by: Who = DANA) -> Record:
        """Give it to other people instead, and page them."""
        change = self._open(incident, by)
        assigning.assign(change, person_ids=self._people(to))
        return change.incident

    def escalate(self, incident: str, *, level: int | None = None, by: Who = SYSTEM) -> Record:
        """Go to the next level of its rule, or to this one (from 0), by the system or by a person."""
        change = self._open(incident, by)
        assigning.escalate(change, level=level)
        return change.incident

    def add_responders(self, incident: str, *, to: Sequence[Who], by: Who = DANA) -> Record:
        """Page further people."""
        change = self._open(incident, by)
        assigning.add_responders(change, person_ids=self._people(to))
        return change.incident

    def page(self, incident: str, *, to: Sequence[Who] = (), failed_reason: str = "", channel: str = "voice") -> Record:
        """Let the system page people again (those it is assigned to), in vain where there is a reason."""
        change = self._open(incident, SYSTEM)
        people = self._people(to) or [one["person_id"] for one in change.incident["responders"]]
        failed = dict.fromkeys(people, failed_reason) if failed_reason else {}
        paging.page(change, person_ids=people, by=[channel], failed=failed, again=True)
        return change.incident

    def merge(
        self, incident: str, *, sources: Sequence[str], by: Who = DANA, comment: str = "", title: str = ""
    ) -> Record:
        """Merge others into it; they are closed."""
        change = self._open(incident, by)
        others = [self._account.incident_named(one) for one in sources]
        merging.merge(change, sources=others, comment=comment, title=title)
        return change.incident

    def custom_action(
        self,
        incident: str,
        *,
        by: Who = DANA,
        integration_id: int = 9_101,
        name: str = "Restart the service",
        failure: str = "",
    ) -> Record:
        """Press a custom action, whose own call fails with a message."""
        change = self._open(incident, by)
        changes.custom_action(change, integration_id=integration_id, name=name, failure=failure)
        return change.incident

    def flap(self, incident: str) -> Record:
        """Mute it, because it changes too often."""
        return self._done(self._open(incident, SYSTEM), changes.flap)

    def alert(
        self,
        incident: str,
        *,
        count: int = 1,
        severity: str | None = None,
        title: str = "",
        labels: Record | None = None,
    ) -> Record:
        """Let alerts join it; one that is worse raises its severity, without an entry of its own."""
        change = self._open(incident, SYSTEM)
        for _ in range(count):
            alerts.join(change, severity=severity, title=title, labels=labels)
        return change.incident

    def recover(self, incident: str, *, count: int | None = None) -> Record:
        """Let its alerts recover, all or the oldest; with the last one it is closed by nobody."""
        change = self._open(incident, SYSTEM)
        if count is None:
            alerts.end(change)
        else:
            alerts.recover(change, count=count)
        return change.incident

    def _done(self, change: Change, act: Callable[[Change], object]) -> Record:
        act(change)
        return change.incident

    def _open(self, incident: str, by: Who) -> Change:
        change = self._change(incident, by)
        if not is_open(change.incident):
            raise ValueError("it is closed")
        return change

    def _change(self, incident: str, by: Who) -> Change:
        return Change(
            account=self._account,
            incident=self._account.incident_named(incident),
            by=self._account.person_named(by),
            at=self._now(),
        )

    def _people(self, names: Sequence[Who]) -> list[int]:
        return [self._account.person_named(one) for one in names]


# What can be done to an incident, by the name of the method.
CHANGES: Final = tuple(name for name in vars(Console) if not name.startswith("_"))
