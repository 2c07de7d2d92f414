"""The chart, in the process that draws it, where nothing can be written."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from bot.flashduty import Severity
from bot.incidents.figures import DayFigures
from bot.report.gather import chart_data
from bot.report.messages import chart_title
from bot.report.model import ReportDay, WeeklyReport
from tests.bot.samples import ALONE

ROOT = Path(__file__).parents[3]
PNG = b"\x89PNG\r\n\x1a\n"
SECONDS = 120

# Every mount is made read-only, in a namespace of our own: stricter than the container, which has a /dev/shm.
READ_ONLY = """
mount --make-rprivate /
awk '{print $5}' /proc/self/mountinfo | sort -u | while read -r at; do
    case "$at" in /proc*|/sys*) ;; *) mount -o remount,bind,ro "$at" 2>/dev/null ;; esac
done
exec "$@"
"""
# As the image runs it; what is installed here for root alone may be read all the same.
AS_THE_IMAGE = [
    "setpriv",
    "--reuid=10001",
    "--regid=10001",
    "--clear-groups",
    "--inh-caps=-all,+dac_read_search",
    "--ambient-caps=-all,+dac_read_search",
    "--bounding-set=-all,+dac_read_search",
]
DRAWS = """
import asyncio, json, os, sys
for folder in (".", "/", "/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), sys.prefix):
    try:
        open(os.path.join(folder, "flashduty-bot-was-here"), "w").close()
    except OSError:
        continue
    sys.exit(f"{folder} can be written")
from bot.report.chart import draw_chart
sys.stdout.buffer.write(asyncio.run(draw_chart(json.load(sys.stdin))))
"""


def a_week():
    """A week of a team with a Chinese name; one day without anybody who acknowledged."""
    first = date(2026, 11, 17)
    waited = [timedelta(minutes=7) * n for n in range(7)]
    return WeeklyReport(
        "支付",
        tuple(
            ReportDay(
                first + timedelta(days=n),
                {Severity.CRITICAL: n, Severity.WARNING: 2 * n, Severity.INFO: 1},
                DayFigures(incidents=3 * n + 1, acknowledged=n, to_acknowledge=waited[n]),
            )
            for n in range(7)
        ),
        None,
    )


def as_the_container_runs(*command):
    if os.geteuid() != 0:
        return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", READ_ONLY, "sh", *command]
    return ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", *AS_THE_IMAGE, *command]


def test_the_chart__where_nothing_can_be_written__is_drawn_as_a_picture():
    found = a_week()
    assert "支付" in chart_title(ALONE, found)
    drawn = subprocess.run(  # noqa: S603 - our own words
        as_the_container_runs(sys.executable, "-B", "-c", DRAWS),
        input=json.dumps(chart_data(found)).encode(),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        timeout=SECONDS,
    )
    assert drawn.returncode == 0, drawn.stderr.decode(errors="replace")
    assert drawn.stdout.startswith(PNG)
    assert len(drawn.stdout) > 10_000
