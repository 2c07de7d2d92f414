"""The limits that the client holds itself to are those of the published descriptions."""

import re

import pytest

from bot.flashduty import limits
from bot.flashduty.models.dispatch import PersonalChannel
from bot.incidents.commenting.comments import COMMENT_LIMIT

# Schema, field, keyword, and the client's limit.
DOCUMENTED = [
    ("AckIncidentRequest", "incident_ids", "maxItems", limits.INCIDENTS_PER_CALL),
    ("UnackIncidentRequest", "incident_ids", "maxItems", limits.INCIDENTS_PER_CALL),
    ("WakeIncidentRequest", "incident_ids", "maxItems", limits.INCIDENTS_PER_CALL),
    ("AssignIncidentRequest", "incident_ids", "maxItems", limits.INCIDENTS_PER_CALL),
    ("SnoozeIncidentRequest", "minutes", "maximum", limits.LONGEST_SNOOZE),
    ("ResolveIncidentRequest", "root_cause", "maxLength", limits.MAX_NOTE_LENGTH),
    ("ResolveIncidentRequest", "resolution", "maxLength", limits.MAX_NOTE_LENGTH),
    ("ReopenIncidentRequest", "reason", "maxLength", limits.MAX_NOTE_LENGTH),
    ("CommentIncidentRequest", "comment", "maxLength", COMMENT_LIMIT),
    ("AssignedTo", "person_ids", "maxItems", limits.PEOPLE_PER_CALL),
]
NEWER = [
    ("/incident/resolve", "root_cause", limits.MAX_NOTE_LENGTH),
    ("/incident/resolve", "resolution", limits.MAX_NOTE_LENGTH),
    ("/incident/resolve", "description", limits.MAX_DESCRIPTION_LENGTH),
    ("/incident/reopen", "reason", limits.MAX_NOTE_LENGTH),
    ("/incident/snooze", "minutes", limits.LONGEST_SNOOZE),
    ("/incident/comment", "comment", COMMENT_LIMIT),
]


@pytest.mark.parametrize(("schema", "field", "keyword", "limit"), DOCUMENTED)
def test_a_limit__is_that_of_the_document(document, schema, field, keyword, limit):
    assert document.openapi["components"]["schemas"][schema]["properties"][field][keyword] == limit


@pytest.mark.parametrize(("path", "field", "limit"), NEWER)
def test_a_limit__is_that_of_the_newer_list(newer, path, field, limit):
    told = newer.operations[path]["request"][field]
    assert re.search(r"(?:≤|max )(\d+)", told)[1] == str(limit)


def test_channels__are_those_that_the_document_gives_as_examples(document):
    notify = document.openapi["components"]["schemas"]["AddIncidentResponderRequest"]["properties"]["notify"]
    named = re.findall(r"`(\w+)`", notify["properties"]["personal_channels"]["description"])
    assert named == [str(channel) for channel in PersonalChannel]
