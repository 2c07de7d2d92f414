"""`python -m bot check`: asks Slack, Flashduty and the database whether the settings will work."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.app.start_line import next_of, told
from bot.app.teams import build_teams
from bot.cli.check.flashduty import check_keys
from bot.cli.check.probe import SlackProbe
from bot.cli.check.responders import WhoMay
from bot.cli.check.results import Finding, bad, doubtful, findings_table, good, printable
from bot.cli.check.slack import check_slack, workspace_of
from bot.config.settings import Settings
from bot.flashduty import open_pool
from bot.slack.client import SlackClient
from bot.slack.session import open_session
from bot.storage.database import look_at
from bot.storage.database_errors import DatabaseUnavailable

__all__ = ["check", "findings_table", "printable"]

CHECK_TIMEOUT_SECONDS: Final = 10.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def check(
    settings: Settings, *, now: Callable[[], datetime] = _utc_now, patience: float = CHECK_TIMEOUT_SECONDS
) -> list[Finding]:
    """Look at tokens, scopes, keys, permissions, channels, people, digests and the database.

    Nothing is posted or changed; one connection of Socket Mode is opened for a moment. Every answer of Slack is waited
    for `patience` seconds.
    """
    token = settings.slack_bot_token.get_secret_value()
    async with open_session(settings.outbound, seconds=patience) as session:
        desk = SlackProbe(
            SlackClient(token, settings.slack_api_url, session, seconds=patience, hide=settings.redaction)
        )
        who = await desk.ask_for("team_id", str, "auth.test")
        slack, keys, database = await asyncio.gather(
            check_slack(settings, desk, who, session=session, patience=patience),
            check_keys(settings, now()),
            _database(settings),
        )
        may = await _who_may(settings, desk, workspace_of(who), now=now()) if who.error is None else []
    found = [*slack, database, *_without_effect(settings), *keys, *may, *_digests(settings, now())]
    hide = settings.redaction
    return [replace(finding, what=hide(finding.what), cure=hide(finding.cure)) for finding in found]


async def _who_may(settings: Settings, desk: SlackProbe, workspace: str, now: datetime) -> list[Finding]:
    async with open_pool(settings.flashduty_api_url, settings.outbound, hide=settings.redaction) as pool:
        return await WhoMay(desk, workspace, now).check(build_teams(settings, pool))


async def _database(settings: Settings) -> Finding:
    try:
        seen = await look_at(settings.database_url.get_secret_value())
    except DatabaseUnavailable as why:
        what, _, cure = str(why).partition(". ")
        return bad("DATABASE_URL", what, cure or "Look at its address and rights.")
    state = "up to date" if seen.is_up_to_date else "its tables are made or brought up to date at the start"
    return good("DATABASE_URL", f"{settings.database_kind}, can be written, {state}")


def _digests(settings: Settings, now: datetime) -> Iterator[Finding]:
    for name, team in settings.flashduty_teams.items():
        due = next_of(team, now)
        if due is not None:
            yield good(f"{name}: digest", f"next on {told(due, team)}")


def _without_effect(settings: Settings) -> Iterator[Finding]:
    return (doubtful(problem.name, problem.what, problem.remedy) for problem in settings.without_effect)
