"""A key that is replaced in Flashduty and in its file, while the bot runs."""

from contextlib import asynccontextmanager

import aiohttp
import pytest
from harbor import PAYMENTS, harbor_at

from bot.cards.webhooks.address import SECRET_HEADER, webhook_path
from sandbox.flashduty.wire.keys import AppKey

FIRST, SECOND = "pretend-app-key-payments-0001", "pretend-app-key-payments-0002"
LISTED = "14 open, 10 unacknowledged"
OLD_SECRET, NEW_SECRET = "made-up-webhook-secret-1", "made-up-webhook-secret-2"
NOT_ACCEPTED = "does not accept the APP Key of team payments"


@asynccontextmanager
async def key_in(file):
    """The usual morning, with the key of payments in a file."""
    file.write_text(FIRST)
    given = {"FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": None, "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY_FILE": str(file)}
    async with harbor_at(**given) as place:
        yield place


def rotate(place):
    """Make a new key in Flashduty and delete the old one."""
    old = place.flashduty.keys["payments"]
    place.flashduty.account.keys["payments"] = AppKey(SECOND, owner_id=old.owner_id)


def keys_refused(place):
    return [call.code for call in place.flashduty.calls].count("Unauthorized")


@pytest.fixture
async def place(tmp_path):
    async with key_in(tmp_path / "key") as here:
        yield here


async def test_a_key__that_was_replaced_in_its_file__is_used_by_the_next_command(place, tmp_path, capfd):
    """Nobody has looked at the file yet: the refusal of the old key makes the bot look."""
    rotate(place)
    (tmp_path / "key").write_text(SECOND)
    assert LISTED in (await place.types("/flashduty incidents"))["text"]
    (line,) = [line for line in capfd.readouterr().out.splitlines() if "keys.reread" in line]
    assert line.split()[2:] == ["[info", "]", "keys.reread", "changed=1"]


async def test_a_key__that_was_replaced_in_its_file__is_refused_to_nobody_after_the_next_round(place, tmp_path, capfd):
    rotate(place)
    (tmp_path / "key").write_text(SECOND)
    await place.bot.tick()
    place.flashduty.calls.clear()
    await place.types("/flashduty incidents")
    assert keys_refused(place) == 0
    printed = capfd.readouterr().out
    assert "keys.reread" in printed
    assert SECOND not in printed


async def test_a_key__that_was_replaced_in_flashduty_only__is_told_as_refused_until_the_file_has_the_new_one(
    place, tmp_path
):
    rotate(place)
    assert NOT_ACCEPTED in (await place.types("/flashduty incidents"))["text"]
    (tmp_path / "key").write_text(SECOND)
    assert LISTED in (await place.types("/flashduty incidents"))["text"]


async def test_a_press__with_a_refused_key__acknowledges_once_with_the_new_one(place, tmp_path):
    shown = await place.types("/flashduty incidents")
    button = next(
        one["action_id"]
        for block in shown["blocks"]
        for one in [block.get("accessory", {}), *block.get("elements", ())]
        if one.get("action_id", "").startswith("acknowledge:")
    )
    rotate(place)
    (tmp_path / "key").write_text(SECOND)
    await place.presses(shown, button)
    assert [call.code for call in place.called("/incident/ack")] == [None]
    assert keys_refused(place) == 1


async def test_a_file__that_was_broken__keeps_the_key_that_works(place, tmp_path, capfd):
    (tmp_path / "key").write_text("")
    await place.bot.tick()
    await place.bot.tick()
    assert LISTED in (await place.types("/flashduty incidents"))["text"]
    assert capfd.readouterr().out.count("keys.file_unusable") == 1


async def test_a_webhook__is_let_in_with_the_secret_that_its_file_holds_now(tmp_path):
    (tmp_path / "secret").write_text(OLD_SECRET)
    given = {
        "FLASHDUTY_TEAMS__PAYMENTS__CARDS_CHANNEL": PAYMENTS,
        "FLASHDUTY_TEAMS__PAYMENTS__WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
    }
    async with harbor_at(**given) as place, aiohttp.ClientSession() as session:

        async def delivers(secret):
            async with session.post(
                f"{place.bot.url}{webhook_path('payments')}", json={}, headers={SECRET_HEADER: secret}
            ) as answer:
                return answer.status

        assert (await delivers(OLD_SECRET), await delivers(NEW_SECRET)) == (200, 401)
        (tmp_path / "secret").write_text(f"{OLD_SECRET},{NEW_SECRET}")
        await place.bot.tick()
        assert (await delivers(OLD_SECRET), await delivers(NEW_SECRET)) == (200, 200)
        (tmp_path / "secret").write_text(NEW_SECRET)
        await place.bot.tick()
        assert (await delivers(OLD_SECRET), await delivers(NEW_SECRET)) == (401, 200)
