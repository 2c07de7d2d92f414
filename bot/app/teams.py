"""The teams, built from the settings: each with its own key, all keys of one account under one limit."""

from bot.config.plans import DigestPlan, ShiftPlan
from bot.config.settings import Settings, TeamSettings
from bot.flashduty import Account, Flashduty, Pool
from bot.teams.access import Team


def build_teams(settings: Settings, pool: Pool) -> list[Team]:
    """Build every team of the settings."""
    accounts: dict[str, Account] = {}
    return [_team(name, team, pool, accounts) for name, team in settings.flashduty_teams.items()]


def _team(name: str, given: TeamSettings, pool: Pool, accounts: dict[str, Account]) -> Team:
    account = accounts.setdefault(given.account, Account())
    return Team(
        name=name,
        flashduty=Flashduty(pool, account, team=name, app_key=given.app_key),
        channels=given.channels,
        workspaces=frozenset(given.slack_workspaces),
        flashduty_team_ids=given.flashduty_team_ids,
        flashduty_channel_ids=given.flashduty_channel_ids,
        responders=given.responders,
        oncall_may_act=given.oncall_may_act,
        timezone=given.timezone,
        account=given.account,
        digest=_digest(given),
        report=_report(given),
        shift_notices=_shifts(given),
        usergroups=given.oncall_usergroups,
        topic_sync=given.topic,
    )


def _digest(given: TeamSettings) -> DigestPlan | None:
    if given.digest_channel is None:
        return None
    return _plan(given, given.digest_channel, given.digest_days)


def _report(given: TeamSettings) -> DigestPlan | None:
    if given.report_day is None or given.home is None:
        return None
    return _plan(given, given.home, frozenset({given.report_day}))


def _plan(given: TeamSettings, channel: str, days: frozenset[int]) -> DigestPlan:
    return DigestPlan(
        channel,
        given.digest_time,
        given.timezone,
        days,
        catch_up=given.digest_catch_up,
        mentions=given.digest_mention,
    )


def _shifts(given: TeamSettings) -> ShiftPlan:
    return ShiftPlan(
        tells_channel=given.shift_notices in {"channel", "both"},
        reminds_people=given.shift_notices in {"dm", "both"},
        lead=given.shift_reminder,
        mentions=given.digest_mention,
    )
