"""What a weekly report says first, and that it says it beside its chart."""

from datetime import date

import pytest

from bot.report.messages import alt_text, report
from tests.bot.report.surfaces import quiet_week, week_report
from tests.bot.samples import EVERYBODY

NOTIFICATION = 100
ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ({}, "69 incidents in 7 days (21 critical), 40 the week before\nReport of team *payments*, Tue 17 Nov to M"),
        (
            {"before": None},
            "69 incidents in 7 days (21 critical)\nReport of team *payments*, Tue 17 Nov to Mon 23 Nov\n",
        ),
    ],
)
def test_notification__says_how_many_and_how_bad(before, said):
    assert report(EVERYBODY, week_report(**before), ON).text[:NOTIFICATION].startswith(said[:NOTIFICATION])


def test_a_report_with_its_chart__has_three_sentences_and_no_list_of_days():
    drawn = report(EVERYBODY, week_report(), ON, picture="F0CHART001")
    (numbers,) = [block.text.text for block in drawn.blocks if block.type == "section"]
    assert [line[-1] for line in numbers.splitlines()[1:]] == [".", ".", "."]
    shown = [block for block in drawn.payload["blocks"] if block["type"] == "image"]
    assert [block["slack_file"] for block in shown] == [{"id": "F0CHART001"}]
    assert not [block for block in drawn.blocks if block.type == "actions"]
    assert "*Day by day*" in report(EVERYBODY, week_report(), ON).text


def test_a_week_without_incidents__has_its_headline_and_its_days():
    drawn = report(EVERYBODY, quiet_week(), ON)
    assert drawn.text.startswith("0 incidents in 7 days (0 critical), 40 the week before\n")
    (days,) = [block.text.text for block in drawn.blocks if block.type == "section"]
    assert [line.endswith(": none") for line in days.splitlines()[1:]] == [True] * 7
    with_chart = report(EVERYBODY, quiet_week(), ON, picture="F0CHART001")
    assert not [block for block in with_chart.blocks if block.type == "section"]


def test_the_chart__is_described_with_every_day():
    assert "Mon 23 Nov: 19 incidents" in alt_text(EVERYBODY, week_report())
