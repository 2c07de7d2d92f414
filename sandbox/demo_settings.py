"""The settings of the demo's bot."""

import os
from datetime import datetime, timedelta
from typing import Final

from sandbox.demo_controls import NINE, PAYMENTS_ZONE, SATURDAY, next_nine
from sandbox.demo_workspace import CARDS_CHANNEL, Language
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack

# Prefixes of real settings, which must not reach the demo's bot.
SETTING_PREFIXES: Final = ("SLACK_", "FLASHDUTY_", "DATABASE_", "SECRETS_DIR", "ADMINS", "HOST", "PORT", "LOG_")
# The bot's default of DIGEST_CATCH_UP.
CATCH_UP: Final = timedelta(hours=3)
MINUTE: Final = timedelta(minutes=1)
WEBHOOK_SECRET: Final = "pretend-webhook-secret-0001"  # noqa: S105 - opens nothing but this sandbox


def settings_for(
    slack: PretendSlack, flashduty: PretendFlashduty, folder: str, *, over_http: bool, language: Language = "en"
) -> dict[str, str]:
    """Build the bot's environment: two teams, connected to the pretend services."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(SETTING_PREFIXES)}
    now = slack.clock.now()
    nine = next_nine(now, PAYMENTS_ZONE).astimezone(PAYMENTS_ZONE)
    way_in = {"SLACK_SIGNING_SECRET": slack.signing_secret} if over_http else {"SLACK_APP_TOKEN": slack.app_token}
    return inherited | way_in | catch_up(now) | {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
        "SLACK_RESPONSE_URLS": slack.api_url.removesuffix("api/"),
        "FLASHDUTY_API_URL": flashduty.url,
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": flashduty.keys["payments"],
        "FLASHDUTY_TEAMS__PAYMENTS__SLACK_CHANNELS": "C0PAYMENTS,C0SHARED",
        "FLASHDUTY_TEAMS__PAYMENTS__FLASHDUTY_TEAM_IDS": "4001",
        "FLASHDUTY_TEAMS__PAYMENTS__RESPONDERS": "S0RESPOND",
        "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CHANNEL": "C0PAYMENTS",
        "FLASHDUTY_TEAMS__PAYMENTS__TIMEZONE": PAYMENTS_ZONE.key,
        # The first simulated morning includes the weekly report.
        "FLASHDUTY_TEAMS__PAYMENTS__REPORT_DAY": f"{nine:%a}",
        "FLASHDUTY_TEAMS__PAYMENTS__SHIFT_NOTICES": "both",
        "FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS": "S0PAYONCALL=6001/1,6002",
        "FLASHDUTY_TEAMS__PAYMENTS__TOPIC": "true",
        "FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": CARDS_CHANNEL,
        "FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS": "Restart=9101,Fail over=9102",
        "FLASHDUTY_TEAMS__PAYMENTS__WEBHOOK_SECRET": WEBHOOK_SECRET,
        "FLASHDUTY_TEAMS__PAYMENTS__LANGUAGE": language,
        "ADMINS": "U0ALICE",
        "FLASHDUTY_TEAMS__SEARCH__APP_KEY": flashduty.keys["search"],
        "FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS": "C0SEARCH",
        "FLASHDUTY_TEAMS__SEARCH__FLASHDUTY_TEAM_IDS": "4002",
        "FLASHDUTY_TEAMS__SEARCH__LANGUAGE": language,
        # Each demo starts with an empty database.
        "DATABASE_URL": f"sqlite:///{folder}/bot.db",
        "HOST": "127.0.0.1",
        "PORT": "0",
    }  # fmt: skip


def catch_up(now: datetime) -> dict[str, str]:
    """Return a shorter DIGEST_CATCH_UP where the default would start the demo with a late digest.

    Just after nine it is the time since nine. A digest that Flashduty prevents is still retried for that long.
    """
    here = now.astimezone(PAYMENTS_ZONE)
    since = here - datetime.combine(here.date(), NINE, PAYMENTS_ZONE)
    if here.weekday() >= SATURDAY or not timedelta() <= since < CATCH_UP:
        return {}
    # The bot's minimum is one minute.
    return {"FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CATCH_UP": f"{max(since // MINUTE, 1)}m"}
