"""Forms are what Slack takes, whatever people typed, and bring back what was left in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import Message
from bot.messages.blocks import actions, button, section, table_block
from bot.messages.forms import (
    Choice,
    Form,
    FormMetadata,
    field_errors,
    field_problems,
    loading,
    menu_field,
    message_form,
    options_payload,
    outdated_form,
    search_field,
    text_field,
    working,
)
from bot.messages.text import mrkdwn
from sandbox.slack.block_kit import problems
from tests.bot.samples import ALONE

ANY = st.text(max_size=200)


def filled(text="restarting", title="Leave a note"):
    fields = (
        search_field("which", "Which", "note", initial=Choice(text, "1"), placeholder=text, hint=text),
        menu_field("team", "Team", [Choice(text, "a"), Choice("other", "b")], initial=Choice(text, "a")),
        text_field("words", "Words", initial=text, max_length=3000, is_multiline=True, is_optional=True, hint=text),
    )
    return Form(title, fields, callback_id="note", submit="Leave", team="payments", metadata=text)


FORMS = {
    "loading": loading(ALONE, "Leave a note"),
    "working": working(ALONE, "Leave a note"),
    "working in words": working(ALONE, "Leave a note", mrkdwn("Leaving {what} …", what="<!channel>")),
    "outdated": outdated_form(ALONE),
    "message": message_form(
        ALONE, "Leave a note", Message.of(section(mrkdwn("Done.")), actions(button("More", "a", "v")))
    ),
    "message with a table": message_form(ALONE, "Leave a note", Message.of(table_block([["a", "b"], ["c", "d"]]))),
    "filled": filled(),
    "problem": filled().with_problem(Message.of(section(mrkdwn("No.")), actions(button("Try again", "a", "v")))),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form__is_what_slack_takes(name):
    assert problems(FORMS[name].payload, "modal") == []


@given(text=ANY, title=ANY)
def test_a_form_of_any_text__is_what_slack_takes_or_brings_it_back(text, title):
    payload = filled(text, title).payload
    assert problems(payload, "modal") == []
    assert FormMetadata.read(payload["private_metadata"]) == FormMetadata("payments", text)


def test_a_problem__stands_above_the_fields_and_offers_no_button_beside_sending():
    types = [block["type"] for block in FORMS["problem"].payload["blocks"]]
    assert types == ["section", "input", "input", "input"]


@pytest.mark.parametrize(
    "left", ["", "{", "[]", "null", '"x"', '{"v":2,"team":"a","held":""}', '{"v":1,"team":1,"held":""}', "[" * 9999]
)
def test_what_a_form_did_not_write__is_nothing_kept(left):
    assert FormMetadata.read(left) == FormMetadata()


def test_more_than_slack_keeps__is_a_defect():
    with pytest.raises(ValueError, match=r"30\d\d characters"):
        _ = Form("x", (section(mrkdwn("x")),), metadata="m" * 3000).payload
    with pytest.raises(ValueError, match="101 blocks"):
        _ = Form("x", (section(mrkdwn("x")),) * 101).payload


def test_entries_of_a_select__are_100_at_most():
    offered = options_payload(Choice("x" * 200, str(number)) for number in range(150))
    assert len(offered) == 100
    assert all(len(one["text"]["text"]) <= 75 for one in offered)


def test_sentences_beside_fields__are_plain_and_above_them_marked_up():
    wrong = {"words": "13 of 12 characters", "which": "That one\nis gone."}
    assert field_errors(wrong) == {"words": "13 of 12 characters", "which": "That one is gone."}
    assert "*13 of 12 characters*" in field_problems(wrong).text
    assert json.dumps(field_problems(wrong).payload)
