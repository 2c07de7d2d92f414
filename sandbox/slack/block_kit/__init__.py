"""Validation of messages and views: our reading of Slack's reference, in places stricter than Slack."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.attachments import attachment
from sandbox.slack.block_kit.blocks import COUNTED, IN_HOME, IN_MESSAGES, IN_MODALS
from sandbox.slack.block_kit.mrkdwn import markup_problems
from sandbox.slack.block_kit.shapes import Findings, boolean, by_type, listed, shape, string
from sandbox.slack.block_kit.texts import plain

SurfaceKind = Literal["message", "modal", "home", "view"]

__all__ = ["SurfaceKind", "problems"]

_VIEW_FIELDS = {
    "private_metadata": string(limits.PRIVATE_METADATA, shortest=0),
    "callback_id": string(limits.IDENTIFIER, shortest=0),
    "external_id": string(limits.IDENTIFIER, shortest=0),
}
_MODAL_FIELDS = {
    "close": plain(limits.VIEW_TITLE),
    "submit": plain(limits.VIEW_TITLE),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
_VIEWS = {
    "modal": shape(
        {"title": plain(limits.VIEW_TITLE), "blocks": listed(by_type(IN_MODALS), 1, limits.VIEW_BLOCKS)},
        {**_VIEW_FIELDS, **_MODAL_FIELDS},
    ),
    "home": shape({"blocks": listed(by_type(IN_HOME), 1, limits.VIEW_BLOCKS)}, _VIEW_FIELDS),
}
_MESSAGE_BLOCKS = listed(by_type(IN_MESSAGES), 0, limits.MESSAGE_BLOCKS)


_ATTACHMENTS = listed(attachment(_MESSAGE_BLOCKS), 0, limits.ATTACHMENTS)


def problems(payload: Mapping[str, Any], kind: SurfaceKind) -> list[str]:
    """List the problems that Slack, or this stricter sandbox, refuses, each with a JSON pointer.

    Of a message, `text`, `blocks` and `attachments` are checked; of a view, everything. `view` accepts both kinds.
    """
    findings = Findings()
    if kind == "message":
        _message(payload, findings)
    else:
        _view(payload, kind, findings)
    for what, most in COUNTED.items():
        if findings.counts.get(what, 0) > most:
            findings.add("", f"{findings.counts[what]} {what} in one payload, at most {most}")
    return findings.problems


def _message(message: Mapping[str, Any], findings: Findings) -> None:
    text = message.get("text")
    if text is not None:
        string(limits.MESSAGE_TEXT, shortest=0)(text, "/text", findings)
        for problem in markup_problems(str(text)):
            findings.add("/text", problem)
    if message.get("blocks") is not None:
        _MESSAGE_BLOCKS(message["blocks"], "/blocks", findings)
    if message.get("attachments") is not None:
        _ATTACHMENTS(message["attachments"], "/attachments", findings)
    if not text and not message.get("blocks") and not message.get("attachments"):
        findings.add("", "needs text, blocks or attachments")


def _view(view: Mapping[str, Any], kind: SurfaceKind, findings: Findings) -> None:
    declared = view.get("type")
    if declared not in _VIEWS or kind not in {"view", declared}:
        findings.add("/type", f"{declared!r} is not a view that can stand here")
        return
    _VIEWS[declared](view, "", findings)
    if declared == "modal" and findings.counts.get("inputs") and "submit" not in view:
        findings.add("", "a modal with inputs needs submit")
    size = len(json.dumps(view, separators=(",", ":")))
    if size > limits.VIEW_BYTES:
        findings.add("", f"view_too_large: {size} bytes, at most {limits.VIEW_BYTES}")
