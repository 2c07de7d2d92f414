"""Every surface in Chinese and in a language of brackets, 40 % longer: the same structure, within every limit."""

import gettext
import re

import pytest

from bot.messages.language import Language, chinese
from sandbox.slack.block_kit import problems
from sandbox.slack.block_kit.size import blocks_too_long
from tests.bot.every_surface import SURFACES, drawn
from tests.bot.samples import DATA_WORDS, readers

LONGER = 0.4
# What people read; values and names of controls are not among it.
READ = {"text", "alt_text", "accessibility_label"}
SEGMENT = re.compile(r"⟦[^⟦⟧]*⟧")
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
    """Everything in blocks that people read."""
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
    return set(WORD.findall(rest)) - DATA_WORDS


@pytest.mark.parametrize("name", SURFACES)
def test_chinese_surface__is_built_like_the_english_one(name):
    assert structure(IN_CHINESE[name].payload["blocks"]) == structure(SURFACES[name].payload["blocks"])


@pytest.mark.parametrize("name", SURFACES)
def test_no_sentence__bypasses_the_catalogue(name):
    assert [text for text in texts(IN_BRACKETS[name].payload["blocks"]) if outside_brackets(text)] == []


@pytest.mark.parametrize("drawing", [IN_CHINESE, IN_BRACKETS], ids=["chinese", "longer"])
@pytest.mark.parametrize("name", SURFACES)
def test_surface__is_within_every_limit__in_another_language(drawing, name):
    payload = drawing[name].payload
    assert problems(payload, "message") == []
    assert not blocks_too_long(payload["blocks"])
    assert len(payload["text"]) <= 4000
