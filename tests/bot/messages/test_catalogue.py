"""The Chinese catalogue: whole, same placeholders and markup, in the product's terms, set as Chinese is."""

import re
import string
from zoneinfo import ZoneInfo

import pytest
from babel.messages.mofile import read_mo

from bot.messages.views import UnknownCommand
from bot.oncall.time_expressions import parse_time
from handlers.command_line import parse_command_line
from handlers.routes import COMMANDS
from tests.bot.messages import glossary
from tests.bot.recorded import NOW
from tests.proofs.catalogue.extraction import MO, PO, compiled, stored, updated, written

PLACEHOLDER = re.compile(r"\{(\w+)\}")
CODE = re.compile(r"`[^`]*`")
MARKUP = re.compile(r"[*`<>|]|\n")
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
CHINESE_MARKS = "，。；：？！、（）「」『』《》…“”"
HALF_WIDTH = re.compile(rf"[{CHINESE}]\s?[,;:?!()](?!\S*`)|[,;:?!()]\s?[{CHINESE}]|[{CHINESE}]\.(?:\s|$)")
BOLD = re.compile(r"(^|.)\*([^*\n]+)\*(.|$)", re.MULTILINE)
UNSPACED = re.compile(rf"[{CHINESE}][A-Za-z0-9{{`]|[A-Za-z0-9}}`][{CHINESE}]")


def forms(message):
    """The translations of a sentence: one, or one for each form of its plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def translations(catalogue):
    """Each sentence, as text or in both numbers, with its translations."""
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): forms(message)
        for message in catalogue
        if message.id
    }


def pairs():
    """Each sentence with each of its translations."""
    for message in stored():
        if message.id:
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            yield from ((english, one) for one in forms(message))


ALL = list(pairs())


def wrong(is_wrong):
    return [f"{english[-1]} → {chinese}" for english, chinese in ALL if is_wrong(english, chinese)]


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_catalogue__has_what_the_source_says_and_nothing_else():
    """`make messages` brings it up to date."""
    assert PO.read_bytes() == written(updated())


def test_the_compiled_catalogue__is_made_from_the_one_translators_write():
    """The image has no build step."""
    with MO.open("rb") as file:
        there = translations(read_mo(file))
    assert there == translations(stored())
    assert compiled(stored()) == MO.read_bytes()


def test_every_sentence__has_a_translation_that_somebody_has_looked_at():
    assert wrong(lambda _, chinese: not chinese) == []
    assert [message.id for message in stored() if message.fuzzy and message.id] == []


def test_every_translation__has_the_placeholders_of_its_sentence():
    assert wrong(lambda english, chinese: placeholders(chinese) != placeholders(english[-1])) == []


def test_every_translation__has_the_markup_of_its_sentence():
    def marks(text):
        return sorted(MARKUP.findall(text))

    assert wrong(lambda english, chinese: marks(chinese) not in [marks(one) for one in english]) == []


def test_chinese__has_no_half_width_marks_between_its_characters():
    assert wrong(lambda _, chinese: HALF_WIDTH.search(PLACEHOLDER.sub("", CODE.sub("`x`", chinese)))) == []


def test_chinese__has_a_space_beside_latin_letters_digits_and_values():
    assert wrong(lambda _, chinese: UNSPACED.search(CODE.sub("`x`", chinese.replace("*", "")))) == []


def test_chinese__is_quoted_as_on_the_mainland():
    assert wrong(lambda _, chinese: any(mark in CODE.sub("", chinese) for mark in "「」『』")) == []


def is_drawn_bold(before, inside, after):
    """Slack draws bold text where a space or a mark stands outside of its asterisks, and no space inside."""
    return all(not one or one.isspace() or one in CHINESE_MARKS for one in (before, after)) and inside == inside.strip()


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*昨天*：3", True),
        ("*未登记。* 只有", True),
        ("*昨天：*3", False),
        ("无法读取*昨天*。", False),
        ("*{a}*{b}", False),
    ],
)
def test_bold_chinese__is_drawn_beside_a_space_or_a_mark(text, drawn):
    assert all(is_drawn_bold(*found) for found in BOLD.findall(text)) == drawn


def test_bold_chinese__is_where_slack_draws_it():
    assert wrong(lambda _, chinese: not all(is_drawn_bold(*found) for found in BOLD.findall(chinese))) == []


def test_commands_in_chinese_sentences__are_understood():
    """A sentence that says what to type says something that works."""

    def typed(chinese):
        return [one[1:-1].removeprefix("{command} ") for one in CODE.findall(chinese)]

    def is_not_understood(_, chinese):
        lines = [line for line in typed(chinese) if re.match(rf"[{CHINESE}]", line) and line != "本周"]
        return any(isinstance(parse_command_line(line, COMMANDS), UnknownCommand) for line in lines)

    def is_no_time(_, chinese):
        times = [line for line in typed(chinese) if "at:" in line and "{" not in line and re.search(r"at:\S", line)]
        return any(parse_time(line, NOW, ZoneInfo("Asia/Shanghai")).at is None for line in times)

    assert wrong(is_not_understood) == []
    assert wrong(is_no_time) == []


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.english)
def test_a_term__has_its_one_chinese_word_and_no_other(term):
    """Where the English sentence has a term, the Chinese one has its word; a rejected word stands nowhere."""
    assert wrong(lambda english, chinese: term.is_in(english[-1]) and not term.has_its_word(chinese)) == []
    assert wrong(lambda _, chinese: any(word in chinese for word in term.rejected)) == []
