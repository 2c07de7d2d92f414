"""The custom actions of a team, as operators write them."""

import pytest

from bot.config.cards import ActionButton
from bot.config.settings import Settings, WrongSettings

SETTING = "FLASHDUTY_TEAMS__PAYMENTS__CUSTOM_ACTIONS"
ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
}


def actions(written):
    return Settings.load(ENOUGH | {SETTING: written}, None, None).flashduty_teams["payments"].custom_actions


@pytest.mark.parametrize(
    "written", ["Restart=6113996590131,Fail over=12", " Restart = 6113996590131 ,\n Fail  over=12,"]
)
def test_custom_actions__however_written__are_a_name_and_a_number(written):
    assert actions(written) == (ActionButton("Restart", 6113996590131), ActionButton("Fail over", 12))


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("6113996590131", "no custom action, as entry 1;"),
        ("Restart=1,Fail over=abc", "no custom action, as entry 2;"),
        ("Restart=0", "no custom action"),
        ("Restart=9999999999999999999", "no custom action"),
        ("R" * 31 + "=1", "at most 30 characters; entry 1 is"),
        ("Restart=1," + "R" * 31 + "=2", "at most 30 characters; entry 2 is"),
        ("Restart=1,Restart=2", "names two buttons alike"),
        ("Restart=1,Again=1", "names one custom action twice"),
        (",".join(f"A{number}={number}" for number in range(1, 12)), "at most 10 custom actions"),
    ],
)
def test_custom_actions__that_are_none__stop_the_start(written, what):
    with pytest.raises(WrongSettings) as raised:
        actions(written)
    (found,) = raised.value.problems
    assert found.name == SETTING
    assert what in found.what
