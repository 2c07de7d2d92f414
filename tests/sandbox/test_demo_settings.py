from datetime import datetime, time, timedelta

import pytest

from bot.cards.webhooks.address import SECRET_HEADER, webhook_path
from bot.config.plans import CATCH_UP, DigestPlan
from bot.config.settings import Settings
from bot.delivery.due import due_now
from sandbox import demo, demo_settings
from sandbox.demo_controls import PAYMENTS_ZONE
from sandbox.demo_workspace import CARDS_CHANNEL, LANGUAGES, demo_workspace
from sandbox.flashduty import PretendFlashduty
from sandbox.slack import PretendSlack

SETTING = "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CATCH_UP"


def berlin(day, clock):
    return datetime.combine(datetime(2026, 11, day), time.fromisoformat(clock), PAYMENTS_ZONE)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        # A Tuesday.
        (24, "08:59", None),
        (24, "09:00", "1m"),
        (24, "09:01:30", "1m"),
        (24, "10:15:59", "75m"),
        (24, "11:59:59", "179m"),
        (24, "12:00", None),
        (24, "23:00", None),
        # A Saturday.
        (28, "10:00", None),
    ],
)
def test_catch_up__shorter_than_the_bots_own_only_where_a_digest_would_be_late(day, clock, expected):
    assert demo_settings.catch_up(berlin(day, clock)).get(SETTING) == expected


def test_catch_up__whenever_the_demo_starts__no_late_digest():
    assert demo_settings.CATCH_UP == CATCH_UP
    midnight = berlin(24, "00:00")
    for minute in range(24 * 60):
        now = midnight + timedelta(minutes=minute, seconds=59)
        given = demo_settings.catch_up(now).get(SETTING)
        reach = timedelta(minutes=int(given.removesuffix("m"))) if given else CATCH_UP
        late = due_now(DigestPlan("C0PAYMENTS", time(9), PAYMENTS_ZONE, catch_up=reach), now)
        assert not late or minute == 9 * 60, now


async def test_settings__have_a_channel_for_cards_and_a_secret_that_the_bot_takes(tmp_path):
    async with PretendSlack() as slack, PretendFlashduty() as flashduty:
        environ = demo_settings.settings_for(slack, flashduty, str(tmp_path), over_http=False)
    team = Settings.load(environ, None, None).flashduty_teams["payments"]
    assert team.card_plan.channels == {CARDS_CHANNEL}
    assert [one.get_secret_value() for one in team.webhook_secret] == [demo_settings.WEBHOOK_SECRET]
    assert SECRET_HEADER == demo.SECRET_HEADER
    assert webhook_path("payments") == demo.WEBHOOK_PATH


@pytest.mark.parametrize("language", LANGUAGES)
def test_workspace__has_the_channel_for_cards_beside_that_of_the_team(language):
    workspace = demo_workspace(language)
    assert list(workspace.channels)[:2] == ["C0PAYMENTS", CARDS_CHANNEL]
    assert "U0FLASHBOT" in workspace.channels[CARDS_CHANNEL].members
