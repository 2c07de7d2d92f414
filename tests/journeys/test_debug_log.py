import io
import logging

import pytest
import structlog
from harbor import ALICE, harbor_at

from bot.runtime.logs import configure

MARKED = "zanzibar-latency"


@pytest.fixture
def written():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure("debug", "json", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("bot", "handlers"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.mark.parametrize("socket_mode", [True, False])
async def test_a_debug_log__of_commands_and_presses__holds_no_message_and_no_address(written, socket_mode):
    """aiosqlite writes the parameters of every statement at debug; such libraries stay at info."""
    follows = {"FLASHDUTY_TEAMS__PAYMENTS__ONCALL_USERGROUPS": "S0PAYONCALL=6001", "ADMINS": ALICE}
    async with harbor_at(socket_mode=socket_mode, **follows) as place:
        place.flashduty.raise_incident(f"Checkout: {MARKED}")
        listed = await place.types(f"/flashduty incidents {MARKED}")
        assert MARKED in listed["text"]
        action = next(
            element["action_id"]
            for block in listed["blocks"]
            for element in (*block.get("elements", ()), block.get("accessory") or {})
            if "acknowledge" in element.get("action_id", "")
        )
        await place.presses(listed, action)
        await place.types("/flashduty me", user=ALICE)
        await place.types("/flashduty digest post")
        await place.slack.settled()
    log = written.getvalue()
    assert log.count("\n") > 5
    assert MARKED not in log
    assert "@harbor.example" not in log


@pytest.mark.parametrize("level", ["debug", "info"])
def test_our_own_lines_at_debug__are_written_when_they_are_asked_for(level):
    """Our own lines hold no message; those of libraries may."""
    stream = io.StringIO()
    configure(level, "json", stream=stream)
    structlog.get_logger("bot.somewhere").debug("ours")
    for library in ("aiosqlite", "sqlalchemy.engine", "asyncio", "slack_sdk.web", "httpx", "matplotlib", "a.new.one"):
        logging.getLogger(library).debug("theirs")
    assert ("ours" in stream.getvalue()) is (level == "debug")
    assert "theirs" not in stream.getvalue()
