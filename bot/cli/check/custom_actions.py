"""Checks of the custom actions in a team's settings, of which Flashduty has no list.

No operation tells which there are (/en/on-call/integration/webhooks/custom-action); timelines name those that were run.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.cli.check.results import Finding, not_checked, passed
from bot.config.cards import ActionButton
from bot.config.team_settings import TeamSettings
from bot.flashduty import Flashduty, FlashdutyError, Incident, IncidentQuery
from bot.flashduty.models.incident_query import MAX_WINDOW
from bot.incidents.queries import CLOCK_SKEW
from bot.messages.text import clipped, one_line
from bot.teams.team import TeamScope

# One call each, until every action was seen.
LOOKED_THROUGH: Final = 20
_NAME_LIMIT: Final = 60
_WHERE_TO_LOOK: Final = "compare the number with the action's own page in the console"


async def check_custom_actions(name: str, team: TeamSettings, client: Flashduty, now: datetime) -> list[Finding]:
    """Say of each configured action whether the account is known to have it: whether it was run not long ago."""
    wanted = {one.integration_id for one in team.custom_actions}
    if not wanted:
        return []
    seen: dict[int, str] = {}
    looked_through = 0
    why = ""
    try:
        for incident in await _newest(team, client, now):
            if wanted <= seen.keys():
                break
            seen |= {run.integration_id: run.name for run in await client.action_runs(incident.id)}
            looked_through += 1
    except FlashdutyError as error:
        why = error.raw_code or "no answer"
    return [_finding(name, one, seen, looked_through=looked_through, why=why) for one in team.custom_actions]


async def _newest(team: TeamSettings, client: Flashduty, now: datetime) -> tuple[Incident, ...]:
    scope = TeamScope(team_ids=team.flashduty_team_ids, channel_ids=team.flashduty_channel_ids)
    end = now + CLOCK_SKEW
    query = scope.of(IncidentQuery(start=end - MAX_WINDOW, end=end, limit=LOOKED_THROUGH))
    return (await client.list_incidents(query)).incidents


def _finding(team: str, action: ActionButton, seen: Mapping[int, str], *, looked_through: int, why: str) -> Finding:
    subject = f"{team}: custom action {action.name}"
    number = action.integration_id
    if number in seen:
        called = clipped(one_line(seen[number]), _NAME_LIMIT) or "without a name"
        return passed(subject, f"{number}, run in this account before, where it is called “{called}”")
    unknown = f"{number} is well-formed; whether the account has it is not known, as Flashduty lists no custom actions"
    if why:
        return not_checked(subject, f"{unknown} and timelines could not be read ({why}); {_WHERE_TO_LOOK}")
    incidents = "1 incident" if looked_through == 1 else f"{looked_through} incidents"
    return not_checked(subject, f"{unknown} and it was not run in the newest {incidents}; {_WHERE_TO_LOOK}")
