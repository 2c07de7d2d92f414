"""A secret is found however it is written."""

import html
import json
import string
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.runtime.redaction import HIDDEN, Redaction

SECRET = "k3y+of/payments=&Zk9"
WAYS = {
    "as it is": lambda text: text,
    "in the query": lambda text: quote(text, safe=""),
    "as a path": quote,
    "as a form": quote_plus,
    "twice": lambda text: quote(quote(text, safe=""), safe=""),
    "every character": lambda text: "".join(f"%{ord(one):02X}" for one in text),
    "every other character": lambda text: "".join(f"%{ord(c):02x}" if at % 2 else c for at, c in enumerate(text)),
    "as JSON": json.dumps,
    "as JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "as JSON with slashes": lambda text: text.replace("/", "\\/"),
    "as numbers in JSON": lambda text: "".join(f"\\u{ord(one):04x}" for one in text),
    "as Python": repr,
    "as HTML": html.escape,
    "as numbers in HTML": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "in digits": lambda text: text.encode().hex(),
    "in large digits": lambda text: text.encode().hex().upper(),
    "as base64": lambda text: b64encode(text.encode()).decode(),
    "as base64 for addresses": lambda text: urlsafe_b64encode(text.encode()).decode(),
    "as credentials": lambda text: b64encode(f"ann:{text}".encode()).decode(),
    "in base64 of more": lambda text: b64encode(f"{{'app':'{text}','x':1}}".encode()).decode(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "around", ["{}", "before {} behind", "https://api.example/x?a=1&{}&b=2", '{{"message": "{}"}}']
)
def test_a_secret__is_hidden_in_every_encoding(way, around):
    written = WAYS[way](SECRET)
    line = around.format(written)
    hidden = Redaction([SECRET])(line)
    assert written not in hidden
    assert HIDDEN in hidden


@given(
    st.text(alphabet=string.printable.strip(), min_size=8, max_size=40).filter(lambda text: len(set(text)) > 4),
    st.lists(st.sampled_from(["plain", "percent", "json"]), min_size=40, max_size=40),
)
def test_a_secret__is_hidden_in_any_mixture(secret, ways):
    spell = {"plain": str, "percent": lambda one: f"%{ord(one):02x}", "json": lambda one: f"\\u{ord(one):04x}"}
    written = "".join(spell[way](one) for one, way in zip(secret, ways, strict=False))
    assert written not in Redaction([secret])(f"<<{written}>>")


@given(st.text(max_size=200))
def test_what_holds_no_secret__is_left_as_it_is(text):
    hide = Redaction(["k3y-that-is-nowhere-in-there-9x"])
    plain = Redaction()
    assert hide(text) == plain(text)


def test_json__is_hidden_in_names_and_texts_and_nowhere_else():
    given_ = {"a": [SECRET, 1, None], SECRET: {"b": f"x{SECRET}"}, "c": True}
    assert Redaction([SECRET]).redact_json(given_) == {"a": [HIDDEN, 1, None], HIDDEN: {"b": f"x{HIDDEN}"}, "c": True}


def test_one_more_secret__is_known_beside_the_others():
    first = Redaction(["first-secret"])
    assert first.with_secret("first-secret") is first
    assert first.with_secret("second-secret")("first-secret second-secret") == f"{HIDDEN} {HIDDEN}"
