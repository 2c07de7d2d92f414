"""Every error says what did not happen, to which incident, why, who can mend it and how, then the request id."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from bot.flashduty import Code
from bot.flashduty.api.incidents import INCIDENT_LIST
from bot.flashduty.api.lifecycle import INCIDENT_ACK
from bot.flashduty.errors import Reason
from bot.messages import errors
from bot.messages.changes import actions
from bot.messages.language import chinese
from tests.bot.samples import ALONE, TRIGGERED, failure, unreachable

# Who is asked, or what the reader does next.
REMEDY = re.compile(
    r"[Aa]sk (an administrator of the Flashduty account|the bot's administrator|Flashduty's support|for less)"
    r"|tell the bot's administrator|Try again|[Tt]he owner of the account can|its owner can look"
    r"|in the Flashduty console"
)
FAILURES = {
    **{
        f"{code.value} {operation.path}": failure(code, operation)
        for code in Code
        for operation in (INCIDENT_LIST, INCIDENT_ACK)
    },
    **{reason: unreachable(reason) for reason in get_args(Reason)},
    "named": replace(failure(Code.RESOURCE_NOT_FOUND), looked_for="0E83EE"),
    "owner": replace(failure(Code.ACCESS_DENIED), key_owner="Dana Okoye"),
    "wait": failure(Code.REQUEST_TOO_FREQUENTLY, retry_after=3.0),
}
CHANGES = {
    "acknowledging": (actions.acknowledging, "*#000001 was not acknowledged.*"),
    "undoing": (actions.undoing, "*The acknowledgement of #000001 was not undone.*"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", FAILURES)
def test_an_error__says_what_was_not_done_to_which_incident_why_the_remedy_and_the_request_id(name, change):
    words, not_done = CHANGES[change]
    failed = replace(FAILURES[name], not_done=words(ALONE, TRIGGERED.id).not_done)
    first, sentence, evidence = errors.explain(ALONE, failed).text.split("\n")
    assert first == not_done
    what, remedy = re.fullmatch(r"\*([^*]+)\* (.+)", sentence).groups()
    assert what.endswith(".")
    assert REMEDY.search(remedy)
    assert "request id" in evidence
    assert ("request id below" in remedy) <= (failed.error.request_id is not None)
    assert failed.error.operation.path in evidence


@pytest.mark.parametrize("name", FAILURES)
def test_an_error_in_chinese__has_the_same_parts(name):
    to = replace(ALONE, language=chinese())
    failed = replace(FAILURES[name], not_done=actions.acknowledging(to, TRIGGERED.id).not_done)
    first, sentence, evidence = errors.explain(to, failed).text.split("\n")
    assert "#000001" in first
    assert re.fullmatch(r"\*[^*]+\* .+", sentence)
    assert "请求 ID" in evidence
