"""The log line of a completed start: URL, mode, workspace, teams, next digest and database."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import structlog

from bot import VERSION
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.delivery.due import Due, due_after
from bot.slack.workspace import Installation

log = structlog.get_logger(__name__)

NO_DIGEST: Final = "none"


def log_ready(settings: Settings, installation: Installation, url: str, now: datetime) -> None:
    """Log the start in one line, and a warning for every setting without effect."""
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
    """Describe the next digest of all teams: team and local time; `none` without one."""
    found = sorted(_next(settings, now), key=lambda one: one[2].at)
    if not found:
        return NO_DIGEST
    name, team, due = found[0]
    return f"{name}, {local_time(due, team)}"


def local_time(due: Due, team: TeamSettings) -> str:
    """Format a digest's time in the zone of its team, with the offset to UTC, which names of zones do not show."""
    local = due.at.astimezone(team.timezone)
    return f"{local:%a %Y-%m-%d at %H:%M} {team.timezone.key} (UTC{local.isoformat()[-6:]})"


def _next(settings: Settings, now: datetime) -> Iterator[tuple[str, TeamSettings, Due]]:
    for name, team in settings.flashduty_teams.items():
        due = next_digest_of(team, now)
        if due is not None:
            yield name, team, due


def next_digest_of(team: TeamSettings, now: datetime) -> Due | None:
    """Find a team's next digest; None if it has none."""
    return None if team.digest is None else next(due_after(team.digest, now))
