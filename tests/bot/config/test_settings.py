import re
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import ALL_INTERFACES, Settings, WrongSettings, top_level_names
from bot.config.team_settings import TeamSettings

ENOUGH = {
    "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
    "SLACK_APP_TOKEN": "xapp-made-up-0001",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
}
PAYMENTS = "FLASHDUTY_TEAMS__PAYMENTS__"


def load(changes=None, *, without=(), env_file=None, secrets_dir=None):
    environ = {name: value for name, value in (ENOUGH | (changes or {})).items() if name not in without}
    return Settings.load(environ, env_file, secrets_dir)


def problems(changes=None, **given):
    with pytest.raises(WrongSettings) as raised:
        load(changes, **given)
    return {problem.name: problem.what for problem in raised.value.problems}


@pytest.mark.parametrize(
    ("changes", "without", "address"),
    [
        ({}, [], "127.0.0.1"),
        ({"SLACK_SIGNING_SECRET": "made-up-secret"}, ["SLACK_APP_TOKEN"], ALL_INTERFACES),
        ({"HOST": ALL_INTERFACES}, [], ALL_INTERFACES),
        ({"HOST": "::1", "SLACK_SIGNING_SECRET": "made-up-secret"}, ["SLACK_APP_TOKEN"], "::1"),
    ],
)
def test_the_address_to_listen_on__without_host__follows_the_way_slack_reaches_the_bot(changes, without, address):
    """A process in Socket Mode has no reason to be reached from outside."""
    assert load(changes, without=without).listens_on == address


def test_settings__with_only_what_is_required__have_the_documented_defaults():
    settings = load()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.flashduty_api_url == "https://api.flashcat.cloud"
    assert (settings.host, settings.port) == (None, 3000)
    assert (settings.log_level, settings.log_format) == ("info", "text")
    assert settings.slack_response_urls == ()
    assert settings.uses_socket_mode
    team = settings.flashduty_teams["payments"]
    assert (team.digest_channel, team.digest_time, team.timezone) == (None, time(9), ZoneInfo("UTC"))
    assert team.digest_days == {0, 1, 2, 3, 4}
    assert team.digest_catch_up == timedelta(hours=3)
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///data/flashduty-bot.db"
    assert team.slack_channels == team.responders == team.flashduty_team_ids == ()


def test_signing_secret__without_an_app_token__means_http():
    settings = load({"SLACK_SIGNING_SECRET": "made-up-secret"}, without=["SLACK_APP_TOKEN"])
    assert not settings.uses_socket_mode


def test_teams__in_any_case__are_kept_in_lower_case():
    settings = load({"flashduty_teams__Search_EU__app_key": "made-up-key-0002"})
    assert set(settings.flashduty_teams) == {"payments", "search_eu"}


@pytest.mark.parametrize(
    "written", ["C0ONE,C0TWO", " C0ONE , C0TWO,", '["C0ONE", "C0TWO"]', "C0ONE\nC0TWO", "C0ONE,C0TWO,C0ONE"]
)
def test_a_list__however_written__is_read_in_order_and_once(written):
    team = load({PAYMENTS + "SLACK_CHANNELS": written}).flashduty_teams["payments"]
    assert team.slack_channels == ("C0ONE", "C0TWO")


def test_flashduty_ids__as_json_or_with_commas__become_numbers():
    team = load(
        {PAYMENTS + "FLASHDUTY_TEAM_IDS": "[4001, 4002]", PAYMENTS + "FLASHDUTY_CHANNEL_IDS": "5001, 5002"}
    ).flashduty_teams["payments"]
    assert (team.flashduty_team_ids, team.flashduty_channel_ids) == ((4001, 4002), (5001, 5002))


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon,wed,sat", {0, 2, 5}),
        ("sat-sun", {5, 6}),
        ("Sat - Mon", {5, 6, 0}),
        ("daily", set(range(7))),
        ('["monday", "THU"]', {0, 3}),
    ],
)
def test_digest_days__however_written__are_weekdays(written, days):
    assert load({PAYMENTS + "DIGEST_DAYS": written}).flashduty_teams["payments"].digest_days == days


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("sqlite:///data/bot.db", "sqlite+aiosqlite:///data/bot.db"),
        ("sqlite:////var/lib/bot/bot.db", "sqlite+aiosqlite:////var/lib/bot/bot.db"),
        ("postgres://bot:secret-word@db/bot", "postgresql+asyncpg://bot:secret-word@db/bot"),
        ("postgresql://bot@db:5433/bot?sslmode=require", "postgresql+asyncpg://bot@db:5433/bot?ssl=require"),
        ("postgresql+asyncpg://bot@db/bot", "postgresql+asyncpg://bot@db/bot"),
    ],
)
def test_database_url__as_anybody_writes_it__gets_its_driver(written, url):
    settings = load({"DATABASE_URL": written})
    assert settings.database_url.get_secret_value() == url
    assert "secret-word" not in repr(settings)
    assert ("secret-word" in settings.secrets) == ("secret-word" in written)


@pytest.mark.parametrize(
    ("written", "minutes"), [("3h", 180), ("90m", 90), ("1h30m", 90), ("1H 30M", 90), ("12h", 720), ("1m", 1)]
)
def test_digest_catch_up__however_written__is_a_length(written, minutes):
    team = load({PAYMENTS + "DIGEST_CATCH_UP": written}).flashduty_teams["payments"]
    assert team.digest_catch_up == timedelta(minutes=minutes)


def test_digest__fully_set__is_read():
    team = load(
        {
            PAYMENTS + "DIGEST_CHANNEL": "C0ONE",
            PAYMENTS + "DIGEST_TIME": "7:05",
            PAYMENTS + "TIMEZONE": "europe/berlin",
        }
    ).flashduty_teams["payments"]
    assert (team.digest_channel, team.digest_time, team.timezone.key) == (
        "C0ONE",
        time(7, 5),
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "xapp-made-up-0001", "belongs in SLACK_APP_TOKEN"),
        ("SLACK_BOT_TOKEN", "made-up-0001", "starts with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-made-up-0001", "belongs in SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "xapp-made up-0001", "white space"),
        ("SLACK_SIGNING_SECRET", "short", "too short"),
        ("SLACK_API_URL", "http://slack.example.com/api/", "for this machine only"),
        ("SLACK_API_URL", "slack.com/api", "starts with https://"),
        ("FLASHDUTY_API_URL", "https://user:pass@api.example.com", "without a user"),
        ("FLASHDUTY_API_URL", "https://[", "not a web address"),
        ("SLACK_RESPONSE_URLS", "https://ok.example.com,ftp://x", "starts with https://"),
        ("HOST", "not a host", "not an IP address"),
        ("PORT", "70000", "1 to 65535"),
        ("PORT", "http", "1 to 65535"),
        ("LOG_LEVEL", "loud", "debug, info, warning, error, critical"),
        ("LOG_FORMAT", "xml", "text, json"),
        (PAYMENTS + "APP_KEY", "xoxb-made-up-0001", "not a Flashduty APP key"),
        (PAYMENTS + "SLACK_CHANNELS", "C0ONE,#payments", "entry 2 is a name"),
        (PAYMENTS + "SLACK_CHANNELS", "U0ALICE", "start with C or G or D"),
        (PAYMENTS + "SLACK_CHANNELS", '["C0ONE"', "JSON"),
        (PAYMENTS + "SLACK_CHANNELS", '[{"a": 1}]', "JSON"),
        (PAYMENTS + "SLACK_WORKSPACES", "C0ONE", "start with T or E"),
        (PAYMENTS + "RESPONDERS", "alice", "start with U or W or S"),
        (PAYMENTS + "DIGEST_CHANNEL", "general", "start with C or G or D"),
        (PAYMENTS + "DIGEST_TIME", "9am", "00:00 to 23:59"),
        (PAYMENTS + "DIGEST_TIME", "24:00", "00:00 to 23:59"),
        (PAYMENTS + "DIGEST_CATCH_UP", "3", "such as 3h, 90m or 1h30m"),
        (PAYMENTS + "DIGEST_CATCH_UP", "13h", "between 1m and 12h"),
        ("DATABASE_URL", "mysql://bot@db.example.com/bot", "must start with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "sqlite://", "must name a file"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a file"),
        ("DATABASE_URL", "postgresql:///bot", "must name a host and a database"),
        ("DATABASE_URL", "postgresql://db:port/bot", "not an address of a database"),
        ("DATABASE_URL", "postgresql://bot:hush/hush@db.example.com/bot", "written with percent signs, @ as %40"),
        ("DATABASE_URL", "postgresql://bot:1/hush@db.example.com/bot", "has an @, /, ? or # in its password"),
        ("DATABASE_URL", "postgresql://bot:hush@hush@db.example.com/bot", "has an @, /, ? or # in its password"),
        ("DATABASE_URL", "postgresql://bot:1#hush@db.example.com/bot", "has an @, /, ? or # in its password"),
        ("DATABASE_URL", "postgresql://bot:1?hush@db.example.com/bot", "has an @, /, ? or # in its password"),
        (PAYMENTS + "DIGEST_DAYS", "mon-freitag", "no day of the week"),
        (PAYMENTS + "DIGEST_DAYS", "5", "no day of the week"),
        (PAYMENTS + "TIMEZONE", "Europe/Berln", "did you mean Europe/Berlin"),
        (PAYMENTS + "TIMEZONE", "new york", "did you mean America/New_York"),
        (PAYMENTS + "TIMEZONE", "../etc/passwd", "not an IANA time zone"),
        (PAYMENTS + "FLASHDUTY_TEAM_IDS", "payments", "whole numbers"),
        (PAYMENTS + "FLASHDUTY_CHANNEL_IDS", "5001,-1", "entry 2 is none"),
        (PAYMENTS + "ACCOUNT", "two words", "short name"),
        (PAYMENTS + "APPKEY", "made-up-key-0001", f"did you mean {PAYMENTS}APP_KEY?"),
        (PAYMENTS + "COLOUR", "red", "not a setting I know"),
        ("FLASHDUTY_TEAMS__PAYMENTS", "made-up-key-0001", "does not say which setting"),
        ("FLASHDUTY_TEAMS____APP_KEY", "made-up-key-0001", "does not say which setting"),
        ("FLASHDUTY_TEAMS", "{}", "those of a team begin with FLASHDUTY_TEAMS__"),
        ("FLASHDUTY_TEAM__SEARCH__APP_KEY", "made-up-key-0001", "begin with FLASHDUTY_TEAMS__"),
    ],
)
def test_a_wrong_setting__is_named_with_what_is_wrong(name, value, says):
    found = problems({name: value})
    assert list(found) == [name]
    assert says in found[name]


@pytest.mark.parametrize("name", ["SLACK_CHANNELS", "FLASHDUTY_TEAM_IDS"])
def test_a_list__nested_without_end__is_a_wrong_setting(name):
    assert "starts like a JSON list and is none" in problems({PAYMENTS + name: "[" * 100_000})[PAYMENTS + name]


def test_nothing_set__names_everything_that_is_needed():
    with pytest.raises(WrongSettings) as raised:
        Settings.load({}, None, None)
    assert [problem.name for problem in raised.value.problems] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "FLASHDUTY_TEAMS__<TEAM>__APP_KEY",
    ]


def test_a_mistyped_name__is_offered_for_the_missing_one():
    found = problems({"SLACK_BOTTOKEN": "xoxb-made-up-0001"}, without=["SLACK_BOT_TOKEN"])
    assert found["SLACK_BOT_TOKEN"].endswith("did you mean it by SLACK_BOTTOKEN?")


def test_an_empty_key__is_called_empty():
    assert problems({PAYMENTS + "APP_KEY": " "}) == {PAYMENTS + "APP_KEY": "is empty"}


def test_a_team_without_a_key__is_not_left_out_silently():
    assert problems({"FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS": "C0ONE"}) == {
        "FLASHDUTY_TEAMS__SEARCH__APP_KEY": "is not set"
    }


def test_an_empty_setting__counts_as_not_set():
    assert load({"SLACK_SIGNING_SECRET": "", "PORT": " "}).port == 3000


def test_other_programs_variables__are_none_of_our_business():
    assert load({"SLACK_CLIENT_ID": "1.2", "SLACK_WEBHOOK": "x", "FLASHDUTY_HOME": "/x", "PATH": "/bin"})


@pytest.mark.parametrize("local", ["http://127.0.0.1:8080/api", "http://localhost:1/api/", "http://[::1]:80/api"])
def test_plain_http__on_this_machine__is_allowed(local):
    assert load({"SLACK_API_URL": local}).slack_api_url.endswith("/api/")


def test_response_urls__without_a_path__end_where_the_host_ends():
    assert load({"SLACK_RESPONSE_URLS": "http://127.0.0.1:9000"}).slack_response_urls == ("http://127.0.0.1:9000/",)


@pytest.mark.parametrize(
    ("name", "value"),
    [("REPORT_DAY", "mon"), ("SHIFT_NOTICES", "both"), ("ONCALL_USERGROUPS", "S0ONE=6001"), ("TOPIC", "true")],
)
def test_what_is_told_in_a_channel__without_one__asks_for_one_and_for_no_digest(name, value):
    assert problems({PAYMENTS + name: value}) == {
        PAYMENTS
        + name: f"needs a channel; set {PAYMENTS}SLACK_CHANNELS, or {PAYMENTS}DIGEST_CHANNEL for a digest as well"
    }
    assert load({PAYMENTS + name: value, PAYMENTS + "SLACK_CHANNELS": "C0ONE"})
    assert load({PAYMENTS + name: value, PAYMENTS + "DIGEST_CHANNEL": "C0ONE"})


def test_the_report__of_many_problems__fits_one_screen():
    wrong = {f"FLASHDUTY_TEAMS__T{number}__APP_KEY": "short" for number in range(30)}
    with pytest.raises(WrongSettings) as raised:
        load(wrong)
    report = raised.value.report()
    assert len(report.splitlines()) <= 24
    assert "30 settings are wrong" in report
    assert "and 21 more" in report


def test_the_report__of_one_problem__has_name_fault_and_example():
    with pytest.raises(WrongSettings) as raised:
        load({"PORT": "http"})
    report = raised.value.report()
    assert "one setting is wrong" in report
    assert "PORT is not a port" in report
    assert "for example PORT=3000" in report


SECRETS = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=8, max_size=60
).map(lambda text: f"q7Zk{text}")
NAMES = [
    *ENOUGH,
    *top_level_names(),
    *(PAYMENTS + name.upper() for name in TeamSettings.model_fields),
    PAYMENTS + "NONE",
]


@given(secret=SECRETS, name=st.sampled_from(NAMES))
def test_a_secret__put_into_any_setting__is_never_shown(secret, name):
    try:
        settings = load({name: secret})
    except WrongSettings as wrong:
        shown = [wrong.report(), str(wrong), repr(wrong), repr(wrong.__cause__), repr(wrong.__context__)]
        assert not [text for text in shown if secret.strip() in text]
    else:
        if secret.strip() in settings.secrets:
            assert secret.strip() not in repr(settings) + str(settings)


def test_secrets__are_all_listed_for_the_logs():
    settings = load({"SLACK_SIGNING_SECRET": "made-up-secret", "FLASHDUTY_TEAMS__SEARCH__APP_KEY": "made-up-key-0002"})
    assert set(settings.secrets) == {*ENOUGH.values(), "made-up-secret", "made-up-key-0002"}


def test_building_settings_in_code__reads_no_environment(monkeypatch):
    monkeypatch.setenv("PORT", "1234")
    settings = Settings(
        slack_bot_token="xoxb-made-up-0001",
        flashduty_teams={"payments": TeamSettings(app_key="made-up-key-0001")},
    )
    assert settings.port == 3000


EXAMPLE = Path(__file__).parents[3] / ".env.example"


def every_line_of_the_example(tmp_path):
    """The example with the settings that are commented out switched on."""
    switched_on = tmp_path / ".env"
    switched_on.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    return switched_on


def test_env_example__names_every_setting_and_no_other(tmp_path):
    named = set(dotenv_values(every_line_of_the_example(tmp_path)))
    assert named == {*top_level_names(), *(PAYMENTS + name.upper() for name in TeamSettings.model_fields)}


def test_env_example__shows_the_defaults_there_are(tmp_path):
    shown = Settings.load(ENOUGH, every_line_of_the_example(tmp_path), None)
    for name, field in Settings.model_fields.items():
        if field.default:
            assert getattr(shown, name) == field.default or field.is_required(), name
    team = shown.flashduty_teams["payments"]
    for name, field in TeamSettings.model_fields.items():
        if field.default:
            assert getattr(team, name) == field.default or field.is_required(), name


def test_env_example__as_it_stands__asks_for_nothing_but_the_secrets():
    with pytest.raises(WrongSettings) as raised:
        Settings.load({}, EXAMPLE, None)
    assert {problem.name for problem in raised.value.problems} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        PAYMENTS + "APP_KEY",
    }


def test_env_example__explains_every_setting():
    lines = EXAMPLE.read_text().splitlines()
    for above, line in pairwise(lines):
        if re.match(r"#?[A-Z_]+=", line):
            assert above.startswith("# "), line
    assert EXAMPLE.read_text().isascii()


def test_a_password_of_the_database__is_hidden_in_logs_and_not_in_messages():
    settings = load({"DATABASE_URL": "postgresql://bot:flash%64uty@db.example.com/bot"})
    assert settings.redaction("flashduty") == settings.redaction("flash%64uty") == "[hidden]"
    assert settings.key_redaction("/flashduty incidents") == "/flashduty incidents"
    assert settings.key_redaction(settings.slack_bot_token.get_secret_value()) == "[hidden]"


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ({"slack_channels": "C0ZEBRA,C0APPLE"}, "C0ZEBRA"),
        ({"slack_channels": "C0ZEBRA", "digest_channel": "C0APPLE"}, "C0APPLE"),
        ({}, None),
    ],
)
def test_announcements__go_to_the_digests_channel__or_the_first_that_is_named(given, channel):
    assert TeamSettings(app_key="never-asked-for-here", **given).announcement_channel == channel
