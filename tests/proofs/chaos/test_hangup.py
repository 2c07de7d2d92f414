"""SIGHUP: the real process reads the files of its keys again, and goes on."""

import asyncio
import signal

from sandbox.flashduty.wire.keys import AppKey
from tests.proofs.chaos.place import ALICE, PAYMENTS, place

NEW = "pretend-app-key-payments-0002"
SAYS_SECONDS = 20.0


async def says(bot, words):
    async with asyncio.timeout(SAYS_SECONDS):
        while not bot.count_logged(words):  # noqa: ASYNC110 - the line comes from another process
            await asyncio.sleep(0.05)


async def test_a_hangup__has_a_new_key_read_from_its_file_and_ends_nothing(tmp_path):
    (tmp_path / "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY").write_text("pretend-app-key-payments-0001")
    async with place("http", FLASHDUTY_TEAMS__PAYMENTS__APP_KEY="", SECRETS_DIR=str(tmp_path)) as here:
        keys = here.flashduty.account.keys
        keys["payments"] = AppKey(NEW, owner_id=keys["payments"].owner_id)
        (tmp_path / "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY").write_text(NEW)
        here.bot.process.send_signal(signal.SIGHUP)
        await says(here.bot, "keys.reread")
        here.flashduty.calls.clear()
        await here.slack.command(ALICE, PAYMENTS, "/flashduty incidents")
        await here.settled()
        assert {call.code for call in here.flashduty.calls} == {None}
        assert here.bot.count_logged("process.hangup_received") == 1
        assert here.bot.count_logged(NEW) == 0
        assert here.bot.tracebacks == 0
        here.bot.terminate()
        assert await here.bot.ended() == 0
