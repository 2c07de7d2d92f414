"""No sentence stands beside the catalogue: markup and labels made in the source without it have no words."""

import ast
import re

import pytest

from tests.proofs.figures import tree

SOURCES = tree.sources("bot", "handlers")
# What is not words: placeholders, Slack's own notation, how a team is typed, and the product's name.
NOT_WORDS = re.compile(r"\{[^{}]*\}|<[!@#][^>]*>|`team:|Flashduty")
WORD = re.compile(r"[A-Za-z\u4e00-\u9fff]")
# Where markup is made: notation of Slack's, and no sentences.
ARRANGING = {"mrkdwn", "counted", "Mrkdwn", "verbatim", "Label"}
MAKES_MARKUP = {"bot.messages.text", "bot.messages.language", "bot.messages.audience"}


def literal(node):
    """The text of a literal, whatever is filled in left out; None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(one.value for one in values if isinstance(one, ast.Constant))
    return None


def wordy(parsed):
    for node in ast.walk(parsed):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ARRANGING:
            for argument in node.args:
                text = literal(argument)
                if text is not None and WORD.search(NOT_WORDS.sub("", text)):
                    yield f"{node.lineno}: {text}"


@pytest.mark.parametrize("module", [name for name in SOURCES if name not in MAKES_MARKUP])
def test_what_is_made_without_the_catalogue__has_no_words(module):
    assert list(wordy(SOURCES[module])) == []


@pytest.mark.parametrize("call", ["mrkdwn('{mark} of {title}')", "verbatim(f'Team {name}')", "Mrkdwn('critical')"])
def test_words_beside_the_catalogue__are_found(call):
    assert list(wordy(ast.parse(call)))
