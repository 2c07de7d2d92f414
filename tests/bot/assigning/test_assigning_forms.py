"""The forms that give an incident to others, for every language, within Slack's limits; and whom they name."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import ALICE, BOB, CAROL, NOW, PEOPLE, WANG, ago, ahead, schedule, shift

from bot.assigning.messages.choices import chosen_people, chosen_person, person_choices
from bot.assigning.messages.forms import (
    LABEL_OF,
    PERSON_FIELD,
    UNMATCHED,
    FormContents,
    add_form,
    escalate_form,
    noted_assignment,
    reassign_form,
    wrong_person,
)
from bot.assigning.model import Assignees, OnCallSchedule, on_call_ids, on_call_now, rule_steps
from bot.flashduty import EscalationRule
from bot.incidents.messages.actions.values import FormValue
from bot.messages.buttons import decode
from bot.messages.forms import FormMetadata
from bot.messages.language import chinese
from sandbox.slack.block_kit import problems
from tests.bot.agreed import agreed
from tests.bot.assigning.surfaces import NASTY, ON_LEVEL_1, RULE, WITH_BOB
from tests.bot.samples import ALONE, HOSTILE, readers
from tests.bot.test_languages import PSEUDO

GOLDEN = Path(__file__).parent / "golden" / "forms"
PRIMARY = schedule("Payments primary", shift(ago(hours=1), ahead(hours=2), ALICE), number=6001)
BACKUP = schedule(
    "Payments backup",
    shift(ago(hours=1), ahead(hours=2), BOB, role=1),
    shift(ago(hours=1), ahead(hours=2), CAROL, role=2),
    number=6002,
)
EMPTY = schedule("Payments sale days", shift(ahead(hours=3), ahead(hours=4), WANG), number=6003)
SCHEDULES = (PRIMARY, BACKUP, EMPTY)


def rule(*targets, number=RULE, name="Payments, day and night", **more):
    layers = [{"target": target, "escalate_window": 15, "force_escalate": False} for target in targets]
    told = {"rule_id": number, "rule_name": name, "priority": 0, "status": "enabled", "layers": layers}
    return EscalationRule.model_validate(told | more)


ROTA = rule(
    {"schedule_to_role_ids": {"6001": [0]}},
    {"schedule_to_role_ids": {"6002": [2]}, "person_ids": [WANG]},
    {"schedule_to_role_ids": {"6003": [0]}},
    {"team_ids": [4001], "emails": ["noc@harbor.example"]},
    {"person_ids": [WANG], "emails": ["noc@harbor.example", "desk@harbor.example"]},
    {"emails": ["noc@harbor.example"]},
)
OTHER = rule({"person_ids": [ALICE]}, number="6500000000000000000000b2", name=HOSTILE, priority=1)


def found(steps_of=None, *, on_call=SCHEDULES, rules=(ROTA, OTHER)):
    steps = rule_steps(steps_of, rules, SCHEDULES, now=NOW) if steps_of is not None else None
    return Assignees(on_call=on_call_now(on_call, NOW) if on_call is not None else None, steps=steps, people=PEOPLE)


def subject(form, one):
    return FormValue(team="payments", incident_id=one.id, form=form, channel="C0PAYMENTS", thread="1795464310.0001")


def contents(one, typed=None, **more):
    return FormContents(incident=one, typed=typed or {}, found=found(**more))


def forms(to):
    """Draw each of them, under its name."""
    chosen = {PERSON_FIELD: str(BOB), LABEL_OF + PERSON_FIELD: "Bob Müller", "notify": "voice"}
    several = {
        PERSON_FIELD: f"{BOB} {WANG} 7999 {BOB}",
        LABEL_OF + PERSON_FIELD: f"Bob Müller\n王小明 · 值班：Payments\n{HOSTILE}",
        UNMATCHED: f"Carl, {HOSTILE}",
    }
    hostile = Assignees(on_call=(OnCallSchedule(schedule=HOSTILE, person_ids=(ALICE, 7999)),), people=PEOPLE)
    return {
        "reassign": reassign_form(to, subject("reassign", ON_LEVEL_1), contents(ON_LEVEL_1)),
        "reassign-hostile": reassign_form(
            to,
            subject("reassign", NASTY),
            FormContents(incident=NASTY, typed={PERSON_FIELD: HOSTILE}, found=hostile),
        ),
        "reassign-nobody": reassign_form(to, subject("reassign", WITH_BOB), contents(WITH_BOB, on_call=(EMPTY,))),
        "reassign-unread": reassign_form(to, subject("reassign", WITH_BOB), contents(WITH_BOB, on_call=None)),
        "reassign-chosen": reassign_form(to, subject("reassign", WITH_BOB), FormContents(typed=chosen)),
        "escalate": escalate_form(to, subject("escalate", ON_LEVEL_1), contents(ON_LEVEL_1, steps_of=ON_LEVEL_1)),
        "escalate-all-rules": escalate_form(to, subject("escalate", WITH_BOB), contents(WITH_BOB, steps_of=WITH_BOB)),
        "escalate-unread": escalate_form(to, subject("escalate", ON_LEVEL_1), contents(ON_LEVEL_1)),
        "escalate-no-rule": escalate_form(
            to, subject("escalate", WITH_BOB), contents(WITH_BOB, steps_of=WITH_BOB, rules=())
        ),
        "add": add_form(to, subject("add_responder", ON_LEVEL_1), contents(ON_LEVEL_1)),
        "add-several-chosen": add_form(to, subject("add_responder", ON_LEVEL_1), contents(ON_LEVEL_1, several)),
        "add-chosen": add_form(to, subject("add_responder", ON_LEVEL_1), FormContents(typed=chosen)),
        "add-nobody-of-that-name": add_form(
            to, subject("add_responder", ON_LEVEL_1), contents(ON_LEVEL_1, {PERSON_FIELD: "Nobody Here"})
        ),
    }


FORMS = forms(ALONE)


@pytest.mark.parametrize("name", FORMS)
def test_form__looks_as_agreed(name):
    payload = FORMS[name].payload
    assert payload == agreed(GOLDEN / f"{name}.json", payload)


def test_golden_files__are_all_of_a_form_there_is():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FORMS)


@pytest.mark.parametrize("language", [chinese(), PSEUDO], ids=["zh", "long"])
def test_every_form__fits_in_every_language(language):
    for name, form in forms(readers(language).alone).items():
        assert problems(form.payload, "modal") == [], name


@pytest.mark.parametrize("name", FORMS)
def test_form__notifies_nobody_and_links_nowhere_else(name):
    held = json.dumps(FORMS[name].payload["blocks"], ensure_ascii=False)
    marked = re.findall(r'"type": "mrkdwn", "text": "((?:[^"\\]|\\.)*)"', held)
    assert not [text for text in marked if re.search(r"<(@|!channel|!here|!everyone|!subteam|https?://evil)", text)]


def test_on_call_now__has_who_is_on_call_at_this_moment_alone():
    assert on_call_ids(on_call_now(SCHEDULES, NOW)) == (ALICE, BOB, CAROL)
    assert on_call_ids(on_call_now(SCHEDULES, NOW + timedelta(hours=3))) == (WANG,)


def test_a_level__pages_the_roles_of_its_schedules__and_says_what_is_not_known():
    steps = rule_steps(ON_LEVEL_1, [ROTA, OTHER], SCHEDULES, now=NOW)
    assert [step.person_ids for step in steps] == [(ALICE,), (WANG, CAROL), (), (), (WANG,), ()]
    assert [step.unread for step in steps] == [0, 0, 0, 1, 0, 0]
    assert [step.addresses for step in steps] == [0, 0, 0, 1, 2, 1]
    assert [step.is_present for step in steps] == [True, False, False, False, False, False]
    assert [step.pages_nobody for step in steps] == [False, False, True, False, False, False]


def test_a_level__whose_schedules_were_not_read__pages_people_who_are_not_known():
    assert [step.unread for step in rule_steps(ON_LEVEL_1, [ROTA], None, now=NOW)] == [1, 1, 1, 1, 0, 0]


def test_an_incident_on_no_rule__can_be_given_to_every_enabled_one_of_its_channel():
    retired = rule({"person_ids": [BOB]}, number="6500000000000000000000c3", status="disabled")
    assert {step.rule_id for step in rule_steps(WITH_BOB, [OTHER, ROTA, retired], SCHEDULES, now=NOW)} == {
        ROTA.id,
        OTHER.id,
    }


def test_the_form__notes_the_assignment_it_was_drawn_for():
    kept = decode(FormValue, FormMetadata.read(FORMS["reassign"].payload["private_metadata"]).metadata)
    assert noted_assignment(kept) == int(ON_LEVEL_1.assigned_at.timestamp())


@pytest.mark.parametrize("value", ["", "?", "0", "-1", "7001 ", "٧", "9" * 19, "9" * 40])
def test_an_entry_that_is_no_person__is_none(value):
    assert chosen_person(value) is None


@pytest.mark.parametrize(
    ("values", "people"),
    [("", ()), ("?", ()), ("7001 ?", ()), ("7001", (7001,)), (" 7002  7001 7002 ", (7002, 7001)), ("Bob", ())],
)
def test_the_people_of_several_entries__are_named_once__and_none_where_one_is_nobody(values, people):
    assert chosen_people(values) == people


def test_more_people_than_one_control_pages__are_refused_beside_the_field():
    assert wrong_person(ALONE, " ".join(str(7000 + number) for number in range(20))) == {}
    assert wrong_person(ALONE, " ".join(str(7000 + number) for number in range(21))) == {
        "person": "Choose at most 20 people."
    }
    assert wrong_person(ALONE, "7001 ?") == {"person": "Choose one or more people from the list."}


@given(typed=st.text(max_size=80), names=st.lists(st.text(max_size=80), max_size=4))
def test_whatever_is_typed__the_select_fits(typed, names):
    on_call = [OnCallSchedule(schedule=name, person_ids=(ALICE, BOB)) for name in names]
    choices = person_choices(ALONE, typed, on_call=on_call, people=PEOPLE, others=PEOPLE.values())
    options = [one.option.to_dict() for one in choices]
    assert len({one["value"] for one in options}) == len(options)
    assert all(0 < len(one["text"]["text"]) <= 75 for one in options)
