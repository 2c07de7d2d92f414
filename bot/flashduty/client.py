"""Flashduty's Open API: typed calls, each paced, bounded in time, and tried again where that does no harm."""

from bot.flashduty.api.analytics import AnalyticsApi
from bot.flashduty.api.incidents import IncidentApi
from bot.flashduty.api.people import PeopleApi
from bot.flashduty.api.schedules import ScheduleApi


class Flashduty(IncidentApi, ScheduleApi, PeopleApi, AnalyticsApi):
    """One team's view of Flashduty, acting as the owner of the team's key.

    Every call raises FlashdutyError when Flashduty refuses, and its kind Unreachable when no answer of Flashduty came
    back; both tell the operation, its permission and its page. A call is over within 3.5 s, or by the deadline given to
    `until`. All operations share 50 requests a second and 1,000 a minute per account. Texts in answers are untrusted.
    """
