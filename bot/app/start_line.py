"""What the log says once when the bot is ready: how it is reached, for whom, with what, and what is next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import structlog

from bot import VERSION
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.delivery.due import Due, upcoming
from bot.slack.workspace import Installation

log = structlog.get_logger(__name__)

NO_DIGEST: Final = "none"


def tell_ready(settings: Settings, installation: Installation, url: str, now: datetime) -> None:
    """Say in one line what runs here, and warn of every setting nothing comes of."""
    log.info(
        "process.ready",
        url=url,
        mode="socket mode" if settings.uses_socket_mode else "http",
        workspace=f"{installation.name} ({installation.workspace})" if installation.name else installation.workspace,
        teams=", ".join(settings.flashduty_teams),
        next_digest=next_digest(settings, now),
        database=settings.database_kind,
        version=VERSION,
    )
    for problem in settings.without_effect:
        log.warning("settings.without_effect", setting=problem.name, why=problem.what, remedy=problem.advice)


def next_digest(settings: Settings, now: datetime) -> str:
    """Say which team's digest comes next, and when in that team's time zone."""
    found = sorted(_next(settings, now), key=lambda one: one[2].at)
    if not found:
        return NO_DIGEST
    name, team, due = found[0]
    return f"{name}, {told(due, team)}"


def told(due: Due, team: TeamSettings) -> str:
    """Write a digest's time as its team reads it, with the difference to UTC: the name of a zone may deceive."""
    local = due.at.astimezone(team.timezone)
    return f"{local:%a %Y-%m-%d at %H:%M} {team.timezone.key} (UTC{local.isoformat()[-6:]})"


def _next(settings: Settings, now: datetime) -> Iterator[tuple[str, TeamSettings, Due]]:
    for name, team in settings.flashduty_teams.items():
        due = next_of(team, now)
        if due is not None:
            yield name, team, due


def next_of(team: TeamSettings, now: datetime) -> Due | None:
    """Find when a team's next digest comes, if it has any."""
    return None if team.digest is None else next(upcoming(team.digest, now))
