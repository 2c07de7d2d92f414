"""The audit trail as rows of text: CSV for spreadsheets, JSON lines for programs. Columns and values are English."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from bot.audit.model import AuditResult, incident_number
from bot.storage.audit.audit_trail import AuditedAttempt, StoredOutcome

COLUMNS: Final = (
    "at",
    "team",
    "action",
    "result",
    "reason",
    "incident_number",
    "incident_id",
    "subject",
    "asked",
    "old",
    "new",
    "person_id",
    "person_name",
    "workspace",
    "key_owner_id",
    "key_owner_name",
    "request_id",
    "outcome_at",
    "attempt_id",
)
# A spreadsheet told by it that the file is UTF-8.
BYTE_ORDER_MARK: Final = "\ufeff"
# What begins a formula in a spreadsheet: = + - @, their full-width and small forms; white space before it is skipped.
_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b\u2212"
_FORMULA: Final = re.compile(rf"[\s\u200b-\u200f\u2060\ufeff]*[{_SIGNS}]")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def as_record(row: AuditedAttempt) -> dict[str, str]:
    """Return the columns of a row."""
    attempt, outcome = row.attempt, row.outcome or _nothing_noted(row)
    return {
        "at": _time(attempt.attempted_at),
        "team": attempt.team,
        "action": attempt.action,
        "result": outcome.result,
        "reason": outcome.reason,
        "incident_number": incident_number(attempt.incident_id),
        "incident_id": attempt.incident_id,
        "subject": attempt.subject,
        "asked": attempt.asked,
        "old": outcome.old_value,
        "new": outcome.new_value,
        "person_id": attempt.slack_user_id,
        "person_name": attempt.slack_user_name,
        "workspace": attempt.workspace,
        "key_owner_id": str(outcome.key_owner_id or ""),
        "key_owner_name": outcome.key_owner_name,
        "request_id": outcome.request_id,
        "outcome_at": _time(outcome.noted_at) if row.outcome is not None else "",
        "attempt_id": attempt.attempt_id,
    }


def as_json_line(row: AuditedAttempt) -> str:
    """Format a row as one line of JSON."""
    return json.dumps(as_record(row), ensure_ascii=False) + "\n"


def csv_header() -> str:
    """Format the names of the columns."""
    return _csv_line(dict(zip(COLUMNS, COLUMNS, strict=True)))


def as_csv_line(row: AuditedAttempt) -> str:
    """Format a row as one line of CSV, in which no cell is a formula."""
    return _csv_line({name: harmless(value) for name, value in as_record(row).items()})


def as_csv_file(rows: Iterable[AuditedAttempt]) -> bytes:
    """Format rows as a file for a spreadsheet."""
    return (BYTE_ORDER_MARK + csv_header() + "".join(map(as_csv_line, rows))).encode()


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula: an apostrophe goes before it, and it has one line.

    Source: owasp.org/www-community/attacks/CSV_Injection
    """
    begins = bool(_FORMULA.match(cell)) or cell[:1] in {"\t", "\r", "\n"}
    line = _BREAKS.sub(" ", cell)
    return f"'{line}" if begins else line


def _csv_line(record: Mapping[str, str]) -> str:
    text = io.StringIO()
    csv.DictWriter(text, COLUMNS, lineterminator="\n").writerow(record)
    return text.getvalue()


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _nothing_noted(row: AuditedAttempt) -> StoredOutcome:
    attempt = row.attempt
    return StoredOutcome(
        attempt_id=attempt.attempt_id, result=AuditResult.NOT_KNOWN.value, noted_at=attempt.attempted_at
    )


LINES: Final[Mapping[str, Callable[[AuditedAttempt], str]]] = {"csv": as_csv_line, "jsonl": as_json_line}
