"""More and the forms of actions in their telling states, for every reader, in every language, within Slack's limits."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import PEOPLE, incident
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.flashduty.limits import MAX_NOTE_LENGTH
from bot.flashduty.models.customs import CustomAction
from bot.incidents.messages.actions.close_form import changed_notes, close_form, reopen_form, wrong_notes
from bot.incidents.messages.actions.more import more_form
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.snooze_form import snooze_form
from bot.incidents.messages.actions.values import FormValue
from bot.messages.buttons import decode
from bot.messages.forms import FormMetadata
from bot.messages.language import chinese
from bot.messages.views import IncidentCard
from sandbox.slack.block_kit import problems
from tests.bot.agreed import agreed
from tests.bot.incidents.action_surfaces import CLOSED, NASTY, PROCESSING, SNOOZED
from tests.bot.samples import ALONE, HOSTILE, TRIGGERED, readers
from tests.bot.test_languages import PSEUDO, texts

GOLDEN = Path(__file__).parent / "golden" / "action_forms"
PLACE = ControlPlace(team="payments", view=IncidentCard(asked=TRIGGERED.id), channel="C0PAYMENTS")
CUSTOM = (
    CustomAction("Restart", 9101),
    CustomAction("Fail over to the second site", 9102),
    CustomAction(HOSTILE[:60], 9103),
)
CRITICAL = incident(24, incident_severity="Critical", progress="Processing")
LONGEST = incident(25, description="d" * 3_000, root_cause="r" * 1_024, resolution="s" * 1_024, title="t" * 512)


def subject(form, one):
    return FormValue(
        team="payments", incident_id=one.id, form=form, view=PLACE.view, channel=PLACE.channel, thread="1795464310.0001"
    )


def forms(to):
    """Draw each of them, under its name."""
    looking = replace(to, may_act=False)
    states = {"triggered": TRIGGERED, "processing": PROCESSING, "snoozed": SNOOZED, "closed": CLOSED, "hostile": NASTY}
    more = {f"more-{name}": more_form(to, one, PEOPLE, PLACE) for name, one in states.items()}
    return {
        **more,
        "more-custom-actions": more_form(to, TRIGGERED, PEOPLE, PLACE, custom=CUSTOM),
        "more-critical": more_form(to, CRITICAL, PEOPLE, PLACE),
        "more-looking": more_form(looking, TRIGGERED, PEOPLE, PLACE),
        "more-key-refused": more_form(replace(to, may_change=False), TRIGGERED, PEOPLE, PLACE, custom=CUSTOM),
        "snooze": snooze_form(to, subject("snooze", PROCESSING), PROCESSING, {}),
        "snooze-snoozed": snooze_form(to, subject("snooze", SNOOZED), SNOOZED, {}),
        "snooze-unacknowledged": snooze_form(to, subject("snooze", TRIGGERED), TRIGGERED, {}),
        "snooze-typed": snooze_form(to, subject("snooze", PROCESSING), None, {"until": HOSTILE[:60]}),
        "close": close_form(to, subject("close", PROCESSING), PROCESSING, {}),
        "close-longest": close_form(to, subject("close", LONGEST), LONGEST, {}),
        "close-typed": close_form(
            to, subject("close", PROCESSING), None, {"root_cause": "a leak", "resolution": HOSTILE}
        ),
        "reopen": reopen_form(to, subject("reopen", CLOSED), CLOSED, {}),
        "reopen-typed": reopen_form(to, subject("reopen", CLOSED), None, {"reason": "it is back"}),
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
            # A custom action is called as the account calls it.
            called = tuple(one.name[:25] for one in CUSTOM)
            assert [text for text in labels if not text.startswith(("⟦", *called))] == [], name


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


@given(description=st.text(max_size=3_200), root_cause=st.text(max_size=1_100), resolution=st.text(max_size=1_100))
def test_whatever_flashduty_has__the_form_fits__and_sends_nothing_that_nobody_changed(
    description, root_cause, resolution
):
    one = incident(26, description=description, root_cause=root_cause, resolution=resolution)
    form = close_form(ALONE, subject("close", one), one, {})
    assert problems(form.payload, "modal") == []
    kept = decode(FormValue, FormMetadata.read(form.payload["private_metadata"]).metadata)
    shown = {
        block["block_id"]: block["element"].get("initial_value", "")
        for block in form.payload["blocks"]
        if block["type"] == "input"
    }
    assert changed_notes(kept, shown) == {}
    assert changed_notes(kept, shown | {"root_cause": "\U0001f525 new"}) == {"root_cause": "\U0001f525 new"}


def test_a_text_over_the_limit__is_told_beside_its_field():
    typed = {"root_cause": "x" * (MAX_NOTE_LENGTH + 1), "resolution": "x" * MAX_NOTE_LENGTH}
    assert wrong_notes(ALONE, subject("close", PROCESSING), typed) == {
        "root_cause": "It has 1,025 characters, and 1,024 fit. Remove at least 1."
    }
