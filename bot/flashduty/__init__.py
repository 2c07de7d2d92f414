"""Flashduty: its API as typed calls, its failures as exceptions. Knows nothing of Slack."""

from bot.flashduty.client import Account, Flashduty, Timeouts, open_pool
from bot.flashduty.errors import Code, FlashdutyError, Unreachable
from bot.flashduty.insight import Figures, InsightQuery, Member, NoisyCheck
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

__all__ = [
    "Account",
    "Code",
    "Duty",
    "Figures",
    "Flashduty",
    "FlashdutyChannel",
    "FlashdutyError",
    "Incident",
    "IncidentPage",
    "IncidentQuery",
    "InsightQuery",
    "KeyOwner",
    "Kind",
    "Member",
    "NoisyCheck",
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
