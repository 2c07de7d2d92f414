"""Legacy attachments (docs.slack.dev/reference/messaging/attachments)."""

from typing import Any, Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.shapes import Check, Findings, boolean, listed, number, shape, string, url

_MOST_FIELDS: Final = 100
_WORDS: Final = ("fallback", "pretext", "author_name", "author_subname", "title", "text", "callback_id")
_ADDRESSES: Final = ("author_link", "author_icon", "title_link", "image_url", "thumb_url", "footer_icon")
_SAYING: Final = frozenset({"blocks", "fallback", "pretext", "author_name", "title", "text", "fields", "image_url"})
_FIELD: Final = shape({}, {"title": string(), "value": string(), "short": boolean})


def attachment(blocks: Check) -> Check:
    """Require an attachment with content; `blocks` checks its blocks."""
    return shape(
        {},
        {
            **{name: string(limits.MESSAGE_TEXT) for name in _WORDS},
            **{name: url(limits.URL, "http", "https") for name in _ADDRESSES},
            "blocks": blocks,
            "color": string(limits.IDENTIFIER),
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
