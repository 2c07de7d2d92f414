"""Flashduty: its API as typed calls, its failures as exceptions. Knows nothing of Slack."""

from bot.flashduty.account import Account
from bot.flashduty.client import Flashduty
from bot.flashduty.errors import Code, FlashdutyError, Unreachable
from bot.flashduty.models import (
    Duty,
    FlashdutyChannel,
    Incident,
    IncidentPage,
    IncidentQuery,
    KeyOwner,
    Person,
    Progress,
    Responder,
    Schedule,
    Severity,
    Shift,
)
from bot.flashduty.operations import Kind, Operation
from bot.flashduty.retries import IN_THE_BACKGROUND, WHILE_SOMEBODY_WAITS, Backoff
from bot.flashduty.transport import Timeouts, open_pool

__all__ = [
    "IN_THE_BACKGROUND",
    "WHILE_SOMEBODY_WAITS",
    "Account",
    "Backoff",
    "Code",
    "Duty",
    "Flashduty",
    "FlashdutyChannel",
    "FlashdutyError",
    "Incident",
    "IncidentPage",
    "IncidentQuery",
    "KeyOwner",
    "Kind",
    "Operation",
    "Person",
    "Progress",
    "Responder",
    "Schedule",
    "Severity",
    "Shift",
    "Timeouts",
    "Unreachable",
    "open_pool",
]
