"""Wrong set-ups as operators make them, through the command line: the sentence, the exit code, and nothing secret.

Text as it really arrives, names nearly right, time zones. What is wrong in the world and not in the settings is in
tests/bot/cli/test_check_problems.py.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.config.settings import Settings, WrongSettings

ROOT = Path(__file__).parents[3]
# Every secret of a row is made of this word, so that a part of one is found as well.
BOT, APP, KEY, SIGNING = "xoxb-hush-hush-hush", "xapp-hush-hush-hush", "hush-hush-hush-hush", "hushhushhushhush"
P = "FLASHDUTY_TEAMS__PAYMENTS__"
ENOUGH = {
    "SLACK_BOT_TOKEN": BOT,
    "SLACK_APP_TOKEN": APP,
    # Where a set-up is right after all, the start ends here.
    "SLACK_API_URL": "http://127.0.0.1:9/api/",
    P + "APP_KEY": KEY,
}


@dataclass
class SetUp:
    """What is set besides what is enough, where, and what the operator must read."""

    says: tuple[str, ...]
    environ: dict = field(default_factory=dict)
    without: tuple[str, ...] = ()
    env_file: object = None
    files: dict = field(default_factory=dict)
    directories: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    code: int = 2


def env(name, value, *says, **more):
    """One variable of the environment, which the sentence has to name."""
    return SetUp((name, *says), {name: value}, **more)


def dotenv(content, *says, **more):
    return SetUp(says, env_file=content, **more)


def secret_file(called, *says, content=BOT, without=(), **more):
    return SetUp(says, files={called: content}, without=without, **more)


QUOTES, COMMENT, UNSEEN, PLACEHOLDER = "quotation mark", "comment", "cannot be seen", "placeholder"

TEXT = {
    # Quotation marks that docker --env-file and Kubernetes keep.
    "token in double quotes": env(
        "SLACK_BOT_TOKEN", f'"{BOT}"', QUOTES, "docker --env-file", "without quotation marks"
    ),
    "token in single quotes": env("SLACK_APP_TOKEN", f"'{APP}'", QUOTES),
    "key in quotes": env(P + "APP_KEY", f'"{KEY}"', QUOTES),
    "channels in quotes": env(P + "SLACK_CHANNELS", '"C0ONE,C0TWO"', QUOTES),
    "each channel in quotes": env(P + "SLACK_CHANNELS", '"C0ONE","C0TWO"', QUOTES),
    "time zone in quotes": env(P + "TIMEZONE", '"Europe/Berlin"', QUOTES),
    "database in quotes": env("DATABASE_URL", '"postgresql://bot:hush-hush@db.example/bot"', QUOTES),
    "port in quotes": env("PORT", "'3000'", QUOTES),
    "typographic quotes": env("SLACK_BOT_TOKEN", f"“{BOT}”", QUOTES),
    "a quote at one end only": env("SLACK_BOT_TOKEN", f'"{BOT}', QUOTES),
    "a quote at the other end": env(P + "TIMEZONE", "Europe/Berlin'", QUOTES),
    "backticks": env("LOG_LEVEL", "`info`", QUOTES),
    # Comments behind a value.
    "comment behind a port": env("PORT", "3000 # the usual", COMMENT, "line of its own"),
    "comment behind a token": env("SLACK_BOT_TOKEN", f"{BOT}   # of Harbor", COMMENT),
    "comment behind channels": env(P + "SLACK_CHANNELS", "C0ONE,C0TWO  # oncall", COMMENT),
    "comment without a space behind the sign": env("LOG_LEVEL", "debug #for now", COMMENT),
    "comment behind a time": env(P + "DIGEST_TIME", "09:00\t# local", COMMENT),
    "names of channels are no comment": env(P + "SLACK_CHANNELS", "#one #two", "is a name"),
    # What cannot be seen.
    "BOM in front": env("SLACK_BOT_TOKEN", f"\ufeff{BOT}", UNSEEN, "U+FEFF", "by hand"),
    "zero-width space behind": env("SLACK_BOT_TOKEN", f"{BOT}\u200b", UNSEEN, "U+200B", "zero width space"),
    "zero-width space within": env(P + "APP_KEY", "hush-hush\u200b-hush", UNSEEN, "U+200B"),
    "no-break space within": env(P + "SLACK_CHANNELS", "C0ONE,\u00a0C0TWO", UNSEEN, "no-break space"),
    "word joiner": env(P + "DIGEST_CHANNEL", "C0\u2060ONE", UNSEEN, "word joiner"),
    "soft hyphen": env(P + "TIMEZONE", "Europe/\u00adBerlin", UNSEEN, "soft hyphen"),
    "right-to-left mark": env("ADMINS", "\u200fU0ALICE", UNSEEN),
    "line separator": env(P + "RESPONDERS", "U0ALICE\u2028U0BOB", UNSEEN),
    "full-width space": env(P + "RESPONDERS", "U0ALICE\u3000U0BOB", UNSEEN, "ideographic space"),
    "escape character": env("LOG_LEVEL", "\x1b[1minfo", UNSEEN, "U+001B"),
    "bytes that are no text": env("LOG_LEVEL", "info\udcff", "not UTF-8"),
    "carriage return within a token": env("SLACK_BOT_TOKEN", "xoxb-hush\rhush-hush", "white space"),
    "two tokens in one": env("SLACK_BOT_TOKEN", f"{BOT} {BOT}", "white space"),
    "token with a line break": env("SLACK_APP_TOKEN", "xapp-hush-\nhush-hush", "white space"),
    # Placeholders and half a value.
    "shell variable": env("SLACK_BOT_TOKEN", "${SLACK_BOT_TOKEN}", PLACEHOLDER, "put the value itself"),
    "variable without braces": env(P + "APP_KEY", "$PAYMENTS_KEY", PLACEHOLDER),
    "template": env("SLACK_APP_TOKEN", "{{ slack_app_token }}", PLACEHOLDER),
    "angle brackets": env(P + "APP_KEY", "<the APP key of Payments>", PLACEHOLDER),
    "command substitution": env("SLACK_BOT_TOKEN", "$(cat token)", PLACEHOLDER),
    "Windows variable": env("PORT", "%PORT%", PLACEHOLDER),
    "token with dots for the rest": env("SLACK_APP_TOKEN", "xapp-1-A0HUSH...", "left out", "whole"),
    "token with an ellipsis": env("SLACK_BOT_TOKEN", "xoxb-hush…", "left out"),
    "token in Base64": env("SLACK_BOT_TOKEN", "eG94Yi1odXNoLWh1c2g=", "Base64"),
    "app token in Base64": env("SLACK_APP_TOKEN", "eGFwcC1odXNoLWh1c2g=", "Base64"),
    "name in front of the value": env("SLACK_BOT_TOKEN", f"SLACK_BOT_TOKEN={BOT}", "starts with xoxb-"),
    "with Bearer": env("SLACK_BOT_TOKEN", f"Bearer {BOT}", "starts with xoxb-"),
    "user token": env("SLACK_BOT_TOKEN", "xoxp-hush-hush", "user token"),
    "rotating token": env("SLACK_BOT_TOKEN", "xoxe.xoxb-1-hush-hush", "token rotation off"),
    "app token as bot token": env("SLACK_BOT_TOKEN", APP, "belongs in SLACK_APP_TOKEN"),
    "bot token as app token": env("SLACK_APP_TOKEN", BOT, "belongs in SLACK_BOT_TOKEN"),
    "bot token as key": env(P + "APP_KEY", BOT, "not a Flashduty APP key"),
    "empty key": env(P + "APP_KEY", "  ", "is empty"),
    # The .env file.
    "quotes inside quotes in .env": dotenv("PORT=\"'3000'\"\n", "PORT", QUOTES, "in .env"),
    "a line without =": dotenv(f"SLACK_BOT_TOKEN\n\n{BOT}\n", ".env", "without =", "line 1"),
    "a colon for =": dotenv(f"\n\nSLACK_SIGNING_SECRET:{SIGNING}\n", ".env has : where = belongs", "line 3"),
    "YAML in .env": dotenv(f"PORT=3000\nSLACK_SIGNING_SECRET: {SIGNING}\n", ".env has : where = belongs", "line 2"),
    "an open quote": dotenv(f'SLACK_SIGNING_SECRET="{SIGNING}\nPORT=3000\n', ".env", "line 1", "left open"),
    "a wrong value in .env": dotenv("PORT=http\n", "PORT is not a port", "in .env"),
    "UTF-16 in .env": dotenv(f"SLACK_SIGNING_SECRET={SIGNING}\n".encode("utf-16"), ".env", "not UTF-8"),
    "UTF-16 without a mark": dotenv("PORT=3000\n".encode("utf-16-le"), ".env", "not UTF-8", "encoding UTF-8"),
    "Latin-1 in .env": dotenv(b"# caf\xe9\nPORT=3000\n", ".env", "not UTF-8"),
    ".env is a directory": SetUp((".env is a directory", "Docker makes"), directories=(".env",)),
    ".env of two megabytes": dotenv("# " + "x" * 2_000_000, ".env", "too large"),
    # The secrets directory.
    "a file with .txt": secret_file("SLACK_SIGNING_SECRET.txt", "SLACK_SIGNING_SECRET", ".txt", "without an ending"),
    "a file with .key for a team": secret_file(
        "FLASHDUTY_TEAMS__SEARCH__APP_KEY.key", "FLASHDUTY_TEAMS__SEARCH__APP_KEY", ".key", content=KEY
    ),
    "a file in lower case with an ending": secret_file(
        "slack_bot_token.txt", "SLACK_BOT_TOKEN", "slack_bot_token.txt", without=["SLACK_BOT_TOKEN"]
    ),
    "a file with dashes": secret_file("slack-bot-token", "SLACK_BOT_TOKEN", without=["SLACK_BOT_TOKEN"]),
    "a file with a slip": secret_file("SLACK_BOT_TOKNE", "SLACK_BOT_TOKEN", without=["SLACK_BOT_TOKEN"]),
    "a directory for a file": SetUp(("DATABASE_URL", "is a directory"), directories=("secrets/DATABASE_URL",)),
    "a file in quotes": secret_file("ADMINS", "ADMINS", QUOTES, "in the secrets directory", content='"U0ALICE"'),
    "a file that is no text": secret_file("ADMINS", "ADMINS", "not text", content=b"\xff\xfe\x00"),
    "a file that is too large": secret_file("ADMINS", "ADMINS", "too large", content="U0ALICE," * 20_000),
    # A file named by a setting.
    "_FILE of nothing": env("ADMINS_FILE", "/nowhere/admins", "No such file"),
    "_FILE of a directory": env("ADMINS_FILE", "/tmp", "Is a directory"),  # noqa: S108 - any directory
    "_FILE in a home": env("ADMINS_FILE", "~/admins", "~ is not understood"),
    "_FILE in quotes": env("ADMINS_FILE", '"/run/secrets/admins"', QUOTES),
    "_FILE and the setting": SetUp(("PORT_FILE", "keep one"), {"PORT": "3000", "PORT_FILE": "/x"}),
    "SECRETS_DIR of nothing": env("SECRETS_DIR", "/nowhere/at/all", "No such file"),
}

MEANT = "did you mean"

NAMES = {
    "ADMIN": env("ADMIN", "U0ALICE", f"{MEANT} ADMINS", "rename it to ADMINS"),
    "SLACK_ADMINS": env("SLACK_ADMINS", "U0ALICE", f"{MEANT} ADMINS"),
    "ADMINISTRATORS is another word": SetUp((), {"ADMINISTRATORS": "U0ALICE"}, code=1, silent=("ADMINS",)),
    "DATABASE_URI": env("DATABASE_URI", "postgresql://bot:hush-hush@db/bot", f"{MEANT} DATABASE_URL"),
    "DATABASEURL": env("DATABASEURL", "postgresql://bot:hush-hush@db/bot", f"{MEANT} DATABASE_URL"),
    "DB_URL": env("DB_URL", "postgresql://bot:hush-hush@db/bot", f"{MEANT} DATABASE_URL"),
    "DATABASE_URL_FILE with a slip": env("DATABASE_URI_FILE", "/x", "rename it to DATABASE_URL_FILE"),
    "LOGLEVEL": env("LOGLEVEL", "debug", f"{MEANT} LOG_LEVEL"),
    "LOG_LEVLE": env("LOG_LEVLE", "debug", f"{MEANT} LOG_LEVEL"),
    "LOGGING_LEVEL": env("LOGGING_LEVEL", "debug", f"{MEANT} LOG_LEVEL"),
    "LOGFORMAT": env("LOGFORMAT", "json", f"{MEANT} LOG_FORMAT"),
    "LOG_FORMATS": env("LOG_FORMATS", "json", f"{MEANT} LOG_FORMAT"),
    "HOSTS": env("HOSTS", "127.0.0.1", f"{MEANT} HOST?"),
    "PROT": env("PROT", "3001", f"{MEANT} PORT?"),
    "PORTS": env("PORTS", "3001", f"{MEANT} PORT?"),
    "SECRET_DIR": env("SECRET_DIR", "/x", f"{MEANT} SECRETS_DIR", without=["SECRETS_DIR"]),
    "SLACK_RESPONSE_URL": env("SLACK_RESPONSE_URL", "https://proxy.example", f"{MEANT} SLACK_RESPONSE_URLS"),
    "SLACK_URL": env("SLACK_URL", "https://proxy.example", f"{MEANT} SLACK_API_URL", without=["SLACK_API_URL"]),
    "FLASHDUTY_URL": env("FLASHDUTY_URL", "https://flash.example", f"{MEANT} FLASHDUTY_API_URL"),
    "FLASHDUTY_BASE_URL": env("FLASHDUTY_BASE_URL", "https://flash.example", f"{MEANT} FLASHDUTY_API_URL"),
    "SLACK_TOKEN": env(
        "SLACK_TOKEN", BOT, "SLACK_BOT_TOKEN is not set; did you mean it by", without=["SLACK_BOT_TOKEN"]
    ),
    "BOT_TOKEN": env("BOT_TOKEN", BOT, "did you mean it by BOT_TOKEN", without=["SLACK_BOT_TOKEN"]),
    "SLACK_BOTTOKEN": env("SLACK_BOTTOKEN", BOT, "SLACK_BOT_TOKEN", without=["SLACK_BOT_TOKEN"]),
    "SLACK_APPTOKEN": env("SLACK_APPTOKEN", APP, "SLACK_APP_TOKEN is not set", without=["SLACK_APP_TOKEN"]),
    "SLACK_APPTOKEN beside a signing secret": SetUp(
        ("SLACK_APPTOKEN", f"{MEANT} SLACK_APP_TOKEN"),
        {"SLACK_APPTOKEN": APP, "SLACK_SIGNING_SECRET": SIGNING},
        without=("SLACK_APP_TOKEN",),
    ),
    "SLACK_SIGNING_KEY": env("SLACK_SIGNING_SECRETS", SIGNING, "did you mean it by", without=["SLACK_APP_TOKEN"]),
    "in .env": dotenv("ADMIN=U0ALICE\n", "ADMIN", f"{MEANT} ADMINS"),
    "what is set under its own name as well": SetUp(
        (), {"ADMIN": "x", "ADMINS": "U0ALICE"}, code=1, silent=("ADMIN ",)
    ),
    # Settings of a team without the team.
    "REPORT_DAY alone": env("REPORT_DAY", "mon", "of which team", f"call it {P}REPORT_DAY"),
    "DIGEST_CHANNEL alone": env("DIGEST_CHANNEL", "C0ONE", "of which team", P),
    "SLACK_CHANNELS alone": env("SLACK_CHANNELS", "C0ONE", "of which team", P),
    "FLASHDUTY_APP_KEY": env(
        "FLASHDUTY_APP_KEY", KEY, "of which team", "FLASHDUTY_TEAMS__<TEAM>__APP_KEY", without=[P + "APP_KEY"]
    ),
    "FLASHDUTY_API_KEY": env("FLASHDUTY_API_KEY", KEY, "of which team", without=[P + "APP_KEY"]),
    "FLASHDUTY_RESPONDERS": env("FLASHDUTY_RESPONDERS", "U0ALICE", f"call it {P}RESPONDERS"),
    # Underscores.
    "one underscore before the team": env(
        "FLASHDUTY_TEAMS_SEARCH__APP_KEY",
        KEY,
        "begin with FLASHDUTY_TEAMS__",
        "call it FLASHDUTY_TEAMS__SEARCH__APP_KEY",
    ),
    "one underscore behind the team": env(
        "FLASHDUTY_TEAMS__SEARCH_APP_KEY", KEY, "one underscore where two belong", "FLASHDUTY_TEAMS__SEARCH__APP_KEY"
    ),
    "one underscore and no other team": env(
        "FLASHDUTY_TEAMS_SEARCH__APP_KEY", KEY, "one setting is wrong", without=[P + "APP_KEY"]
    ),
    "one underscore everywhere": env("FLASHDUTY_TEAMS_SEARCH_APP_KEY", KEY, "FLASHDUTY_TEAMS__SEARCH__APP_KEY"),
    "TEAM for TEAMS": env("FLASHDUTY_TEAM__SEARCH__APP_KEY", KEY, "FLASHDUTY_TEAMS__SEARCH__APP_KEY"),
    "two underscores too many": env("FLASHDUTY__TEAMS__SEARCH__APP_KEY", KEY, "FLASHDUTY_TEAMS__SEARCH__APP_KEY"),
    "no team": env("FLASHDUTY_TEAMS____APP_KEY", KEY, "does not say which setting of which team"),
    "no setting": env("FLASHDUTY_TEAMS__PAYMENTS", KEY, "does not say which setting of which team"),
    "a list of teams": env("FLASHDUTY_TEAMS", "payments,search", "begin with FLASHDUTY_TEAMS__"),
    # Names of teams.
    "Chinese team": env("FLASHDUTY_TEAMS__支付__APP_KEY", KEY, "characters that do not work", "letters A to Z"),
    "team with a space": SetUp(("FLASHDUTY_TEAMS__PAY…", "characters"), {"FLASHDUTY_TEAMS__PAY MENTS__APP_KEY": KEY}),
    "team with a slash": SetUp(("FLASHDUTY_TEAMS__A…", "characters"), {"FLASHDUTY_TEAMS__A/B__APP_KEY": KEY}),
    "team of 41 characters": env(f"FLASHDUTY_TEAMS__{'X' * 41}__APP_KEY", KEY, "41 characters", "40 is the most"),
    "team with two underscores": env("FLASHDUTY_TEAMS__SEARCH__EU__APP_KEY", KEY, "not a setting I know", "APP_KEY"),
    # A team's settings.
    "DIGEST_TIMEZONE": env(
        P + "DIGEST_TIMEZONE", "Europe/Berlin", f"{P}TIMEZONE", f"{P}DIGEST_TIME", "the one you mean"
    ),
    "TIME_ZONE": env(P + "TIME_ZONE", "Europe/Berlin", f"{MEANT} {P}TIMEZONE?"),
    "CHANNEL": env(P + "CHANNEL", "C0ONE", P + "SLACK_CHANNELS", P + "DIGEST_CHANNEL"),
    "API_KEY": env(P + "API_KEY", KEY, f"{MEANT} {P}APP_KEY"),
    "RESPONDER": env(P + "RESPONDER", "U0ALICE", f"{MEANT} {P}RESPONDERS?"),
    "CARD_CHANNEL": env(P + "CARD_CHANNEL", "C0ONE", f"{MEANT} {P}CARDS_CHANNEL"),
    "CARDS_RULE": env(P + "CARDS_RULE", "severity=Info -> none", f"{MEANT} {P}CARDS_RULES"),
    "POLL_EVERY": env(P + "POLL_EVERY", "20s", f"{MEANT} {P}CARDS_POLL_EVERY"),
    "WEBHOOK_SECRETS": env(P + "WEBHOOK_SECRETS", KEY, f"{MEANT} {P}WEBHOOK_SECRET?"),
    "WEBHOOK_SECRET of no team": env("WEBHOOK_SECRET", KEY, "WEBHOOK_SECRET"),
    "RETENTION_DAY": env("RETENTION_DAY", "30", f"{MEANT} RETENTION_DAYS"),
    "TEAM_IDS": env(P + "TEAM_IDS", "4001", f"{MEANT} {P}FLASHDUTY_TEAM_IDS"),
    "USERGROUPS": env(P + "USERGROUPS", "S0ONE=6001", f"{MEANT} {P}ONCALL_USERGROUPS"),
    "ADMINS of a team": env(P + "ADMINS", "U0ALICE", "ADMINS belongs to the whole bot", "call it ADMINS"),
    "LOG_LEVEL of a team": env(P + "LOG_LEVEL", "debug", "belongs to the whole bot"),
    "COLOUR": env(P + "COLOUR", "red", "not a setting I know"),
    "a team without a key": SetUp(
        ("FLASHDUTY_TEAMS__SEARCH__APP_KEY is not set",), {"FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS": "C0ONE"}
    ),
    "nothing set": SetUp(("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "at least one team"), without=tuple(ENOUGH)),
}

NOT_ENOUGH, SHANGHAI = "a difference to UTC is not enough", "Asia/Shanghai"
ZONE = P + "TIMEZONE"


def zone(written, *says):
    """A time zone: no hint may ever be an Etc name, whose sign means the opposite."""
    return env(ZONE, written, "not an IANA time zone", *says, silent=("Etc/",))


ZONES = {
    "UTC+8": zone("UTC+8", NOT_ENOUGH, "Asia/Shanghai is UTC+08:00"),
    "utc +8": zone("utc +8", "Asia/Shanghai is UTC+08:00"),
    "GMT+8": zone("GMT+8", "Asia/Shanghai is UTC+08:00"),
    "GMT+0800": zone("GMT+0800", "Asia/Shanghai is UTC+08:00"),
    "+08:00": zone("+08:00", "Asia/Shanghai is UTC+08:00"),
    "full-width UTC+8": zone("ＵＴＣ＋８", "Asia/Shanghai is UTC+08:00"),
    "Etc/UTC+8": zone("Etc/UTC+8", "Asia/Shanghai is UTC+08:00"),
    "UTC-8": zone("UTC-8", "America/Los_Angeles is UTC-08:00 in winter"),
    "UTC+5:30": zone("UTC+5:30", "Asia/Kolkata is UTC+05:30"),
    "UTC+1": zone("UTC+1", "Europe/Berlin is UTC+01:00 in winter"),
    "UTC-3:30": zone("UTC-3:30", "America/St_Johns is UTC-03:30 in winter"),
    "UTC+25": zone("UTC+25", NOT_ENOUGH),
    "PST": zone("PST", f"{MEANT} America/Los_Angeles?"),
    "CST": zone("CST", f"{MEANT} Asia/Shanghai or America/Chicago?"),
    "IST": zone("IST", "Asia/Kolkata", "Asia/Jerusalem"),
    "BST": zone("BST", "Europe/London"),
    "EDT": zone("EDT", "America/New_York"),
    "Beijing": zone("Beijing", f"{MEANT} Asia/Shanghai?"),
    "Asia/Beijing": zone("Asia/Beijing", f"{MEANT} Asia/Shanghai?"),
    "东八区": zone("东八区", f"{MEANT} Asia/Shanghai?"),
    "北京时间": zone("北京时间", SHANGHAI),
    "China Standard Time": zone("China Standard Time", SHANGHAI),
    "Pacific Standard Time": zone("Pacific Standard Time", "America/Los_Angeles"),
    "Europe/Berln": zone("Europe/Berln", f"{MEANT} Europe/Berlin?"),
    "new york": zone("new york", f"{MEANT} America/New_York?"),
    "localtime": zone("localtime", "the name of a place"),
    "nonsense": zone("xyzzy", "the name of a place"),
    "a path": zone("../etc/passwd"),
}

VALUES = {
    "http for Slack": env("SLACK_API_URL", "http://slack.example.com/api/", "https://"),
    "no scheme": env("FLASHDUTY_API_URL", "api.flashcat.cloud", "starts with https://"),
    "user in an address": env("FLASHDUTY_API_URL", "https://hush:hush@api.example.com", "without a user"),
    "port as a service": env("PORT", "tcp://10.0.0.1:3000", "not a port"),
    "port too high": env("PORT", "70000", "1 to 65535"),
    "host with a port": env("HOST", "127.0.0.1:3000", "not an IP address"),
    "command without a slash": env("COMMAND", "oncall", "must start with a slash"),
    "command of two words": env("COMMAND", "/on call", "one word"),
    "command as mark-up": env("COMMAND", "/<!channel>", "one word"),
    "command in capitals": env("COMMAND", "/OnCall", "lower case"),
    "command too long": env("COMMAND", "/" + "x" * 32, "at most 32 characters"),
    "level": env("LOG_LEVEL", "verbose", "debug, info, warning, error, critical"),
    "format": env("LOG_FORMAT", "yaml", "text, json"),
    "channel by name": env(P + "SLACK_CHANNELS", "#payments", "is a name"),
    "channel as an address": env(
        P + "DIGEST_CHANNEL", "https://harbor.slack.com/archives/C0ONE", "ids of a Slack channel"
    ),
    "people by e-mail": env(P + "RESPONDERS", "alice@harbor.example", "start with U or W or S"),
    "people by handle": env("ADMINS", "@alice", "is a name"),
    "a group among admins": env("ADMINS", "S0RESPOND", "start with U or W"),
    "time of day": env(P + "DIGEST_TIME", "9am", "00:00 to 23:59"),
    "days": env(P + "DIGEST_DAYS", "workdays", "no day of the week"),
    "no days": env(P + "DIGEST_DAYS", ",", "names no day"),
    "catch-up": env(P + "DIGEST_CATCH_UP", "2 days", "such as 3h"),
    "switch": env(P + "TOPIC", "maybe", "neither true nor false"),
    "notices": env(P + "SHIFT_NOTICES", "all", "off, channel, dm, both"),
    "Flashduty team by name": env(P + "FLASHDUTY_TEAM_IDS", "Payments", "whole numbers"),
    "groups": env(P + "ONCALL_USERGROUPS", "@oncall=6001", "start with S"),
    "report without a channel": env(P + "REPORT_DAY", "mon", "needs a channel"),
    "notices without a channel": env(P + "SHIFT_NOTICES", "channel", "needs a channel"),
    "topic without a channel": env(P + "TOPIC", "true", "needs a channel"),
    "two teams one group": SetUp(
        ("are about the same S0ONE",),
        {
            P + "SLACK_CHANNELS": "C0ONE",
            P + "ONCALL_USERGROUPS": "S0ONE=6001",
            "FLASHDUTY_TEAMS__SEARCH__APP_KEY": KEY,
            "FLASHDUTY_TEAMS__SEARCH__SLACK_CHANNELS": "C0TWO",
            "FLASHDUTY_TEAMS__SEARCH__ONCALL_USERGROUPS": "S0ONE=6002",
        },
    ),
    "cards in a channel by name": env(P + "CARDS_CHANNEL", "#incidents", "is a name"),
    "cards in a direct message": env(P + "CARDS_CHANNEL", "D0ALICE", "start with C or G"),
    "a rule for a channel by name": env(P + "CARDS_RULES", "severity=Info -> #incidents", "rule 1", "is a name"),
    "a rule with a misspelt severity": env(P + "CARDS_RULES", "severity=Urgent -> C0ONE", "Critical, Warning, Info"),
    "a poll too often": env(P + "CARDS_POLL_EVERY", "1s", "from 5s to 60s"),
    "a poll in minutes": env(P + "CARDS_POLL_EVERY", "1m", "from 5s to 60s"),
    "a mention of everybody": env(P + "CARDS_MENTION", "here", "thread, channel, dm, off"),
    "no storm at all": env(P + "CARDS_STORM", "off", "a whole number from 1 to 1000"),
    "a short secret of webhooks": env(P + "WEBHOOK_SECRET", "hush-hush-hush", "at least 16 characters"),
    "a short secret among several": env(P + "WEBHOOK_SECRET", f"{KEY},hush-hush", "entry 2 is shorter"),
    "a placeholder for a secret": env(P + "WEBHOOK_SECRET", "${WEBHOOK_SECRET}", PLACEHOLDER),
    "a secret with dots": env(P + "WEBHOOK_SECRET", "hush-hush-hush-hush...", "left out"),
    "days of retention": env("RETENTION_DAYS", "90d", "a whole number from 7 to 3650"),
    "two teams one channel of cards": SetUp(
        ("FLASHDUTY_TEAMS__SEARCH__CARDS_RULES leads to C0ONE", "a channel of team payments as well"),
        {
            P + "SLACK_CHANNELS": "C0ONE",
            "FLASHDUTY_TEAMS__SEARCH__APP_KEY": KEY,
            "FLASHDUTY_TEAMS__SEARCH__CARDS_CHANNEL": "C0TWO",
            "FLASHDUTY_TEAMS__SEARCH__CARDS_RULES": "severity=Critical -> C0ONE",
        },
    ),
    "database of another kind": env("DATABASE_URL", "mysql://bot:hush-hush@db/bot", "sqlite:/// or postgresql://"),
}

KINDS = {"text": TEXT, "name": NAMES, "zone": ZONES, "value": VALUES}
ROWS = {f"{kind}: {title}": row for kind, rows in KINDS.items() for title, row in rows.items()}


def laid_out(row, place):
    """Write the files of a row, and give the environment."""
    (place / "secrets").mkdir()
    for name in row.directories:
        (place / name).mkdir()
    for name, content in row.files.items():
        (place / "secrets" / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if row.env_file is not None:
        content = row.env_file if isinstance(row.env_file, bytes) else row.env_file.encode()
        (place / ".env").write_bytes(content)
    around = {"SECRETS_DIR": str(place / "secrets")} | ENOUGH | row.environ
    return {name: value for name, value in around.items() if name not in row.without}


@pytest.mark.parametrize("title", ROWS)
def test_a_wrong_set_up__is_named_with_its_cure_and_no_secret(title, tmp_path, monkeypatch, capsys):
    row = ROWS[title]
    environ = laid_out(row, tmp_path)
    monkeypatch.chdir(tmp_path)
    code = main(["run"], environ)
    shown = capsys.readouterr()
    assert code == row.code, shown.err
    assert [word for word in row.says if word not in shown.err] == [], shown.err
    told = (shown.out + shown.err).replace("HUSH", "hush")
    assert [word for word in (*row.silent, "Traceback", "hush") if word in told] == []


def test_there_are__as_many_rows_as_it_takes():
    assert len(ROWS) >= 150


NEARLY = st.sampled_from(
    ["SLACK_", "FLASHDUTY_", "FLASHDUTY_TEAMS__", "FLASHDUTY_TEAMS_", P, "", "ADMIN", "LOG", "PORT"]
)
NAME = st.tuples(NEARLY, st.text(st.sampled_from("ABDEHIKLMNOPRSTUY_.-=: é支"), max_size=20)).map("".join)


def report_on(environ, env_file):
    """What the operator reads, if anything is wrong."""
    try:
        Settings.load(environ, env_file, None)
    except WrongSettings as wrong:
        return wrong.report().lower()
    return ""


@given(st.dictionaries(NAME.filter(bool), st.just("hush-hush-hush"), max_size=3))
def test_any_names__are_right_or_wrong_and_show_no_value(names):
    """Names that are nearly right, as a class."""
    assert "hush" not in report_on(ENOUGH | names, None)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_env_file__is_right_or_wrong_and_is_not_shown(tmp_path_factory, content):
    """Text as it really arrives, as a class."""
    path = tmp_path_factory.getbasetemp() / ".env"
    path.write_bytes(b"SLACK_SIGNING_SECRET=hush-hush-hush\n" + content + b"hush-hush-hush\n")
    assert "hush" not in report_on(ENOUGH, path)


@pytest.mark.parametrize("command", ["run", "check"])
@pytest.mark.parametrize(
    "title", ["text: token in double quotes", "text: UTF-16 in .env", "name: ADMIN", "zone: UTC+8"]
)
def test_the_process__says_the_same_and_exits_with_2(title, command, tmp_path):
    """Through `python -m bot`."""
    row = ROWS[title]
    around = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environ = around | {"PYTHONPATH": str(ROOT)} | laid_out(row, tmp_path)
    run = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "bot", command], cwd=tmp_path, env=environ, capture_output=True, check=False, timeout=60
    )
    told = run.stderr.decode()
    assert run.returncode == 2
    assert [word for word in row.says if word not in told] == []
    assert "Traceback" not in told
    assert b"hush" not in run.stdout + run.stderr


def test_an_env_file__that_may_not_be_read__is_said(tmp_path, monkeypatch, capsys):
    """A link that ends nowhere fails for everybody, root included."""
    (tmp_path / ".env").symlink_to(".env")
    monkeypatch.chdir(tmp_path)
    assert main(["run"], ENOUGH) == 2
    assert ".env cannot be read (" in capsys.readouterr().err


@pytest.mark.parametrize(
    "innocent",
    [
        {"SLACK_CLIENT_ID": "1.2", "SLACK_WEBHOOK": "x", "SLACK_WEBHOOK_URL": "x", "SLACK_CHANNEL": "x"},
        {"FLASHDUTY_HOME": "/x", "PATH": "/bin", "HOSTNAME": "bot-0", "PORTAINER": "x", "HOST_IP": "x", "POST": "x"},
        {"FLASHDUTY_BOT_PORT": "tcp://10.0.0.1:3000", "FLASHDUTY_BOT_SERVICE_HOST": "10.0.0.1"},
        {"FLASHDUTY_BOT_PORT_3000_TCP_ADDR": "10.0.0.1", "FLASHDUTY_BOT_SERVICE_PORT_HTTP": "3000"},
        {"SLACK_TOKEN": "x", "SLACK_USER_TOKEN": "x", "SLACK_CLIENT_SECRET": "x", "BOT_TOKEN": "x"},
        {
            "LOGNAME": "root",
            "DATABASE_NAME": "x",
            "DATABASE_HOST": "x",
            "LOG_FILE": "x",
            "ADMIN_EMAIL": "x",
            "TZ": "UTC",
        },
        {"ACCOUNT": "x", "TOPIC": "x", "TIMEZONE": "Asia/Shanghai", "APP_KEY": "x", "KEY": "x", "TOKEN": "x"},
        dict.fromkeys(
            ("FLASHDUTY_PUSH_URL", "FLASHDUTY_WEBHOOK_URL", "SLACK_APP_ID", "SLACK_TEAM_ID", "SLACK_BOT_ID"), "x"
        ),
        dict.fromkeys(("SLACK_BOT_NAME", "SLACK_HOOK_URL", "SLACK_CHANNEL_ID", "SLACK_BOT_USER_ID"), "x"),
        dict.fromkeys(("PGHOST", "PGPORT", "DOCKER_HOST", "KUBERNETES_PORT", "DOMAINS", "LOG_DIR", "LOG_PATH"), "x"),
        dict.fromkeys(("FTP_PROXY", "SOCKS_PROXY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GHOST", "SHELL"), "x"),
        dict.fromkeys(("DATABASE_USER", "DATABASE_PASSWORD", "DATABASES", "SECRET_KEY", "SECRETS", "CHANNELS"), "x"),
        {"SERVER_PORT": "1", "HTTP_PORT": "1", "MYSQL_HOST": "x", "REDIS_URL": "x", "POSTGRES_URL": "x"},
    ],
)
def test_variables_of_others__are_none_of_our_business(innocent, tmp_path, monkeypatch, capsys):
    """Only a name that is near one of ours is a mistake."""
    monkeypatch.chdir(tmp_path)
    assert main(["run"], ENOUGH | innocent) == 1
    assert "setting" not in capsys.readouterr().err


@pytest.mark.parametrize("end", ["\r", " \r\n", "\t", "\u00a0", "\n\n"])
def test_white_space_at_the_end__is_taken_off(end, tmp_path, monkeypatch, capsys):
    """A Windows editor or a copied page leaves it behind a value."""
    (tmp_path / "ADMINS").write_bytes(f"U0ALICE{end}".encode())
    monkeypatch.chdir(tmp_path)
    environ = {name: f"{value}{end}" for name, value in ENOUGH.items()}
    assert main(["run"], environ | {"SECRETS_DIR": str(tmp_path)}) == 1
    assert "setting" not in capsys.readouterr().err


def test_secrets_of_others__are_none_of_our_business(tmp_path, monkeypatch, capsys):
    """A secrets directory is shared."""
    for name in ("rhsm.conf", "db_password", "tls.key", "ca.crt", "namespace", "redhat.repo"):
        (tmp_path / name).write_text("x")
    (tmp_path / "kubernetes.io").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["run"], ENOUGH | {"SECRETS_DIR": str(tmp_path)}) == 1
    assert "setting" not in capsys.readouterr().err


def test_a_file_with_an_ending__that_a_setting_names__is_right(tmp_path, monkeypatch, capsys):
    """Compose mounts the name it is given, and `_FILE` may name it."""
    (tmp_path / "slack_bot_token.txt").write_text(BOT)
    environ = {name: value for name, value in ENOUGH.items() if name != "SLACK_BOT_TOKEN"}
    environ |= {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "slack_bot_token.txt"), "SECRETS_DIR": str(tmp_path)}
    monkeypatch.chdir(tmp_path)
    assert main(["run"], environ) == 1
    assert "setting" not in capsys.readouterr().err
