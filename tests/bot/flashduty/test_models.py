import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from scripted import recorded

from bot.flashduty import Duty, Incident, Person, Progress, Schedule, Severity
from bot.flashduty.api.incidents import INCIDENT_PAGE
from bot.flashduty.api.people import PEOPLE
from bot.flashduty.api.schedules import SCHEDULE_PAGE

FULL = json.loads(recorded("incident-list"))["data"]["items"][0]
SCHEDULE = json.loads(recorded("schedule-list"))["data"]["items"][0]
PERSON = json.loads(recorded("person-infos"))["data"]["items"][0]


def mangled(record, keep):
    """The record with any of its fields missing or null; strings of any text, numbers of any documented size."""
    return st.fixed_dictionaries({name: st.just(record[name]) for name in keep}).flatmap(
        lambda kept: st.fixed_dictionaries(
            {}, optional={name: variation(value) for name, value in record.items() if name not in keep}
        ).map(lambda rest: rest | kept)
    )


def variation(value):
    null = st.none()
    if isinstance(value, bool):
        return st.booleans() | null
    if isinstance(value, int):
        return st.integers(-(2**63), 2**64 - 1) | st.just(0) | null
    if isinstance(value, str):
        return st.text() | null
    if isinstance(value, list):
        inner = (
            st.lists(variation(value[0]).filter(lambda each: each is not None), max_size=3) if value else st.just([])
        )
        return inner | null
    if isinstance(value, dict):
        return mangled(value, ()) | null
    return null


def texts_and_times(record):
    """Read everything public of a record: properties may not fail either."""
    for name in dir(type(record)):
        if not name.startswith(("_", "model_")) and name not in dir(BaseModel):
            getattr(record, name)
    return repr(record)


@settings(deadline=None)
@given(item=mangled(FULL, ("incident_id",)))
def test_an_incident__of_any_documented_variation__is_read(item):
    answer = json.dumps({"request_id": "01", "data": {"items": [item], "total": 1, "has_next_page": False}}).encode()
    incident = INCIDENT_PAGE.envelope.model_validate_json(answer).data.incidents[0]
    assert incident.id == FULL["incident_id"]
    assert isinstance(incident.severity, Severity)
    assert isinstance(incident.progress, Progress)
    assert isinstance(incident.started_at, datetime)
    assert incident.started_at.tzinfo is not None
    assert isinstance(incident.title, str)
    assert all(type(value) is str for value in incident.labels.values())
    assert texts_and_times(incident)


@settings(deadline=None)
@given(item=mangled(SCHEDULE, ()))
def test_a_schedule__of_any_documented_variation__is_read(item):
    answer = json.dumps({"request_id": "01", "data": {"items": [item], "total": 1}}).encode()
    schedule = SCHEDULE_PAGE.envelope.model_validate_json(answer).data.items[0]
    assert list(schedule.shifts) == sorted(schedule.shifts, key=lambda shift: shift.start)
    assert texts_and_times(schedule)


@settings(deadline=None)
@given(item=mangled(PERSON, ("person_id",)))
def test_a_person__of_any_documented_variation__is_read(item):
    answer = json.dumps({"request_id": "01", "data": {"items": [item]}}).encode()
    assert texts_and_times(PEOPLE.envelope.model_validate_json(answer).data.items[0])


def incident(**given):
    return Incident.model_validate({"incident_id": "a" * 24} | given)


def test_an_incident_of_nothing_but_an_id__has_a_value_for_everything():
    bare = incident()
    assert (bare.num, bare.title, bare.labels, bare.responders) == ("AAAAAA", "", {}, ())
    assert (bare.severity, bare.progress, bare.is_open) == (Severity.UNKNOWN, Progress.UNKNOWN, True)
    assert bare.started_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert (bare.ended_at, bare.snoozed_until, bare.closer_name, bare.escalation_rule) == (None, None, None, None)


def test_labels_that_are_no_texts__are_written_out():
    assert incident(labels={"a": 5, "b": None, "c": True, "d": [1]}).labels == {
        "a": "5",
        "b": "",
        "c": "True",
        "d": "[1]",
    }


def test_labels_of_two_incidents__are_not_one_dictionary():
    assert incident(labels=None).labels is not incident(labels=None).labels


@pytest.mark.parametrize(
    ("assigned", "rule", "level"),
    [
        ({"escalate_rule_id": "0" * 24, "layer_idx": 2, "escalate_rule_name": "x"}, None, None),
        ({"escalate_rule_id": "b" * 24, "layer_idx": 0}, "b" * 24, 0),
        ({"escalate_rule_id": "b" * 24, "layer_idx": None, "escalate_rule_name": "Nights"}, "Nights", 0),
        ({"person_ids": [1]}, None, None),
        (None, None, None),
    ],
)
def test_escalation__is_told_when_there_is_a_rule(assigned, rule, level):
    found = incident(assigned_to=assigned)
    assert (found.escalation_rule, found.escalation_level) == (rule, level)


def test_severities__have_an_order_in_which_an_unknown_one_is_not_overlooked():
    assert sorted(Severity, key=lambda severity: severity.rank) == [
        Severity.CRITICAL,
        Severity.WARNING,
        Severity.INFO,
        Severity.UNKNOWN,
        Severity.OK,
    ]


def test_models__cannot_be_changed_and_can_be_put_into_sets():
    first = incident(labels={"a": "b"})
    with pytest.raises(ValidationError, match="frozen"):
        first.title = "x"
    assert {first, incident(labels={"a": "b"})} == {first}


def test_a_model__is_shown_by_what_matters():
    assert repr(Person.model_validate(PERSON)) == "Person(id=7001, name='Alice Chen', status='enabled')"
    assert "description" not in repr(Incident.model_validate(FULL))


def test_nobody__is_one_thing_however_it_is_written():
    assert Duty.model_validate({"role_id": 1, "person_ids": None}) == Duty.model_validate(
        {"role_id": 1, "person_ids": []}
    )


def test_the_older_name_of_a_group__will_do():
    shift = {"start": 1, "end": 2, "group": {"name": "Old", "members": None}}
    schedule = Schedule.model_validate({"final_schedule": {"schedules": [shift]}})
    assert [(each.group, each.duties) for each in schedule.shifts] == [("Old", ())]


def test_a_time_of_another_kind__is_no_time():
    for odd in (-1, 0, None, "", "yesterday", "2026-11-24T08:00:00", 10**30, [], {}):
        assert incident(end_time=odd).ended_at is None


@pytest.mark.parametrize(
    ("given", "people"),
    [
        (None, ()),
        ({}, ()),
        ({"person_ids": None}, ()),
        ({"person_ids": [7001, 7002]}, (7001, 7002)),
        ({"person_ids": "7001"}, ()),
    ],
)
def test_an_incident__tells_to_whom_it_is_assigned_where_that_is_said(given, people):
    assert Incident.model_validate({"incident_id": "a" * 24, "assigned_to": given}).assigned_ids == people


def test_an_incident__tells_the_values_of_its_custom_fields():
    told = {"incident_id": "a" * 24, "fields": {"cause": "Release", "regions": ["EU"]}}
    assert Incident.model_validate(told).field_values == {"cause": "Release", "regions": ["EU"]}
    assert Incident.model_validate({"incident_id": "a" * 24, "fields": None}).field_values is None
