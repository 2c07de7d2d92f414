"""Numbers nobody can mean, in every answer of Flashduty at once: every view stands."""

import json
import re

import pytest
from harbor import CAROL, SEARCH

from sandbox.faults import Fault

WORDS = ("incidents", "incidents closed", "oncall", "oncall week", "oncall at:+6h", "me", "digest", "digest week")
# Too large, no number, endless, negative, too long to be read, the last second of the calendar, one beyond 64 bits.
LITERALS = ("1e15", "NaN", "1e400", "-1", "9" * 5_000, "253402300799", str(2**63), "1.5")


@pytest.mark.parametrize("literal", LITERALS, ids=lambda literal: literal[:12])
async def test_every_view__stands_whatever_the_numbers_are(quay, capfd, literal):
    """No view may fail because of a number that cannot be converted."""
    quay.flashduty.fail("*", Fault.numbers(literal), times=None)
    for words in WORDS:
        message = await quay.types(f"/flashduty {words}")
        assert "the bot made a mistake" not in json.dumps(message), words
    await quay.types("/flashduty digest post")
    out, errors = capfd.readouterr()
    assert "Traceback" not in out + errors
    assert "defect" not in out + errors


async def test_absurd_figures__are_not_told_as_none(quay):
    """A count that is not known is no zero."""
    quay.flashduty.fail("/insight/team", Fault.numbers("1e15"), times=None)
    message = await quay.types("/flashduty digest week")
    assert message["text"].startswith("*The reply of Flashduty could not be used")
    digest = await quay.types("/flashduty digest")
    assert "*Yesterday's figures* could not be read." in json.dumps(digest)


async def test_an_incident_of_no_known_time__says_so(quay):
    quay.flashduty.fail("/incident/list", Fault.numbers("1e15"), times=None)
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert "for an unknown time" in json.dumps(message)
    assert not re.search(r"\d d\b", message["text"])


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"request_id":"1","data":' + "[" * 100_000,
        '{"data":' * 50_000,
        '{"data":{"items":[' + "[]," * 10**6 + "0]}}",
    ],
    ids=["deep", "deep data", "deep objects", "a million lists"],
)
async def test_what_is_nested_or_long_beyond_reading__is_no_usable_answer(quay, capfd, body):
    quay.flashduty.fail("/incident/list", Fault.says(body), times=None)
    message = await quay.types("/flashduty incidents")
    assert message["text"].startswith("*The reply of Flashduty could not be used")
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("text", "kind", "status"),
    [
        ("[1, 2]", "application/json", 200),
        (
            "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
            "text/plain",
            503,
        ),
        ('{"kind": "Status", "apiVersion": "v1", "code": 404}', "application/json", 404),
        ("<html><body>Sign in</body></html>", "text/html", 200),
        ('"fine"', "application/json", 200),
    ],
    ids=["list", "mesh", "another service", "page", "text"],
)
async def test_something_else_that_answers__is_said_to_be_something_else(quay, capfd, text, kind, status):
    """A proxy's page, a mesh's 503 or the JSON of another service."""
    quay.flashduty.fail("*", Fault.says(text, content_type=kind, status=status), times=None)
    for words in WORDS:
        message = await quay.types(f"/flashduty {words}")
        assert "The reply was not from Flashduty" in json.dumps(message), words
    assert "Traceback" not in "".join(capfd.readouterr())
