import json
import os
from pathlib import Path

import pytest

from tests.bot.messages.test_forms import FORMS
from tests.proofs.block_kit.typecheck import complaints, missing

GOLDEN = Path(__file__).parents[2] / "bot"


def section(**more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": "磁盘 </script> \u2028 `${x}`"}, **more}


@pytest.fixture(autouse=True)
def _node():
    if absent := missing():
        if os.environ.get("TSC_REQUIRED"):
            pytest.fail(absent)
        pytest.skip(absent)


def test_every_golden_message__has_slacks_types(tmp_path):
    payloads = {path.stem: json.loads(path.read_text()) for path in sorted(GOLDEN.glob("*/golden/**/*.json"))}
    assert payloads
    assert complaints(payloads, tmp_path) == {}


WRONG = {
    "mrkdwn in a header": {"type": "header", "text": {"type": "mrkdwn", "text": "no markup here"}},
    "unknown field": section(colour="red"),
    "unknown style": section(
        accessory={"type": "button", "text": {"type": "plain_text", "text": "x"}, "style": "bold"}
    ),
    "unknown block": {"type": "sections"},
    "missing elements": {"type": "actions"},
}


def test_wrong_messages_and_views__are_found_and_right_ones_pass(tmp_path):
    wrong = {name: {"text": "x", "blocks": [section(), block]} for name, block in WRONG.items()}
    wrong["title of a view"] = {"type": "modal", "title": "Snooze", "blocks": [section()]}
    title = {"type": "plain_text", "text": "Snooze"}
    right = {
        "message": {"text": "x", "blocks": [section()]},
        "view": {"type": "modal", "callback_id": "snooze", "title": title, "blocks": [section()]},
    }
    assert complaints(wrong | right, tmp_path).keys() == wrong.keys()


def test_every_form__has_slacks_types(tmp_path):
    assert complaints({name: form.payload for name, form in FORMS.items()}, tmp_path) == {}
