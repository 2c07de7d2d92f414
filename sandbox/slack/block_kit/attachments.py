"""Legacy attachments (docs.slack.dev/reference/messaging/attachments).

Beside `blocks` an attachment takes its colour and a fallback: with any other field Slack answers `invalid_attachments`
(github.com/slackapi/bolt-js/issues/717, github.com/slack-go/slack/pull/588).
"""

import re
from typing import Any, Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.shapes import Check, Findings, boolean, listed, number, shape, string, url

_MOST_FIELDS: Final = 100
_WORDS: Final = ("fallback", "pretext", "author_name", "author_subname", "title", "text", "callback_id")
_ADDRESSES: Final = ("author_link", "author_icon", "title_link", "image_url", "thumb_url", "footer_icon")
_SAYING: Final = frozenset({"blocks", "fallback", "pretext", "author_name", "title", "text", "fields", "image_url"})
_BESIDE_BLOCKS: Final = frozenset({"blocks", "color", "fallback"})
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}|good|warning|danger")
_FIELD: Final = shape({}, {"title": string(), "value": string(), "short": boolean})


def attachment(blocks: Check) -> Check:
    """Require an attachment with content; `blocks` checks its blocks."""
    return shape(
        {},
        {
            **{name: string(limits.MESSAGE_TEXT) for name in _WORDS},
            **{name: url(limits.URL, "http", "https") for name in _ADDRESSES},
            "blocks": blocks,
            "color": _colour,
            "fields": listed(_FIELD, 1, _MOST_FIELDS),
            "footer": string(limits.ATTACHMENT_FOOTER),
            "ts": number,
            "mrkdwn_in": listed(string(), 0, _MOST_FIELDS),
        },
        _says_something,
    )


def _says_something(value: dict[str, Any], path: str, findings: Findings) -> None:
    if not _SAYING & set(value):
        findings.add(path, "shows nothing")
    beside = sorted(set(value) - _BESIDE_BLOCKS)
    if "blocks" in value and beside:
        findings.add(path, f"takes no {', '.join(beside)} beside blocks")
    if value.get("blocks") == []:
        findings.add(f"{path}/blocks", "shows nothing")


def _colour(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        findings.add(path, "must be a colour of six hexadecimal digits, or good, warning or danger")
