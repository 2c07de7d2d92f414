"""Rules about tables and charts of data."""

from rules import BLOCKS, at_most, not_taken, without


def data_table(rows=2, columns=1, **more):
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "data_table", "caption": "x", "rows": [[cell] * columns] * rows, **more}


def chart(points=1, series=1, **more):
    names = [str(one) for one in range(points)]
    data = [{"label": name, "value": 1} for name in names]
    plotted = [{"name": str(one), "data": data} for one in range(series)]
    drawn = {"type": "bar", "series": plotted, "axis_config": {"categories": names}}
    return {"type": "data_visualization", "title": "x", "chart": drawn, **more}


def pie(slices=1, **more):
    segments = [{"label": str(one), "value": 1, **more} for one in range(slices)]
    return {"type": "data_visualization", "title": "x", "chart": {"type": "pie", "segments": segments}}


DATA_TABLE, CHART = f"{BLOCKS}/data-table-block", f"{BLOCKS}/data-visualization-block"

DATA = [
    at_most(101, "rows of a data table, with its heading", DATA_TABLE, lambda n: [data_table(n)]),
    at_most(20, "columns of a data table", DATA_TABLE, lambda n: [data_table(columns=n)]),
    at_most(100, "rows of a page", DATA_TABLE, lambda n: [data_table(page_size=n)]),
    at_most(2, "charts in a message", CHART, lambda n: [chart()] * n),
    at_most(50, "title of a chart", CHART, lambda n: [chart(title="x" * n)]),
    at_most(6, "series of a chart", CHART, lambda n: [chart(series=n)]),
    at_most(20, "points of a series", CHART, lambda n: [chart(points=n)]),
    at_most(6, "slices of a pie", CHART, lambda n: [pie(n)]),
    at_most(20, "label of a slice", CHART, lambda n: [pie(label="x" * n)]),
    not_taken(
        "a data table has a caption, a heading and a row, equally long",
        DATA_TABLE,
        without("caption", data_table()),
        data_table(1),
        data_table() | {"rows": [*data_table()["rows"], *data_table(columns=2)["rows"]]},
        data_table() | {"rows": [[{"type": "rich_text", "elements": []}], *data_table()["rows"]]},
        data_table(page_size=0),
    ),
    not_taken(
        "a chart's points are those of its axis, its series differ, and a slice is more than nothing",
        CHART,
        chart() | {"chart": chart()["chart"] | {"axis_config": {"categories": ["other"]}}},
        chart() | {"chart": chart()["chart"] | {"series": chart()["chart"]["series"] * 2}},
        chart() | {"chart": {"type": "pie", "segments": []}},
        chart() | {"chart": {"type": "radar"}},
        pie(value=0),
        pie(value="1"),
    ),
]
