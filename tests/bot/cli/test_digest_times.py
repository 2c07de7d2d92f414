"""`python -m bot digest times`, as an operator types it."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.__main__ import main

BERLIN = ["digest", "times", "--timezone", "Europe/Berlin", "--time", "09:00"]
TEAM = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_CHANNEL": "C0ONE",
    "FLASHDUTY_TEAMS__PAYMENTS__TIMEZONE": "America/New_York",
    "FLASHDUTY_TEAMS__PAYMENTS__DIGEST_TIME": "02:30",
    "FLASHDUTY_TEAMS__SEARCH__APP_KEY": "made-up-key-0002",
}
OF_PAYMENTS = ["digest", "times", "--team", "Payments", "--from", "2026-03-06", "--count", "2"]


@pytest.fixture(autouse=True)
def _with_settings(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in TEAM.items():
        monkeypatch.setenv(name, value)


def printed(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_digest_times__without_a_date_and_a_count__are_a_week_from_today(capsys):
    before = datetime.now(ZoneInfo("Europe/Berlin")).date()
    assert main(BERLIN, {}) == 0
    found = printed(capsys)
    assert len(found) == 7
    assert found[0]["date"] in {before.isoformat(), datetime.now(ZoneInfo("Europe/Berlin")).date().isoformat()}


def test_digest_times__of_a_team__are_those_of_its_settings(capsys):
    assert main(OF_PAYMENTS, {}) == 0
    # A Friday, and then no weekend.
    assert printed(capsys) == [
        {"date": "2026-03-06", "utc": "2026-03-06T07:30:00Z"},
        {"date": "2026-03-09", "utc": "2026-03-09T06:30:00Z"},
    ]


def test_digest_times__of_a_team__with_other_days__has_those(capsys):
    assert main([*OF_PAYMENTS, "--days", "daily"], {}) == 0
    assert [due["date"] for due in printed(capsys)] == ["2026-03-06", "2026-03-07"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--timezone Europe/Berlin --time 09:00"),
        (["--timezone", "Europe/Berlin"], "--team"),
        (["--team", "nobody"], "there is payments, search"),
        (["--team", "search"], "FLASHDUTY_TEAMS__SEARCH__DIGEST_CHANNEL is not set"),
    ],
)
def test_digest_times__of_nothing_there_is__says_what_to_give(arguments, says, capsys):
    assert main(["digest", "times", *arguments], {}) == 2
    assert says in capsys.readouterr().err


def test_digest_times__with_wrong_settings__reports_them(monkeypatch, capsys):
    monkeypatch.delenv("SLACK_BOT_TOKEN")
    assert main(OF_PAYMENTS, {}) == 2
    assert "SLACK_BOT_TOKEN" in capsys.readouterr().err
