"""Refresh under a list while Flashduty does not answer: the list stays, and says of when it is."""

import re
from datetime import timedelta

import pytest
from harbor import ALICE, CAROL, PAYMENTS

from sandbox.faults import Fault

MARK = re.compile(r"⚠️ As of <!date\^(\d+)[^>]*>: Flashduty does not answer\.")


def marked(message):
    found = MARK.search(message["text"])
    return int(found[1]) if found else None


@pytest.mark.parametrize("fault", [Fault.html(502), Fault.reset()])
async def test_a_list_that_cannot_be_refreshed__stays_and_is_marked(quay, fault):
    message = await quay.types("/flashduty incidents critical")
    then = quay.clock.now()
    quay.clock.shift(timedelta(minutes=7))
    quay.flashduty.fail("/incident/list", fault, times=None)
    await quay.presses(message, "again:refresh")
    (again,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(again) == int(then.timestamp())
    rows = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    assert [block["text"] for block in again["blocks"] if block["type"] == "section"] == rows
    quay.flashduty.mend()
    await quay.presses(again, "again:refresh")
    (afterwards,) = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(afterwards) is None


async def test_a_shared_list_that_cannot_be_refreshed__is_marked_for_everybody(quay):
    await quay.presses(await quay.types("/flashduty incidents"), "share")
    shared = quay.slack.seen_by(CAROL, PAYMENTS)[-1]
    quay.flashduty.fail("/incident/list", Fault.html(502), times=None)
    await quay.presses(shared, "again:refresh", CAROL)
    assert marked(quay.slack.seen_by(ALICE, PAYMENTS)[-1]) is not None


async def test_a_refusal_of_flashduty__marks_nothing_and_is_explained(quay):
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/list", Fault.code("AccessDenied"), times=None)
    await quay.presses(message, "again:refresh")
    listed, error = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(listed) is None
    assert "Incidents Read" in error["text"]


async def test_a_page_that_was_not_seen__is_explained_as_an_error(quay):
    message = await quay.types("/flashduty incidents")
    quay.flashduty.fail("/incident/list", Fault.html(502), times=None)
    await quay.presses(message, "again:next")
    listed, error = quay.slack.seen_by(ALICE, PAYMENTS)
    assert marked(listed) is None
    assert "page 1 of" in listed["text"]
    assert "Try again" in str(error["blocks"])
