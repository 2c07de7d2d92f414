"""Which language the bot speaks to whom: a person, a channel, and Flashduty on their behalf."""

import gettext
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from harbor import ALICE, BOB, CAROL, GINA, harbor_at, replica_of

from bot.messages import language
from bot.messages.language import Language
from sandbox.faults import Fault

XIAOMING = "U0XIAOMING"
DANA = 7005
CHANNEL_LANGUAGE = "FLASHDUTY_TEAMS__PAYMENTS__LANGUAGE"
NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Marked(gettext.NullTranslations):
    """A catalogue in which every sentence is recognised."""

    def gettext(self, message):
        """Mark a sentence."""
        return f"⟦{message}"

    def ngettext(self, msgid1, msgid2, n):
        """Mark a sentence with a number."""
        return f"⟦{msgid1 if n == 1 else msgid2}"


@pytest.fixture(autouse=True)
def _chinese_is_recognised(monkeypatch):
    marked = Language(code="zh-CN", name="中文", catalogue=Marked())
    monkeypatch.setattr(language, "chinese", lambda: marked)


def is_chinese(message):
    return "⟦" in message["text"]


def button_of(message, name):
    """The action of the first button of this name, wherever it is in a message."""
    found = re.search(rf'"action_id": "({name}[^"]*)"', json.dumps(message["blocks"]))
    return found[1]


async def test_a_person__is_spoken_to_in_the_language_of_their_slack(quay):
    assert is_chinese(await quay.types("/flashduty me", XIAOMING))
    assert not is_chinese(await quay.types("/flashduty me", ALICE))


async def test_a_person__is_refused_in_the_language_of_their_slack(quay):
    quay.slack.workspace.people[GINA].locale = "zh-CN"
    assert is_chinese(await quay.types("/flashduty me", GINA))


async def test_language__chosen__is_spoken_at_once_and_by_every_replica():
    async with harbor_at() as place:
        assert "中文" in (await place.types("/flashduty language 中文"))["text"]
        assert is_chinese(await place.types("/flashduty me"))
        async with replica_of(place):
            assert is_chinese(await place.types("/flashduty me"))


@pytest.mark.parametrize("typed", ["language English", "lang en", "语言 英文"])
async def test_language__chosen__goes_before_that_of_slack(quay, typed):
    assert not is_chinese(await quay.types(f"/flashduty {typed}", XIAOMING))
    assert not is_chinese(await quay.types("/flashduty me", XIAOMING))


async def test_language__auto__is_that_of_slack_again(quay):
    await quay.types("/flashduty language English", XIAOMING)
    assert is_chinese(await quay.types("/flashduty language auto", XIAOMING))


async def test_language__without_a_word__shows_the_present_one_with_three_buttons(quay):
    shown = await quay.types("/flashduty language")
    assert [button["text"]["text"] for button in shown["blocks"][-1]["elements"]] == [
        "中文",
        "English",
        "Same as Slack",
    ]
    await quay.presses(shown, "again:zh-CN")
    assert is_chinese(quay.shown()[-1])
    assert "Klingon" in (await quay.types("/flashduty language Klingon"))["text"]


async def test_language__while_the_database_fails__is_that_of_slack_and_a_choice_is_refused(quay):
    file = quay.settings.database_url.get_secret_value().partition("///")[2]
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE preferences RENAME COLUMN language TO lost")
    assert is_chinese(await quay.types("/flashduty me", XIAOMING))
    assert "database does not answer" in (await quay.types("/flashduty language 中文", ALICE))["text"]


async def test_a_channel__is_in_the_language_of_its_setting():
    async with harbor_at(**{CHANNEL_LANGUAGE: "zh"}) as place:
        place.clock.move_to(NINE)
        await place.bot.tick()
        assert is_chinese(place.shown(CAROL)[-1])


async def test_a_channel__is_in_the_language_of_the_keys_owner():
    async with harbor_at() as place:
        place.flashduty.account.persons[DANA]["locale"] = "zh-CN"
        async with replica_of(place) as other:
            place.clock.move_to(NINE)
            await other.tick()
            assert is_chinese(place.shown(CAROL)[-1])
            assert place.called("/incident/list")[-1].language == "zh-CN"


async def test_what_one_person_triggers__is_in_both_languages():
    async with harbor_at(**{CHANNEL_LANGUAGE: "zh"}) as place:
        listed = await place.types("/flashduty incidents")
        assert not is_chinese(listed)
        await place.presses(listed, button_of(listed, "acknowledge"))
        assert is_chinese(place.shown(BOB)[-1])


async def test_an_error_of_flashduty__is_in_the_language_of_its_reader(quay):
    for user, header in ((XIAOMING, "zh-CN"), (ALICE, "en")):
        quay.flashduty.fail("/incident/list", Fault.code("AccessDenied"))
        assert is_chinese(await quay.types("/flashduty incidents", user)) is (header == "zh-CN")
        assert quay.called("/incident/list")[-1].language == header
