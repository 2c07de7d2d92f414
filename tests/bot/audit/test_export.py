"""Rows of the audit trail as text: harmless in a spreadsheet, readable, and the same in every language."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import NOW

from bot.audit.export import COLUMNS, as_csv_file, as_csv_line, as_json_line, harmless
from bot.storage.audit.audit_trail import AuditedAttempt, StoredAttempt, StoredOutcome

INCIDENT = "6b053cf8e4c12b80bd0e83ee"
SIGNS = "=+-@＝＋－＠"


def attempt(**given):
    known = {
        "attempt_id": "00000000000a",
        "attempted_at": NOW,
        "team": "payments",
        "workspace": "T0HARBOR",
        "slack_user_id": "U0ALICE",
        "slack_user_name": "Alice Chen",
        "action": "acknowledge",
        "incident_id": INCIDENT,
        "subject": "",
        "asked": "",
        "request_key": "not for people",
    }
    return StoredAttempt(**{**known, **given})


def row(result="done", **given):
    outcome = StoredOutcome(attempt_id="00000000000a", result=result, noted_at=NOW, key_owner_id=7005)
    return AuditedAttempt(attempt=attempt(**given), outcome=outcome)


def read(content):
    return list(csv.reader(io.StringIO(content)))


def test_a_row__has_the_columns_and_its_ids_as_they_are():
    ((*cells,),) = read(as_csv_line(row()))
    assert dict(zip(COLUMNS, cells, strict=True)) == {
        "at": "2026-11-24T08:00:00Z",
        "team": "payments",
        "action": "acknowledge",
        "result": "done",
        "reason": "",
        "incident_number": "#0E83EE",
        "incident_id": INCIDENT,
        "subject": "",
        "asked": "",
        "old": "",
        "new": "",
        "person_id": "U0ALICE",
        "person_name": "Alice Chen",
        "workspace": "T0HARBOR",
        "key_owner_id": "7005",
        "key_owner_name": "",
        "request_id": "",
        "outcome_at": "2026-11-24T08:00:00Z",
        "attempt_id": "00000000000a",
    }


def test_an_attempt_without_an_outcome__is_not_known():
    record = json.loads(as_json_line(AuditedAttempt(attempt=attempt())))
    assert (record["result"], record["outcome_at"]) == ("not_known", "")


def test_the_key_of_a_request__is_in_no_row():
    assert "not for people" not in as_json_line(row()) + as_csv_line(row())


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\u3000", "\n", "\ufeff"])
def test_a_cell_that_begins_a_formula__is_a_text(sign, before):
    assert harmless(f"{before}{sign}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("control", ["\t", "\r", "\n"])
def test_a_cell_that_begins_with_a_control__is_a_text_of_one_line(control):
    assert harmless(f"{control}=1") == "' =1"


@pytest.mark.parametrize(
    "plain", ["Alice Chen", "#0E83EE", INCIDENT, "U0ALICE", "2026-11-24T08:00:00Z", "", "a=b", "张三"]
)
def test_any_other_cell__stays_as_it_is(plain):
    assert harmless(plain) == plain


@given(name=st.text(max_size=40))
def test_whatever_a_person_is_called__is_one_cell_of_one_line_and_no_formula(name):
    rows = read(as_csv_line(row(slack_user_name=name)))
    ((*cells,),) = rows
    assert len(cells) == len(COLUMNS)
    shown = cells[COLUMNS.index("person_name")]
    assert shown.lstrip()[:1] not in set(SIGNS)
    assert not set(shown) & set("\t\r\n")


def test_a_file__begins_with_a_byte_order_mark_and_the_names_of_the_columns():
    content = as_csv_file([row(slack_user_name="张三")])
    assert content.startswith(b"\xef\xbb\xbfat,team,")
    assert "张三" in content.decode()
