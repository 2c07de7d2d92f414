import io
import json
import logging
import re
import subprocess
import sys
import warnings
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.runtime.logs import configure
from bot.runtime.redaction import HIDDEN, Redaction

KEY = "made-up-key-0001"
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(params=["text", "json"])
def written(request):
    stream = io.StringIO()
    configure("debug", request.param, redaction=Redaction([KEY]), stream=stream)
    return stream


def fail_with(text):
    raise RuntimeError(text)


async def nobody():
    return None


def json_lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_structlog_and_logging__go_through_one_format():
    stream = io.StringIO()
    configure("info", "json", stream=stream)
    structlog.get_logger("ours").info("listed", team="payments", title="磁盘已满")
    logging.getLogger("theirs").warning("%s is late", "hello")
    ours, theirs = json_lines(stream)
    assert (ours["message"], ours["team"], ours["title"]) == ("listed", "payments", "磁盘已满")
    assert (theirs["message"], theirs["level"], theirs["logger"]) == ("hello is late", "warning", "theirs")
    assert {"timestamp", "level", "logger", "message"} <= ours.keys() & theirs.keys()


def test_times__are_aware_and_utc():
    stream = io.StringIO()
    configure("info", "json", stream=stream)
    structlog.get_logger().info("now")
    assert datetime.fromisoformat(json_lines(stream)[0]["timestamp"]).utcoffset() == timedelta(0)


def test_level__keeps_lesser_lines_out():
    stream = io.StringIO()
    configure("warning", "text", stream=stream)
    structlog.get_logger().info("unheard")
    logging.getLogger("theirs").info("unheard")
    assert stream.getvalue() == ""


def test_bound_context__is_on_every_line():
    stream = io.StringIO()
    configure("info", "json", stream=stream)
    with structlog.contextvars.bound_contextvars(request="r1"):
        structlog.get_logger().info("ours")
        logging.getLogger("theirs").info("theirs")
    assert [line["request"] for line in json_lines(stream)] == ["r1", "r1"]


def test_text__away_from_a_terminal__has_no_colour(written):
    structlog.get_logger().error("plain", a=1)
    assert "\x1b" not in written.getvalue()


def test_text__on_a_terminal__has_colour():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    configure("info", "text", stream=stream)
    structlog.get_logger().error("bright")
    assert "\x1b[" in stream.getvalue()


def test_configured_twice__writes_each_line_once():
    first, second = io.StringIO(), io.StringIO()
    configure("info", "text", stream=first)
    log = structlog.get_logger()
    configure("info", "text", stream=second)
    log.info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1


def test_a_secret__in_a_value_a_message_or_a_context__is_hidden(written):
    log = structlog.get_logger()
    with structlog.contextvars.bound_contextvars(context=KEY):
        log.info("message %s", KEY, value=KEY, nested={"key": [KEY]})
        logging.getLogger("theirs").info("message %s", KEY)
    assert written.getvalue().count(HIDDEN) == 6
    assert KEY not in written.getvalue()


def test_a_secret__in_a_traceback_and_its_causes__is_hidden(written):
    log = structlog.get_logger()
    hidden_local = KEY
    try:
        try:
            fail_with(f"cause {hidden_local}")
        except RuntimeError as cause:
            raise ValueError("xoxb-made-up-0001") from cause
    except ValueError:
        log.exception("failed")
        logging.getLogger("theirs").exception("failed")
    assert written.getvalue().count("cause [hidden]") == 2
    assert KEY not in written.getvalue()
    assert "xoxb-" not in written.getvalue()


def test_a_warning__is_logged_and_hidden(written):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"about {KEY}", UserWarning, stacklevel=1)
    assert "about [hidden]" in written.getvalue()


async def test_httpx__at_debug__writes_no_address(written):
    async def answer(_request):
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await client.get("https://api.example.com/", params={"app_key": "unknown-to-us"})
    assert "api.example.com" not in written.getvalue()


@pytest.mark.parametrize("level", ["debug", "info"])
def test_bolt__when_an_app_is_built__does_not_warn_of_a_token_it_read_itself(level, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up-0001")
    stream = io.StringIO()
    configure(level, "text", stream=stream)
    AsyncApp(client=AsyncWebClient(), signing_secret="made-up", authorize=nobody)
    assert stream.getvalue() == ""


def test_bolt__of_anything_else__is_heard():
    stream = io.StringIO()
    configure("info", "text", stream=stream)
    AsyncApp(client=AsyncWebClient(token="xoxb-made-up-0001"), signing_secret="made-up").logger.warning("unhandled")
    assert "unhandled" in stream.getvalue()


def test_a_start__does_not_tell_of_alembics_plugins(tmp_path):
    """In a process of its own: the plugins are set up once, when Alembic is first imported."""
    program = (
        "import asyncio, sys; from bot.runtime.logs import configure; from bot.storage.database import open_database\n"
        "async def start():\n"
        "    async with open_database(sys.argv[1]): pass\n"
        "configure('info', 'text'); asyncio.run(start())"
    )
    address = f"sqlite+aiosqlite:///{tmp_path}/bot.db"
    run = subprocess.run([sys.executable, "-c", program, address], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert "Running upgrade" in run.stderr
    assert "setup plugin" not in run.stderr


@pytest.mark.parametrize(
    "line",
    [
        "GET https://h/?app_key=unknown&x=1",
        "{'app_key': 'unknown'}",
        '{"app_key": "unknown"}',
        r'{"m": "{\"app_key\": \"unknown\"}"}',
        "app_key%3Dunknown",
        "Bearer xoxb-unknown-1",
        "token=xapp-1-A0-unknown",
        "xoxe.xoxb-1-unknown",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY=unknown",
    ],
)
def test_what_looks_like_a_token__is_hidden_although_nobody_named_it(line):
    assert "unknown" not in Redaction()(line)


def test_redaction__of_json__leaves_json():
    line = json.dumps({"a": 'app_key="x" y', "b": "app_key=abc\n", "c": "xoxb-1", "app_key": "k"})
    assert set(json.loads(Redaction()(line))) == {"a", "b", "c", "app_key"}


def test_ordinary_words__are_left_alone():
    line = "Set FLASHDUTY_TEAMS__PAYMENTS__APP_KEY to the key; app keys live in Flashduty."
    assert Redaction(["the", ""])(line) == line


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40))
@example('00%00"')
@example('%41&lt;"')
@example('a+b&"')
def test_a_secret_of_any_characters__is_hidden_however_it_is_quoted(middle):
    secret = f"q7{middle}Zk"
    hide = Redaction([secret])
    for line in (secret, repr(secret), json.dumps(secret), json.dumps({"a": [secret]}, ensure_ascii=False)):
        hidden = hide(line)
        assert HIDDEN in hidden
        assert not re.search(re.escape(secret), hidden)
