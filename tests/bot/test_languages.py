"""Every surface in Chinese and in a language of brackets, 40 % longer: the same structure, within every limit."""

import gettext
import re

import pytest

from bot.messages.language import Language, chinese
from sandbox.slack.conversation.messages import all_blocks
from tests.bot.every_surface import SURFACES, drawn
from tests.bot.samples import DATA_WORDS, readers
from tests.bot.taken import refused

LONGER = 0.4
# What people read; values and names of controls are not among it.
READ = {"text", "alt_text", "accessibility_label"}
SEGMENT = re.compile(r"⟦[^⟦⟧]*⟧")
# A label that is cut to its limit has lost its closing bracket.
CUT_OFF = re.compile(r"⟦[^⟧]*…$")
# Data of the surfaces themselves: paths of operations, names of schedules, teams, links, and a language's own name.
OF_SURFACES = {"alert", "feed", "list", "info", "past", "resolve", "English", "Runbook", "wiki", "com"} | {
    "follow",
    "sun",
    "search",
}
# Cut into messages by the length of what is said: a shorter language needs fewer.
BY_LENGTH = {name for name in SURFACES if name.startswith("digest-40-schedules-thread")}
TOKEN = re.compile(r"<[^<>]*>|`[^`]*`|&\w+;|:[\w+-]+:")
WORD = re.compile(r"[A-Za-z]{2,}")


class Brackets(gettext.NullTranslations):
    """Puts every sentence in brackets and makes it longer, so that what bypasses the catalogue stands out."""

    def gettext(self, message):
        return f"⟦{message}{'·' * round(len(message) * LONGER)}⟧"

    def ngettext(self, msgid1, msgid2, n):
        return self.gettext(msgid1 if n == 1 else msgid2)


PSEUDO = Language(code="qps", name="⟦⟧", catalogue=Brackets())
IN_BRACKETS = drawn(readers(PSEUDO))
IN_CHINESE = drawn(readers(chinese()))


def structure(held):
    """A payload without its words."""
    if isinstance(held, dict):
        return {key: structure(value) for key, value in held.items() if not (key in READ and isinstance(value, str))}
    return [structure(one) for one in held] if isinstance(held, list) else held


def texts(held):
    """Everything in blocks that the bot says; what stands in rich text is data."""
    if isinstance(held, dict) and held.get("type") == "rich_text":
        return
    if isinstance(held, list):
        for one in held:
            yield from texts(one)
    elif isinstance(held, dict):
        for key, value in held.items():
            if key in READ and isinstance(value, str):
                yield value
            else:
                yield from texts(value)


def outside_brackets(text):
    """The words of a text that no sentence of the catalogue has."""
    rest, count = TOKEN.sub(" ", text), 1
    while count:
        rest, count = SEGMENT.subn(" ", rest)
    return set(WORD.findall(CUT_OFF.sub(" ", rest))) - DATA_WORDS - OF_SURFACES


@pytest.mark.parametrize("name", SURFACES)
def test_chinese_surface__is_built_like_the_english_one(name):
    chinese_blocks, english_blocks = all_blocks(IN_CHINESE[name].payload), all_blocks(SURFACES[name].payload)
    if name in BY_LENGTH:
        assert {one["type"] for one in chinese_blocks} == {one["type"] for one in english_blocks}
    else:
        assert structure(chinese_blocks) == structure(english_blocks)


@pytest.mark.parametrize("name", SURFACES)
def test_no_sentence__bypasses_the_catalogue(name):
    assert [text for text in texts(all_blocks(IN_BRACKETS[name].payload)) if outside_brackets(text)] == []


@pytest.mark.parametrize("drawing", [IN_CHINESE, IN_BRACKETS], ids=["chinese", "longer"])
@pytest.mark.parametrize("name", SURFACES)
def test_surface__is_within_every_limit__in_another_language(drawing, name):
    payload = drawing[name].payload
    assert refused(name, payload) == []
    assert len(payload["text"]) <= 4000
