"""The audit trail in Slack, in its telling states."""

from datetime import timedelta

from bot.audit.messages import (
    AuditList,
    audit_denied,
    audit_file_failed,
    audit_file_follows,
    audit_list,
    audit_lost,
)
from bot.audit.model import AuditAction, AuditEntry, AuditResult
from tests.bot.samples import HOSTILE

EVERY_ACTION = tuple(AuditAction)


def entry(to, action, result=AuditResult.DONE, **more):
    return AuditEntry(at=to.now - timedelta(hours=1), who="Alice Chen", action=action, result=result, **more)


def surfaces(readers):
    """The messages of this feature for these readers."""
    to = readers.alone
    results = tuple(AuditResult)
    every = [
        entry(to, action, results[index % len(results)], number="#0E83EE") for index, action in enumerate(EVERY_ACTION)
    ]
    hostile = entry(
        to, AuditAction.SNOOZE, AuditResult.NOT_DONE, subject=HOSTILE, asked=HOSTILE, reason=HOSTILE, number="#0E83EE"
    )
    return {
        "audit-none": audit_list(to, "payments", (), AuditList(), count=0, is_complete=True),
        "audit-one": audit_list(to, "payments", every[:1], AuditList(), count=1, is_complete=True),
        "audit-first-actions": audit_list(to, "payments", every[:9], AuditList(), count=9, is_complete=True),
        "audit-other-actions": audit_list(to, "payments", every[9:], AuditList(), count=9, is_complete=True),
        "audit-many": audit_list(to, HOSTILE, [hostile] * 10, AuditList(), count=10_000, is_complete=False),
        "audit-denied": audit_denied(to, ["U0ALICE", "U0BOB"]),
        "audit-nobody-named": audit_denied(to, ()),
        "audit-file": audit_file_follows(to, "payments", 214),
        "audit-file-failed": audit_file_failed(to, "payments", "missing_scope"),
        "audit-file-failed-otherwise": audit_file_failed(to, "payments", "internal_error"),
        "audit-lost": audit_lost(to, to.now, 3),
    }
