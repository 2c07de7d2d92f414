"""Data tables and charts, new in 2026.

docs.slack.dev/reference/block-kit/blocks/data-table-block and data-visualization-block; where the page and observed
limits differ, the smaller number counts.
"""

from typing import Any, Final

from sandbox.slack.block_kit import limits
from sandbox.slack.block_kit.rich_text import RICH_TEXT
from sandbox.slack.block_kit.shapes import Check, Findings, by_type, listed, number, shape, string, whole

_RAW: Final[dict[str, Check]] = {
    "raw_text": shape({"text": string()}),
    "raw_number": shape({"value": number, "text": string()}),
}
_HEADING: Final = by_type(_RAW)
CELL: Final = by_type({**_RAW, "rich_text": RICH_TEXT})

TABLE_FIELDS: Final = {
    "rows": listed(listed(CELL, 1, limits.TABLE_COLUMNS), 2, limits.DATA_ROWS),
    "caption": string(),
}
TABLE_OPTIONS: Final = {
    "page_size": whole(1, limits.DATA_PAGE),
    "row_header_column_index": whole(0, limits.TABLE_COLUMNS - 1),
}


def table_rule(value: dict[str, Any], path: str, findings: Findings) -> None:
    """Require rows of equal length, and no rich text in the heading."""
    rows = value.get("rows")
    lists = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    if len({len(row) for row in lists}) > 1:
        findings.add(f"{path}/rows", "all rows must have the same number of cells")
    for index, cell in enumerate(lists[0] if lists else []):
        _HEADING(cell, f"{path}/rows/0/{index}", findings)


_LABEL: Final = string(limits.CHART_LABEL)
_POINT: Final = shape({"label": _LABEL, "value": number})
_SERIES: Final = shape({"name": _LABEL, "data": listed(_POINT, 1, limits.CHART_POINTS)})
_AXES: Final = shape(
    {"categories": listed(_LABEL, 1, limits.CHART_POINTS)},
    {"x_label": string(limits.CHART_TITLE), "y_label": string(limits.CHART_TITLE)},
)


def _above_nothing(value: dict[str, Any], path: str, findings: Findings) -> None:
    if isinstance(value.get("value"), int | float) and value["value"] <= 0:
        findings.add(f"{path}/value", "must be above 0")


def _fits_the_axis(value: dict[str, Any], path: str, findings: Findings) -> None:
    """Require unique names, and the points of the axis."""
    series = [one for one in _dicts(value.get("series")) if isinstance(one.get("name"), str)]
    if len({one["name"] for one in series}) < len(series):
        findings.add(f"{path}/series", "the names of series must differ")
    axes = value.get("axis_config")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    for index, one in enumerate(series):
        if [point.get("label") for point in _dicts(one.get("data"))] != categories:
            findings.add(f"{path}/series/{index}/data", "must have the categories of the axis")


def _dicts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever was sent
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


_SLICE: Final = shape({"label": _LABEL, "value": number}, None, _above_nothing)
_PLOT: Final = shape({"series": listed(_SERIES, 1, limits.CHART_SERIES), "axis_config": _AXES}, None, _fits_the_axis)
CHART_FIELDS: Final = {
    "title": string(limits.CHART_TITLE),
    "chart": by_type(
        {
            "pie": shape({"segments": listed(_SLICE, 1, limits.CHART_SERIES)}),
            **dict.fromkeys(("bar", "area", "line"), _PLOT),
        }
    ),
}


def chart_rule(_value: dict[str, Any], _path: str, findings: Findings) -> None:
    """Count the charts of a message."""
    findings.count("charts")
