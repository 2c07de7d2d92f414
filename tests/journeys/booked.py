"""What Flashduty booked on the owner of the bot's key, and whether the audit trail says the same of each."""

import asyncio
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from pressing import NAMES

OWNER = 7005
PATHS = {
    "/incident/ack": "acknowledge",
    "/incident/unack": "unacknowledge",
    "/incident/snooze": "snooze",
    "/incident/wake": "wake",
    "/incident/resolve": "close",
    "/incident/reopen": "reopen",
    "/incident/assign": "assign",
    "/incident/responder/add": "add_responder",
    "/incident/custom-action/do": "custom_action",
    "/incident/comment": "comment",
}
# To whom it is given differs, and not what Flashduty does.
SAME = {"reassign": "assign", "escalate": "assign"}
SAID = {
    "Acknowledged": "acknowledge",
    "Unacknowledged": "unacknowledge",
    "Snoozed": "snooze",
    "Snooze ended": "wake",
    "Closed": "close",
    "Reopened": "reopen",
    "Reassigned": "assign",
    "Escalated": "assign",
    "Responders added": "add_responder",
    "Custom action run": "custom_action",
}
FROM_SLACK = re.compile(rf"({'|'.join(SAID)}) from Slack by (.+)")


@dataclass(frozen=True, kw_only=True)
class Booked:
    """A change that a call of the bot made; `position` is where that call stands among all calls."""

    incident: str
    deed: str
    position: int
    request_id: str
    entry: object = field(repr=False, compare=False)
    by: str = ""
    """Whom an audited change was found to be of."""


class Book:
    """Everything that the pretend Flashduty booked on the owner of the key, by the call that made it."""

    def __init__(self, flashduty):
        self.flashduty, self.changes, self._entries = flashduty, [], defaultdict(list)
        flashduty.account.timeline.on_note.append(self._noted)
        flashduty.on_call = self._called

    def _noted(self, entry):
        if entry.person_id == OWNER:
            self._entries[asyncio.current_task()].append(entry)

    def _called(self, call):
        for entry in self._entries.pop(asyncio.current_task(), ()):
            self.changes.append(
                Booked(
                    incident=entry.incident_id,
                    deed=PATHS[call.path],
                    position=len(self.flashduty.calls) - 1,
                    request_id=call.request_id,
                    entry=entry,
                )
            )

    def made(self):
        """The changes that people asked for."""
        return [one for one in self.changes if not self.says_who(one)]

    @staticmethod
    def says_who(change):
        """The deed and the name in a comment that the bot writes behind a change; None for another entry."""
        found = change.deed == "comment" and FROM_SLACK.fullmatch(change.entry.detail["comment"])
        return (SAID[found[1]], found[2]) if found else None


def deed_of(row):
    return SAME.get(row.attempt.action, row.attempt.action)


def result_of(row):
    return row.outcome.result if row.outcome else None


def is_equal(book, trail, presses):
    """Compare the trail with what is booked; give for each change whose it is, and those that are told as not known."""
    attempts_are_of_presses(trail, presses)
    owners, left = {}, []
    by_request = {row.outcome.request_id: row for row in trail if result_of(row) == "done" and row.outcome.request_id}
    rows = [row for row in trail if result_of(row) == "done"]
    for change in book.made():
        row = by_request.get(change.request_id)
        if row is None:
            left.append(change)
        else:
            assert (row.attempt.incident_id, deed_of(row)) == (change.incident, change.deed), (row, change)
            assert row.outcome.key_owner_id in {None, OWNER}, row
            owners[change] = row.attempt.slack_user_id
            rows.remove(row)
    not_known = found_later(left, rows, trail, presses, owners)
    for change, who in owners.items():
        may_be = {one.who for one in presses if one.may_have_made(change)}
        assert who in may_be, (NAMES[who], change, may_be)
    return owners, not_known


def found_later(left, rows, trail, presses, owners):
    """Match what was found out without an answer: attempts that are done, and then those that are not known."""
    not_known = set()
    unknown = [row for row in trail if result_of(row) in {None, "not_known"}]
    for change in left:
        may_be = {one.who for one in presses if one.may_have_made(change)}
        found = [
            row
            for row in (*rows, *unknown)
            if (row.attempt.incident_id, deed_of(row)) == (change.incident, change.deed)
            and row.attempt.slack_user_id in may_be
        ]
        assert found, ("booked, and nobody's in the trail", change, may_be)
        row = found[0]
        owners[change] = row.attempt.slack_user_id
        if row in rows:
            rows.remove(row)
        else:
            unknown.remove(row)
            not_known.add(change)
    assert not rows, ("in the trail as done, and not booked", rows)
    return not_known


def attempts_are_of_presses(trail, presses):
    """Nobody tried more often than they pressed; what was refused before it was tried is told elsewhere."""
    pressed = Counter((one.who, one.incident, deed) for one in presses for deed in one.deeds)
    tried = Counter(
        (row.attempt.slack_user_id, row.attempt.incident_id, deed_of(row))
        for row in trail
        if result_of(row) != "refused" and row.attempt.incident_id
    )
    assert tried <= pressed, tried - pressed


def comments_are_of(owners, book, not_known):
    """Behind each change stands one comment with the name of whoever pressed, and no other name stands anywhere.

    Of a custom action whose answer is lost nobody finds out whether it ran, and no comment says that it did.
    """
    said = Counter((one.incident, *book.says_who(one)) for one in book.changes if book.says_who(one))
    made = Counter((one.incident, one.deed, NAMES[who]) for one, who in owners.items() if one.deed != "comment")
    assert said <= made, ("said of whom did not do it", said - made)
    untold = (one for one in not_known if one.deed == "custom_action")
    return made - said - Counter((one.incident, one.deed, NAMES[owners[one]]) for one in untold)
