"""`python -m bot check`: checks the settings against Slack, Flashduty and the database."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bot.app.start_line import local_time, next_digest_of
from bot.app.teams import build_teams
from bot.cli.check.flashduty import check_keys
from bot.cli.check.probe import SlackProbe
from bot.cli.check.responders import ResponderCheck
from bot.cli.check.results import Finding, failed, findings_table, passed, printable, warning
from bot.cli.check.slack import check_slack, workspace_of
from bot.cli.check.webhooks import check_webhooks
from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.flashduty import open_pool
from bot.slack.client import SlackClient
from bot.slack.session import open_session
from bot.storage.database import inspect_database
from bot.storage.database_errors import DatabaseUnavailable

__all__ = ["check", "findings_table", "printable"]

CHECK_TIMEOUT_SECONDS: Final = 10.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


async def check(
    settings: Settings, *, now: Callable[[], datetime] = _utc_now, timeout_seconds: float = CHECK_TIMEOUT_SECONDS
) -> list[Finding]:
    """Check tokens, scopes, keys, permissions, channels, people, digests and the database.

    Nothing is posted or changed; one Socket Mode connection is opened and closed. `timeout_seconds` is for each call to
    Slack.
    """
    token = settings.slack_bot_token.get_secret_value()
    async with open_session(settings.outbound, timeout=timeout_seconds) as session:
        probe = SlackProbe(
            SlackClient(token, settings.slack_api_url, session, call_timeout=timeout_seconds, redact=settings.redaction)
        )
        identity = await probe.call_for("team_id", str, "auth.test")
        slack, keys, database = await asyncio.gather(
            check_slack(settings, probe, identity, session=session, timeout_seconds=timeout_seconds),
            check_keys(settings, now()),
            _check_database(settings),
        )
        responders = (
            await _check_responders(settings, probe, workspace_of(identity), now=now())
            if identity.error is None
            else []
        )
    of_teams = [*keys, *responders, *_next_digests(settings, now()), *check_webhooks(settings)]
    findings = [*slack, database, _audit_trail(settings), *_ignored_settings(settings), *of_teams]
    redact = settings.redaction
    return [replace(finding, what=redact(finding.what), remedy=redact(finding.remedy)) for finding in findings]


async def _check_responders(settings: Settings, probe: SlackProbe, workspace: str, now: datetime) -> list[Finding]:
    async with open_pool(settings.flashduty_api_url, settings.outbound, redaction=settings.redaction) as pool:
        return await ResponderCheck(probe, workspace, now).check(build_teams(settings, pool, KeyFiles(settings)))


async def _check_database(settings: Settings) -> Finding:
    try:
        status = await inspect_database(settings.database_url.get_secret_value())
    except DatabaseUnavailable as error:
        what, _, remedy = str(error).partition(". ")
        return failed("DATABASE_URL", what, remedy or "Look at its address and rights.")
    state = "up to date" if status.is_up_to_date else "its tables are made or brought up to date at the start"
    return passed("DATABASE_URL", f"{settings.database_kind}, can be written, {state}")


def _audit_trail(settings: Settings) -> Finding:
    kept = f"the audit trail is kept for {settings.audit_days} days"
    readers = "the people of ADMINS read it in Slack" if settings.admins else "nobody reads it in Slack without ADMINS"
    return passed("AUDIT_DAYS", f"{kept}; {readers}")


def _next_digests(settings: Settings, now: datetime) -> Iterator[Finding]:
    for name, team in settings.flashduty_teams.items():
        due = next_digest_of(team, now)
        if due is not None:
            yield passed(f"{name}: digest", f"next on {local_time(due, team)}")


def _ignored_settings(settings: Settings) -> Iterator[Finding]:
    return (warning(problem.name, problem.what, problem.remedy) for problem in settings.without_effect)
