"""The form that an account demands: as agreed, for every reader and language; which fields it has, and what is sent."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.flashduty.models.customs import CustomFields
from bot.incidents.messages.account_forms.fields import (
    MOST_FIELDS,
    answer_fields,
    answers_of,
    fields_as_drawn,
    read_choice,
    read_number,
    written_choice,
)
from bot.incidents.messages.account_forms.form import AnswerContents, answer_form, console_as_drawn, wrong_answers
from bot.incidents.messages.actions.values import FormValue
from bot.messages.language import chinese
from bot.messages.views import IncidentCard
from sandbox.slack.block_kit import problems
from tests.bot.agreed import agreed
from tests.bot.incidents.action_surfaces import NASTY, PROCESSING
from tests.bot.samples import ALONE, HOSTILE, TRIGGERED, readers
from tests.bot.test_languages import PSEUDO, texts

GOLDEN = Path(__file__).parent / "golden" / "account_forms"
ADDRESS = "https://console.flashcat.cloud/incident/detail/1"
WORDY = "A choice whose words are more than the seventy-five that Slack shows of one in a menu"


def defined(*items):
    """Custom fields as `/field/list` returns them."""
    return CustomFields.model_validate({"items": list(items)}).items


def field(name, kind="text", **more):
    return {"field_name": name, "display_name": name.title(), "field_type": kind, "status": "enabled", **more}


FIELDS = answer_fields(
    defined(
        field("affected_service", description="As in the catalogue of services"),
        field("cause", "single_select", options=["Release", "Capacity", "第三方"]),
        field("regions", "multi_select", options=["EU", "US", "APAC"]),
        field("customers_told", "checkbox", value_type="bool"),
        field("loss_percent", value_type="float", display_name="Loss, %"),
    )
)
NASTY_FIELDS = answer_fields(
    defined(
        field("a", display_name=HOSTILE[:39], description=HOSTILE * 9),
        field("b", "single_select", display_name="", options=[HOSTILE[:40], WORDY, ":fire:", "<!channel>"]),
        field("c", "multi_select", options=[f"{number} & <more>" for number in range(100)]),
    )
)
FILLED = {
    "summary": "Disk of web-01",
    "answer:text:affected_service": "ledger",
    "answer:one:cause": written_choice("第三方"),
    "answer:several:regions": "\n".join([written_choice("US"), written_choice("EU")]),
    "answer:flag:customers_told": "no",
    "answer:number:loss_percent": "1.5",
}


def subject(form, one=TRIGGERED, **more):
    return FormValue(
        team="payments", incident_id=one.id, form=form, view=IncidentCard(asked=one.id), channel="C0PAYMENTS", **more
    )


def forms(to):
    """Draw each of them, under its name."""

    def drawn(form, one=TRIGGERED, *, minutes=0, says="", **contents):
        contents = {"incident": one, "fields": FIELDS, "typed": {}, "address": ADDRESS, **contents}
        return answer_form(to, subject(form, one, minutes=minutes, says=says), AnswerContents(**contents))

    notes = {"root_cause": "a leak", "resolution": HOSTILE, "description": "on web-01"}
    return {
        "acknowledge": drawn("answer_acknowledge"),
        "acknowledge-and-snooze": drawn("answer_acknowledge", minutes=60),
        "close": drawn("answer_close", PROCESSING, says="custom_fields: the form asks for cause"),
        "close-with-notes": drawn("answer_close", PROCESSING, typed=notes),
        "filled-in": drawn("answer_acknowledge", incident=None, typed=FILLED),
        "hostile": drawn("answer_close", NASTY, fields=NASTY_FIELDS, typed={"summary": HOSTILE}, says=HOSTILE),
        "none": drawn("answer_acknowledge", fields=(), without="none"),
        "denied": drawn("answer_acknowledge", fields=(), without="denied"),
        "no-answer": drawn("answer_close", fields=(), without="no_answer", address=None),
    }


FORMS = forms(ALONE)


@pytest.mark.parametrize("name", FORMS)
def test_form__looks_as_agreed(name):
    payload = FORMS[name].payload
    assert payload == agreed(GOLDEN / f"{name}.json", payload)


def test_golden_files__are_all_of_a_form_there_is():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FORMS)


@pytest.mark.parametrize("language", [chinese(), PSEUDO], ids=["zh", "long"])
def test_every_form__fits_in_every_language__and_says_nothing_beside_the_catalogue(language):
    for name, form in forms(readers(language).alone).items():
        assert problems(form.payload, "modal") == [], name
        if language is PSEUDO:
            labels = [text for block in form.payload["blocks"] for text in texts(block.get("accessory", {}))]
            assert [text for text in labels if not text.startswith("⟦")] == [], name


@pytest.mark.parametrize("name", FORMS)
def test_form__is_one_slack_takes(name):
    payload = FORMS[name].payload
    assert problems(payload, "modal") == []
    assert View(**payload).to_dict() == {name: value for name, value in payload.items() if value}
    assert [block.to_dict() for block in Block.parse_all(payload["blocks"])] == payload["blocks"]


@pytest.mark.parametrize("name", FORMS)
def test_form__notifies_nobody_and_links_nowhere_else(name):
    held = json.dumps(FORMS[name].payload["blocks"], ensure_ascii=False)
    marked = re.findall(r'"type": "mrkdwn", "text": "((?:[^"\\]|\\.)*)"', held)
    assert not [text for text in marked if re.search(r"<(@|!channel|!here|!everyone|!subteam|https?://evil)", text)]


@pytest.mark.parametrize("fields", [FIELDS, NASTY_FIELDS], ids=["usual", "hostile"])
def test_fields__are_read_back_from_the_form_as_slack_returns_it(fields):
    form = answer_form(
        ALONE, subject("answer_close"), AnswerContents(incident=TRIGGERED, fields=fields, typed={}, address=ADDRESS)
    )
    again = fields_as_drawn(form.payload["blocks"])
    assert [(one.block_id, one.choices) for one in again] == [(one.block_id, one.choices) for one in fields]
    assert console_as_drawn(form.payload["blocks"]) == ADDRESS
    drawn = answer_form(
        ALONE, subject("answer_close"), AnswerContents(incident=TRIGGERED, fields=again, typed={}, address=ADDRESS)
    )
    assert drawn.payload == form.payload


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda held: st.lists(held, max_size=3) | st.dictionaries(st.sampled_from(["text", "options", "value"]), held),
    max_leaves=8,
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "block_id": JSON | st.sampled_from(["answer:one:x", "answer:text:y", "answer:flag:", "answer:odd:x"]),
                "label": JSON,
                "hint": JSON,
                "element": JSON,
                "accessory": JSON,
            },
        ),
        max_size=4,
    )
)
def test_whatever_blocks_come_back__a_form_is_drawn(blocks):
    contents = AnswerContents(fields=fields_as_drawn(blocks)[:1], typed={}, address=console_as_drawn(blocks))
    assert problems(answer_form(ALONE, subject("answer_close"), contents).payload, "modal") == []


NAMES = st.text(max_size=60)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {"field_name": NAMES | st.sampled_from(["cause", "a b"]), "display_name": NAMES},
        optional={
            "field_type": st.sampled_from(["text", "checkbox", "single_select", "multi_select", "person"]),
            "value_type": st.sampled_from(["string", "float", "bool", "money"]),
            "description": st.text(max_size=600),
            "options": JSON | st.lists(st.text(max_size=200), max_size=120),
        },
    ),
    max_size=6,
)


@given(items=ITEMS, typed=st.dictionaries(st.sampled_from(list(FILLED)), st.text(max_size=40)))
def test_whatever_fields_an_account_has__the_form_is_one_slack_takes(items, typed):
    fields = answer_fields(defined(*items))
    contents = AnswerContents(incident=TRIGGERED, fields=fields, typed=typed, address=ADDRESS)
    assert problems(answer_form(ALONE, subject("answer_acknowledge"), contents).payload, "modal") == []
    answers_of(typed).body()
    wrong_answers(ALONE, subject("answer_acknowledge"), typed)


def test_many_large_fields__are_cut_to_what_a_view_holds():
    large = [field(f"f{number}", "multi_select", options=[f"{at:0>99}" for at in range(100)]) for number in range(99)]
    fields = answer_fields(defined(*large))
    form = answer_form(ALONE, subject("answer_close"), AnswerContents(incident=TRIGGERED, fields=fields, typed={}))
    assert 0 < len(fields) < len(large)
    assert problems(form.payload, "modal") == []
    assert len(answer_fields(defined(*(field(f"f{number}") for number in range(200))))) == MOST_FIELDS


def test_what_was_filled_in__is_sent_by_the_type_of_its_field__and_what_is_empty_is_not():
    assert answers_of(FILLED).body() == {
        "summary": "Disk of web-01",
        "custom_fields": {
            "affected_service": "ledger",
            "cause": "第三方",
            "regions": ["US", "EU"],
            "customers_told": False,
            "loss_percent": 1.5,
        },
    }
    assert answers_of(dict.fromkeys(FILLED, "")).body() == {}
    assert answers_of({"root_cause": "x", "other": "y"}).body() == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        (" 12 ", 12.0),
        ("-3.25", -3.25),
        (".5", 0.5),
        ("５０", 50.0),
        ("1e5", None),
        ("1,5", None),
        ("nan", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_a_number__is_read_as_people_type_it(text, number):
    assert read_number(text) == number


@given(st.text(max_size=120))
def test_a_choice__survives_slack(choice):
    written = written_choice(choice)
    assert not re.search("[&<>\n]", written)
    assert read_choice(written) == choice


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"o":1}', "[" * 5000, "x"])
def test_what_is_no_choice__is_none(written):
    assert read_choice(written) == ""


def test_a_text_that_is_too_long__is_said_beside_its_field():
    typed = {
        "summary": "x" * 1_025,
        "answer:text:a": "x" * 1_030,
        "root_cause": "x" * 1_024,
        "description": "x" * 3_001,
    }
    assert wrong_answers(ALONE, subject("answer_close"), typed) == {
        "summary": "It has 1,025 characters, and 1,024 fit. Remove at least 1.",
        "answer:text:a": "It has 1,030 characters, and 1,024 fit. Remove at least 6.",
        "description": "It has 3,001 characters, and 3,000 fit. Remove at least 1.",
    }
