"""Rich text (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""

from typing import Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.shapes import Check, boolean, by_type, listed, one_of, shape, string, url, whole

_MOST: Final = 1000
_STYLE_FLAGS: Final = ("bold", "italic", "strike", "code", "underline", "highlight", "unlink")
_STYLE: Final = shape({}, dict.fromkeys(_STYLE_FLAGS, boolean))
_STYLED: Final = {"style": _STYLE}
_TEXT: Final = shape({"text": string(is_spacing=True)}, _STYLED)
_LINK: Final = shape({"url": url(limits.URL)}, {**_STYLED, "text": string(), "unsafe": boolean})
_INLINE: Final = by_type(
    {
        "text": _TEXT,
        "link": _LINK,
        "user": shape({"user_id": string()}, _STYLED),
        "usergroup": shape({"usergroup_id": string()}, _STYLED),
        "channel": shape({"channel_id": string()}, _STYLED),
        "team": shape({"team_id": string()}, _STYLED),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
        "emoji": shape({"name": string()}, {**_STYLED, "unicode": string(), "url": url(limits.URL)}),
        "color": shape({"value": string()}, _STYLED),
        "date": shape(
            {"timestamp": whole(0, 99_999_999_999), "format": string()},
            {**_STYLED, "url": url(limits.URL), "fallback": string()},
        ),
    }
)
_SECTION: Final = shape({"elements": listed(_INLINE, 0, _MOST)}, kind="rich_text_section")
_BORDER: Final = {"border": whole(0, 1)}
_PARTS: Final[dict[str, Check]] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {"elements": listed(_SECTION, 1, _MOST), "style": one_of("bullet", "ordered")},
        {**_BORDER, "indent": whole(0, limits.LIST_INDENT), "offset": whole(0, 10_000)},
    ),
    "rich_text_quote": shape({"elements": listed(_INLINE, 1, _MOST)}, _BORDER),
    "rich_text_preformatted": shape(
        {"elements": listed(by_type({"text": _TEXT, "link": _LINK}), 1, _MOST)}, {**_BORDER, "language": string()}
    ),
}

RICH_TEXT_FIELDS: Final = {"elements": listed(by_type(_PARTS), 1, _MOST)}
# A rich text inside something else: a table's cell, the first value of an input.
RICH_TEXT: Final = shape(RICH_TEXT_FIELDS, {"block_id": string(limits.IDENTIFIER)}, kind="rich_text")
