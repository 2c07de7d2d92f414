"""The entries that the decoding of timelines is tested with are as documented."""

import re

import pytest

from bot.flashduty.models.timeline_types import DETAIL_TYPES
from tests.bot.cards.entries import FEED

# What August added to entries of May; work items came with it.
AUGUST = {"comment_type", "comment_type_id"}
DOCUMENTED = [one for one in FEED if one["type"] != "i_teleported"]


def answer(entry, detail):
    present = {name: value for name, value in detail.items() if value is not None}
    return {"items": [entry | {"detail": present}], "has_next_page": False}


@pytest.mark.parametrize("entry", DOCUMENTED, ids=lambda one: one["type"])
def test_a_recorded_entry__is_as_documented(document, entry):
    known = set(document.openapi["components"]["schemas"]["IncidentFeedType"]["enum"])
    if entry["type"] in known - {"a_merge"}:
        detail = {name: value for name, value in entry["detail"].items() if name not in AUGUST}
        body = {"request_id": "01", "data": answer(entry, detail)}
        assert document.problems_in_answer("/incident/feed", 200, body) == []


@pytest.mark.parametrize("entry", DOCUMENTED, ids=lambda one: one["type"])
def test_a_recorded_entry__has_only_fields_of_the_newer_list(newer, entry):
    assert newer.problems_in_answer("/incident/feed", answer(entry, entry["detail"])) == []


def test_every_type_of_the_newer_list__is_known__and_has_its_own_words_in_details(newer):
    listed = newer.operations["/incident/feed"]["response.data"]["items"]["type"]
    assert set(re.findall(r"\b[ia]_\w+", listed)) == DETAIL_TYPES.keys()
