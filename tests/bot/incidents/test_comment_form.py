"""The form for a comment in its telling states, and what it refuses beside its fields.

`UPDATE_GOLDEN=1 make test` writes the files anew; a person reads the diff. The types of all golden files are checked by
tests/proofs/block_kit.
"""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import NOW, incident
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.flashduty import Code, FlashdutyError
from bot.flashduty.api.incidents import INCIDENT_COMMENT
from bot.incidents.commenting.comments import COMMENT_LIMIT, fingerprint
from bot.incidents.messages import comment_form as forms
from bot.incidents.messages import incident_choices as choices
from bot.incidents.messages.comment import comment_added
from bot.incidents.messages.comment_form import CommentSubject, Typed, about_message, comment_form, wrong_fields
from bot.messages import errors
from bot.messages.changes import actions
from bot.messages.errors.denials import access_denied
from bot.messages.forms import Choice, FormMetadata, choices_of, loading, message_form, options_payload, working
from bot.messages.size import MESSAGE
from bot.messages.text import clipped, one_line, verbatim
from bot.teams.access import AccessDenied, DenialReason
from sandbox.slack.block_kit import problems
from sandbox.slack.block_kit.suggestions import suggestion_problems
from tests.bot.agreed import agreed
from tests.bot.samples import ALONE

GOLDEN = Path(__file__).parent / "golden" / "forms"
HOSTILE = "<!channel> <@U0ALICE> `rm -rf` *bold* <https://evil.example|Sign in> :tada: >quote & 支付\u202e"
PERMALINK = "https://harbor.slack.com/archives/C0PAYMENTS/p1795464310000100"
INCIDENT = incident(1)
ON_IT = CommentSubject.of_incident(ALONE, INCIDENT, "Alice Chen")
ABOUT = CommentSubject(writer="Alice Chen", author="Bob Müller", permalink=PERMALINK, fingerprint=fingerprint("slow"))
TOO_LONG, NO_WORDS = about_message(ABOUT, "the stack trace " * 90)
FAILED = errors.FailedCall(
    FlashdutyError(operation=INCIDENT_COMMENT, team="payments", code=Code.INTERNAL_ERROR, request_id="01REQUEST"),
    "payments",
    "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY",
    not_done=actions.commenting(ALONE, INCIDENT.id).not_done,
)
TYPED = Typed(words="restarting the database")
TYPES = [Choice(verbatim(name), f"{n:024x}") for n, name in enumerate(("Progress", "对外通告", HOSTILE))]
OF_A_TYPE = replace(TYPED, type_id=TYPES[1].value)
IN_DOUBT = replace(TYPED, at=NOW - timedelta(minutes=3), is_in_doubt=True)
NASTY = CommentSubject(
    writer=HOSTILE,
    author=HOSTILE,
    permalink=HOSTILE,
    incident=HOSTILE,
    incident_label=HOSTILE,
    incident_url=HOSTILE,
)
NO_CHOICE = {"incident": "Type the incident's number, for example 0E83EE, and choose it."}
ONE_TOO_MANY = {
    "comment": "It has 1,025 characters in Flashduty, with names and escaped characters; a comment holds 1,024."
    " Remove at least 1."
}

FORMS = {
    "comment-loading": loading(ALONE, forms.TITLE),
    "comment": comment_form(ALONE, ON_IT, "payments"),
    "comment-typed": comment_form(ALONE, ON_IT, "payments", typed=TYPED),
    "comment-with-types": comment_form(ALONE, ON_IT, "payments", types=TYPES),
    "comment-with-a-type-chosen": comment_form(ALONE, ON_IT, "payments", typed=OF_A_TYPE, types=TYPES),
    "comment-on-any-incident": comment_form(ALONE, CommentSubject(writer="Alice Chen"), "payments", typed=TYPED),
    "comment-on-a-chosen-incident": comment_form(
        ALONE,
        CommentSubject(writer="Alice Chen"),
        "payments",
        typed=replace(TYPED, incident=choices.incident_choice(ALONE, INCIDENT)),
    ),
    "comment-about-a-message": comment_form(ALONE, ABOUT, "payments", typed=Typed(words="slow")),
    "comment-about-a-message-without-a-link": comment_form(ALONE, replace(ABOUT, permalink=""), "payments"),
    "comment-about-a-long-message": comment_form(ALONE, TOO_LONG, "payments", typed=Typed(words=NO_WORDS)),
    "comment-not-added": comment_form(ALONE, ON_IT, "payments", typed=replace(TYPED, at=NOW - timedelta(minutes=3))),
    "comment-in-doubt": comment_form(ALONE, ON_IT, "payments", typed=IN_DOUBT),
    "comment-working": working(ALONE, forms.TITLE, actions.commenting(ALONE, INCIDENT.id).under_way),
    "comment-added": message_form(
        ALONE, forms.TITLE, comment_added(ALONE, INCIDENT, "restarting the database", team="payments")
    ),
    "comment-not-added-to-a-chosen-incident": comment_form(
        ALONE,
        CommentSubject(writer="Alice Chen"),
        "payments",
        typed=replace(TYPED, at=NOW - timedelta(minutes=3), meant_for=choices.incident_choice(ALONE, INCIDENT).label),
    ),
    "comment-refused": message_form(
        ALONE,
        forms.TITLE,
        access_denied(ALONE, AccessDenied(DenialReason.NOT_A_RESPONDER, ("payments",)), FAILED.not_done),
    ),
    "comment-failed": comment_form(ALONE, ON_IT, "payments", typed=TYPED).with_problem(errors.explain(ALONE, FAILED)),
    "comment-of-hostile-words": comment_form(ALONE, NASTY, HOSTILE, typed=Typed(words=HOSTILE)),
}


@pytest.mark.parametrize("name", FORMS)
def test_form__looks_as_agreed(name):
    payload = FORMS[name].payload
    assert payload == agreed(GOLDEN / f"{name}.json", payload)


def test_golden_files__are_all_of_a_form_there_is():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_form__is_one_slack_takes(name):
    payload = FORMS[name].payload
    assert problems(payload, "modal") == []
    assert View(**payload).to_dict() == {name: value for name, value in payload.items() if value}
    assert [block.to_dict() for block in Block.parse_all(payload["blocks"])] == payload["blocks"]
    assert len(payload["blocks"]) < MESSAGE.blocks


@pytest.mark.parametrize("name", FORMS)
def test_form__notifies_nobody_and_links_nowhere_else(name):
    shown = [text for block in FORMS[name].payload["blocks"] for text in _marked(block)]
    assert not [text for text in shown if re.search(r"<(@|!channel|!here|!everyone|!subteam|https?://evil)", text)]


def _marked(block):
    parts = [block.get("text"), *block.get("elements", [])]
    return [part["text"] for part in parts if isinstance(part, dict) and part.get("type") == "mrkdwn"]


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=2_000), st.text(max_size=600))
def test_what_a_form_keeps__comes_back_and_is_no_more_than_slack_takes(writer, author, title, address):
    broken = any("\ud800" <= character <= "\udfff" for character in address)
    subject = replace(
        CommentSubject.of_incident(ALONE, incident(9, title=title, detail_url="" if broken else address), writer),
        author=author,
        permalink=PERMALINK,
        message_length=99_999,
    )
    form = comment_form(ALONE, subject, "t" * 60)
    kept = FormMetadata.read(form.payload["private_metadata"])
    again = CommentSubject.unpacked(kept.metadata)
    assert (again.incident, again.permalink, again.message_length) == (subject.incident, PERMALINK, 99_999)
    assert (again.writer, again.author) == (clipped(one_line(writer), 80), clipped(one_line(author), 80))
    assert comment_form(ALONE, again, "t" * 60).metadata == form.metadata


@pytest.mark.parametrize(
    ("blocks", "found"),
    [
        (FORMS["comment-with-types"].payload["blocks"], [one.value for one in TYPES]),
        (FORMS["comment"].payload["blocks"], []),
        ([], []),
        ([{"block_id": "comment_type"}], []),
        ([{"block_id": "comment_type", "element": "menu"}], []),
        ([{"block_id": "comment_type", "element": {"options": {"text": "x"}}}], []),
        ([{"block_id": "comment_type", "element": {"options": ["x", {"value": "y"}, {"text": {"text": 1}}]}}], []),
        (
            [{"block_id": "comment_type", "element": {"options": [{"text": {"text": "A &amp; B"}, "value": "y"}]}}],
            ["y"],
        ),
    ],
)
def test_the_entries_of_a_menu__are_found_in_the_view_as_slack_sends_it_back(blocks, found):
    assert [one.value for one in choices_of(blocks, "comment_type")] == found


@pytest.mark.parametrize("kept", ["", "{", "[1]", '{"writer": 7}', "[" * 100_000])
def test_what_no_form_kept__is_a_comment_about_nothing(kept):
    assert CommentSubject.unpacked(kept) == CommentSubject()


@pytest.mark.parametrize(
    ("subject", "words", "chosen", "wrong"),
    [
        (ON_IT, "restarting", "", {}),
        (ON_IT, " \n", "", {"comment": "Type the comment."}),
        (ON_IT, "\u200b\u2060 \u3000", "", {"comment": "Type the comment."}),
        (CommentSubject(writer="Alice"), "x", "", NO_CHOICE),
        (CommentSubject(writer="Alice"), "x", "?", NO_CHOICE),
        (CommentSubject(writer="Alice"), "x", "0E83EE", {}),
        (replace(ON_IT, writer="Al"), "磁" * 1_011, "", {}),
        (replace(ON_IT, writer="Al"), "磁" * 1_012, "", ONE_TOO_MANY),
        (replace(ABOUT, incident="1"), "", "", {}),
    ],
)
def test_wrong_fields__are_told_beside_them_with_the_count(subject, words, chosen, wrong):
    assert wrong_fields(ALONE, subject, words=words, incident=chosen) == wrong


def test_a_message__that_just_fits__is_in_the_form_and_one_character_more_leaves_author_and_link():
    bare = replace(ABOUT, fingerprint="")
    room = COMMENT_LIMIT - bare.draft("x").length + 1
    assert about_message(bare, "x" * room) == (bare, "x" * room)
    without, words = about_message(bare, "x" * (room + 1))
    assert (words, without.message_length) == ("", COMMENT_LIMIT + 1)
    assert without.draft("").text.startswith(f"[message of Bob Müller in Slack]({PERMALINK})")


def test_options__of_any_incident__are_within_slacks_limits():
    strange = [incident(n, title=title) for n, title in enumerate(("", None, "字" * 200, HOSTILE, "x\ny"), 1)]
    offered = [
        *(choices.incident_choice(ALONE, one) for one in strange),
        choices.number_choice(ALONE, "0" * 300),
        choices.unchecked_number_choice(ALONE, "1" * 300),
        choices.list_unread(ALONE),
    ]
    assert suggestion_problems({"options": options_payload(offered)}) == []
