"""Client for the Flashduty Open API: typed calls, failures as exceptions. Independent of Slack."""

from bot.flashduty.account import Account
from bot.flashduty.client import Flashduty
from bot.flashduty.errors import Code, FlashdutyError, Unreachable
from bot.flashduty.http.transport import Pool, Timeouts, open_pool
from bot.flashduty.models import (
    Duty,
    FlashdutyChannel,
    Incident,
    IncidentPage,
    IncidentQuery,
    KeyOwner,
    Member,
    Person,
    Progress,
    Responder,
    Schedule,
    Severity,
    Shift,
)
from bot.flashduty.models.alerts import Alert, AlertPage
from bot.flashduty.models.analytics import Figures, InsightQuery, NoisyCheck
from bot.flashduty.models.escalation import EscalationLevel, EscalationRule
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.retry import BACKGROUND_BACKOFF, INTERACTIVE_BACKOFF, Backoff

__all__ = [
    "BACKGROUND_BACKOFF",
    "INTERACTIVE_BACKOFF",
    "Account",
    "Alert",
    "AlertPage",
    "Backoff",
    "Code",
    "Duty",
    "EscalationLevel",
    "EscalationRule",
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
    "Pool",
    "Progress",
    "Responder",
    "Schedule",
    "Severity",
    "Shift",
    "Timeouts",
    "Unreachable",
    "open_pool",
]
