"""Blocks and the surfaces that allow them (docs.slack.dev/reference/block-kit/blocks)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.data import CELL, CHART_FIELDS, TABLE_FIELDS, TABLE_OPTIONS, chart_rule, table_rule
from sandbox.slack.block_kit.elements import (
    BUTTONS,
    BUTTONS_IN_MESSAGES,
    CHOICES,
    CONTEXT_CONTROLS,
    INPUTS_IN_HOME,
    INPUTS_IN_MESSAGES,
    INPUTS_IN_MODALS,
    MOMENT,
    PICTURE,
)
from sandbox.slack.block_kit.rich_text import RICH_TEXT, RICH_TEXT_FIELDS
from sandbox.slack.block_kit.shapes import (
    Check,
    Fields,
    Findings,
    boolean,
    by_type,
    listed,
    one_of,
    shape,
    string,
    url,
)
from sandbox.slack.block_kit.texts import IMAGE, IMAGE_SOURCES, ONE_IMAGE_SOURCE, markup, plain, text

Kinds = Mapping[str, Check]


def _block(required: Fields, optional: Fields | None = None, rule: Check | None = None) -> Check:
    """Require a block whose block_id is unique in the payload."""

    def whole_block(value: Any, path: str, findings: Findings) -> None:  # noqa: ANN401 - whatever was sent
        block_id = value.get("block_id")
        if isinstance(block_id, str):
            if block_id in findings.block_ids:
                findings.add(f"{path}/block_id", f"{block_id!r} stands twice")
            findings.block_ids.add(block_id)
        if rule is not None:
            rule(value, path, findings)

    return shape(required, {"block_id": string(limits.IDENTIFIER), **(optional or {})}, whole_block)


def _says_something(value: dict[str, Any], path: str, findings: Findings) -> None:
    if "text" not in value and "fields" not in value:
        findings.add(path, "needs text or fields")


def _dispatch_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    element = value.get("element")
    findings.count("inputs")
    if value.get("dispatch_action") and isinstance(element, dict) and element.get("type") == "file_input":
        findings.add(path, "a file_input cannot dispatch actions")


def _table_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    findings.count("tables")
    given = value.get("rows")
    rows = [row for row in given if isinstance(row, list)] if isinstance(given, list) else []
    if len({len(row) for row in rows}) > 1:
        findings.add(f"{path}/rows", "all rows must have the same number of cells")
    settings = value.get("column_settings")
    if isinstance(settings, list) and rows and len(settings) > len(rows[0]):
        findings.add(f"{path}/column_settings", "there are more than columns")
    findings.count("table characters", sum(len(word) for row in rows for word in _words(row)))


def _words(value: Any) -> Iterable[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for one in value.values():
            yield from _words(one)


def _container_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    if "title" not in value and "rich_text_title" not in value:
        findings.add(path, "needs title or rich_text_title")
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        findings.add(path, "only what is collapsible can be collapsed at first")


def _markdown_rule(value: dict[str, Any], _path: str, findings: Findings) -> None:
    findings.count("markdown characters", len(str(value.get("text", ""))))


def _card_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    if not any(name in value for name in ("hero_image", "title", "actions", "body")):
        findings.add(path, "needs hero_image, title, actions or body")


_COLUMN: Final = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_CARD_TEXT: Final = markup(limits.CARD_TITLE)
_CARD: Final = _block(
    {},
    {
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": _CARD_TEXT,
        "subtitle": _CARD_TEXT,
        "body": markup(limits.CARD_BODY),
        "subtext": markup(limits.CARD_BODY),
        "actions": listed(by_type({"button": BUTTONS["button"]}), 1, limits.CARD_ACTIONS),
    },
    _card_rule,
)
_TASK: Final = _block(
    {"task_id": string(), "title": string(), "status": one_of("pending", "in_progress", "complete", "error")},
    {
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": listed(shape({"url": url(limits.URL), "text": string()}, kind="url"), 0, 100),
    },
)

_ALERT: Final = _block(
    {"text": text(limits.ALERT)}, {"level": one_of("default", "info", "warning", "error", "success")}
)
_EVERYWHERE: Final[dict[str, Check]] = {
    "context": _block(
        {
            "elements": listed(
                by_type({**PICTURE, "plain_text": plain(limits.TEXT), "mrkdwn": markup(limits.TEXT)}),
                1,
                limits.CONTEXT_ELEMENTS,
            )
        }
    ),
    "divider": _block({}),
    "header": _block({"text": plain(limits.HEADER)}),
    "image": _block(
        {"alt_text": string(limits.ALT_TEXT)},
        {**IMAGE_SOURCES, "title": plain(limits.IMAGE_TITLE)},
        ONE_IMAGE_SOURCE,
    ),
    "rich_text": _block(RICH_TEXT_FIELDS),
    "video": _block(
        {
            "video_url": url(limits.URL, "https"),
            "thumbnail_url": url(limits.URL, "http", "https"),
            "alt_text": string(limits.VIDEO_ALT_TEXT),
            "title": plain(limits.VIDEO_TITLE),
        },
        {
            "title_url": url(limits.URL, "https"),
            "author_name": string(limits.VIDEO_AUTHOR),
            "provider_name": string(limits.VIDEO_AUTHOR),
            "provider_icon_url": url(limits.URL, "http", "https"),
            "description": plain(limits.VIDEO_TITLE),
        },
    ),
}


def _with_controls(buttons: Kinds, moment: Kinds, inputs: Kinds) -> dict[str, Check]:
    """Return the blocks whose allowed elements depend on the surface."""
    return {
        "actions": _block({"elements": listed(by_type({**buttons, **CHOICES, **moment}), 1, limits.ACTIONS)}),
        "input": _block(
            {"label": plain(limits.INPUT_LABEL), "element": by_type(inputs)},
            {"hint": plain(limits.INPUT_LABEL), "optional": boolean, "dispatch_action": boolean},
            _dispatch_rule,
        ),
        "section": _block(
            {},
            {
                "text": text(),
                "fields": listed(text(limits.SECTION_FIELD), 1, limits.SECTION_FIELDS),
                "accessory": by_type({**buttons, **CHOICES, **PICTURE}),
                "expand": boolean,
            },
            _says_something,
        ),
    }


_TABLE: Final = _block(
    {"rows": listed(listed(CELL, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)},
    {"column_settings": listed(_COLUMN, 1, limits.TABLE_COLUMNS)},
    _table_rule,
)
# Both in the page (docs.slack.dev/reference/block-kit/blocks/container-block) and accepted by Slack.
_IN_CONTAINERS: Final = ("actions", "context", "divider", "header", "image", "section", "table", "video")

IN_MODALS: Final[dict[str, Check]] = {
    **_EVERYWHERE,
    **_with_controls(BUTTONS, MOMENT, INPUTS_IN_MODALS),
    "alert": _ALERT,
}
IN_HOME: Final[dict[str, Check]] = {**_EVERYWHERE, **_with_controls(BUTTONS, {}, INPUTS_IN_HOME)}
_BASIC: Final[dict[str, Check]] = {
    **_EVERYWHERE,
    **_with_controls(BUTTONS_IN_MESSAGES, MOMENT, INPUTS_IN_MESSAGES),
    "table": _TABLE,
}
IN_MESSAGES: Final[dict[str, Check]] = {
    **_BASIC,
    "card": _CARD,
    "carousel": _block({"elements": listed(by_type({"card": _CARD}), 1, limits.CAROUSEL_CARDS)}),
    "container": _block(
        {"child_blocks": listed(by_type({name: _BASIC[name] for name in _IN_CONTAINERS}), 1, limits.CONTAINER_BLOCKS)},
        {
            "title": plain(limits.CONTAINER_TITLE),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(limits.CONTAINER_TITLE),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": IMAGE,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        _container_rule,
    ),
    "context_actions": _block({"elements": listed(by_type(CONTEXT_CONTROLS), 1, limits.CONTEXT_ACTIONS)}),
    "data_table": _block(TABLE_FIELDS, TABLE_OPTIONS, table_rule),
    "data_visualization": _block(CHART_FIELDS, None, chart_rule),
    "markdown": _block({"text": string(limits.MARKDOWN_TOTAL)}, None, _markdown_rule),
    "plan": _block({"title": string()}, {"tasks": listed(by_type({"task_card": _TASK}), 1, limits.PLAN_TASKS)}),
    "task_card": _TASK,
}
COUNTED: Final = {
    "tables": limits.TABLES_PER_MESSAGE,
    "table characters": limits.TABLE_CHARACTERS,
    "charts": limits.CHARTS_PER_MESSAGE,
    "markdown characters": limits.MARKDOWN_TOTAL,
    "focus_on_load": 1,
}
