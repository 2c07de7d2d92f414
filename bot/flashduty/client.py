"""The client of one team: typed calls, each rate limited, bounded in time, and retried where that does no harm."""

from bot.flashduty.api.analytics import AnalyticsApi
from bot.flashduty.api.customs import CustomsApi
from bot.flashduty.api.dispatch import DispatchApi
from bot.flashduty.api.escalation import EscalationApi
from bot.flashduty.api.incidents import IncidentApi
from bot.flashduty.api.lifecycle import LifecycleApi
from bot.flashduty.api.people import PeopleApi
from bot.flashduty.api.schedules import ScheduleApi
from bot.flashduty.api.timeline import TimelineApi


class Flashduty(
    IncidentApi, LifecycleApi, DispatchApi, CustomsApi, TimelineApi, EscalationApi, ScheduleApi, PeopleApi, AnalyticsApi
):
    """A client that acts as the owner of the team's key.

    Every call raises FlashdutyError when Flashduty refuses, and its subclass Unreachable when no response of Flashduty
    came back; both hold the operation, its permission and its page. A call ends within 3.5 s, or by the deadline given
    to `until`. All operations share 50 requests a second and 1,000 a minute per account. Texts in responses are
    untrusted.
    """
