"""Composition objects: texts, options, confirmations (docs.slack.dev/reference/block-kit/composition-objects)."""

from typing import Any
from urllib.parse import urlsplit

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.mrkdwn import markup_problems
from sandbox.slack.block_kit.shapes import Check, Findings, boolean, by_type, listed, one_of, shape, string, url


def plain(longest: int) -> Check:
    """Require a plain_text object."""
    return shape({"text": string(longest)}, {"emoji": boolean}, kind="plain_text")


def markup(longest: int) -> Check:
    """Require a mrkdwn object."""
    return shape({"text": _marked_up(longest)}, {"verbatim": boolean}, kind="mrkdwn")


def text(longest: int = limits.TEXT) -> Check:
    """Require a plain_text or a mrkdwn object."""
    return by_type({"plain_text": plain(longest), "mrkdwn": markup(longest)})


def _marked_up(longest: int) -> Check:
    written = string(longest)

    def check(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        written(value, path, findings)
        if isinstance(value, str):
            for problem in markup_problems(value):
                findings.add(path, problem)

    return check


STYLE = one_of("primary", "danger")

# docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
CONFIRM = shape(
    {
        "title": plain(limits.CONFIRM_TITLE),
        "text": plain(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
    },
    {"style": STYLE},
)

_VALUE = string(limits.OPTION_VALUE)
_DESCRIPTION = plain(limits.OPTION_TEXT)

MENU_OPTION = shape({"text": plain(limits.OPTION_TEXT), "value": _VALUE}, {"description": _DESCRIPTION})
TICK_OPTION = shape({"text": text(limits.OPTION_TEXT), "value": _VALUE}, {"description": text(limits.OPTION_TEXT)})
OVERFLOW_OPTION = shape(
    {"text": plain(limits.OPTION_TEXT), "value": _VALUE}, {"description": _DESCRIPTION, "url": url(limits.URL)}
)
OPTION_GROUP = shape(
    {"label": plain(limits.OPTION_TEXT), "options": listed(MENU_OPTION, 1, limits.OPTIONS)},
)

DISPATCH_CONFIG = shape(
    {"trigger_actions_on": listed(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
)

_CONVERSATION_KINDS = listed(one_of("im", "mpim", "private", "public"), 1, 4)


def _filters_something(value: dict[str, Any], path: str, findings: Findings) -> None:
    if not value:
        findings.add(path, "must filter by something")


CONVERSATION_FILTER = shape(
    {},
    {"include": _CONVERSATION_KINDS, "exclude_external_shared_channels": boolean, "exclude_bot_users": boolean},
    _filters_something,
)


def _one_source(value: dict[str, Any], path: str, findings: Findings) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        findings.add(path, "needs either image_url or slack_file")


def _one_name(value: dict[str, Any], path: str, findings: Findings) -> None:
    if ("id" in value) == ("url" in value):
        findings.add(path, "needs either id or url")


def _public(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
    """Require a public address of an image."""
    before = len(findings.problems)
    url(limits.URL, "http", "https")(value, path, findings)
    if len(findings.problems) == before and "." not in (urlsplit(value).hostname or ""):
        findings.add(path, "downloading image failed")


IMAGE_SOURCES = {
    "image_url": _public,
    "slack_file": shape({}, {"id": string(), "url": url(limits.URL)}, _one_name),
}
IMAGE = shape({"alt_text": string(limits.ALT_TEXT)}, IMAGE_SOURCES, _one_source)
ONE_IMAGE_SOURCE = _one_source
