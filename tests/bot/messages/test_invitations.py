"""Wherever a sentence asks to invite the bot, it means this bot, whatever that is called."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.delivery.alert_messages import not_posted
from bot.digest.messages.on_demand import not_posted_on_demand
from bot.messages.changes.channel_lines import line_refused
from bot.messages.language import ENGLISH, chinese
from bot.messages.text import Mrkdwn
from bot.messages.views import Digest, ViewValue
from bot.storage.postings import PostingKind
from bot.topic.messages import topic_problem
from tests.bot.delivery.surfaces import failure
from tests.bot.samples import readers

ROOT = Path(__file__).parents[3]
VALUE = ViewValue(team="payments", view=Digest())
NOT_IN, GONE = "chat.postMessage: not_in_channel", "chat.postMessage: channel_not_found"

MESSAGES = {
    "removed": lambda to: not_posted(to, failure(PostingKind.DIGEST, NOT_IN)),
    "gone": lambda to: not_posted(to, failure(PostingKind.DIGEST, GONE)),
    "by hand": lambda to: not_posted_on_demand(to, "C0PAYMENTS", VALUE, "not_in_channel"),
    "line": lambda to: line_refused(to, Mrkdwn("the line"), "C0PAYMENTS", "not_in_channel", None),
    "topic": lambda to: topic_problem(to, "not_in_channel", "payments"),
}


@pytest.mark.parametrize("language", [ENGLISH, chinese()], ids=lambda language: language.code)
@pytest.mark.parametrize("name", MESSAGES)
def test_an_invitation__mentions_the_bot_itself(name, language):
    to = replace(readers(language).alone, bot_user="U0PAGER")
    assert "`/invite` <@U0PAGER>" in MESSAGES[name](to).text


def test_an_invitation__has_no_name_written_in_the_code():
    sources = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    assert [path.name for path in sources if "/invite @Flashduty" in path.read_text(encoding="utf-8")] == []
