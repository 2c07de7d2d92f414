"""Flashduty's records as frozen values, to import from one place."""

from bot.flashduty.models.incident_query import IncidentQuery
from bot.flashduty.models.incidents import Incident, IncidentPage, Progress, Responder, Severity
from bot.flashduty.models.people import FlashdutyChannel, KeyOwner, Member, Person
from bot.flashduty.models.schedules import Duty, Schedule, Shift

__all__ = [
    "Duty",
    "FlashdutyChannel",
    "Incident",
    "IncidentPage",
    "IncidentQuery",
    "KeyOwner",
    "Member",
    "Person",
    "Progress",
    "Responder",
    "Schedule",
    "Severity",
    "Shift",
]
