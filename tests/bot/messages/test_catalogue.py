"""The Chinese catalogue: whole, same placeholders and markup, in the product's terms, set as Chinese is."""

import re
import string

import pytest
from babel.messages.mofile import read_mo

from tests.bot.messages import glossary
from tests.proofs.catalogue.extraction import MO, PO, compiled, stored, updated, written

PLACEHOLDER = re.compile(r"\{(\w+)\}")
CODE = re.compile(r"`[^`]*`")
MARKUP = re.compile(r"[*`<>|]|\n")
CHINESE = "\u3400-\u4dbf\u4e00-\u9fff"
CHINESE_MARKS = "，。；：？！、（）「」『』《》…“”"
HALF_WIDTH = re.compile(rf"[{CHINESE}]\s?[,;:?!()](?!\S*`)|[,;:?!()]\s?[{CHINESE}]|[{CHINESE}]\.(?:\s|$)")
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
    assert wrong(lambda _, chinese: HALF_WIDTH.search(PLACEHOLDER.sub("", chinese))) == []


def test_chinese__has_a_space_beside_latin_letters_digits_and_values():
    assert wrong(lambda _, chinese: UNSPACED.search(CODE.sub("`x`", chinese.replace("*", "")))) == []


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.english)
def test_a_term__has_its_one_chinese_word_and_no_other(term):
    """Where the English sentence has a term, the Chinese one has its word; a rejected word stands nowhere."""
    assert wrong(lambda english, chinese: term.is_in(english[-1]) and not term.has_its_word(chinese)) == []
    assert wrong(lambda _, chinese: any(word in chinese for word in term.rejected)) == []
