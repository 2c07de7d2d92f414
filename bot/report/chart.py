"""Draw the chart in a process of its own: the plotting library takes seconds to load and blocks the event loop.

Run as a script it reads the numbers as JSON and writes a PNG; it imports nothing of the bot.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

DRAWING_TIMEOUT: Final = 60.0
# A folder that does not exist.
NO_CACHE_FOLDER: Final = "/nonexistent"
# Different patterns as well as colours; the colours differ in lightness too.
_LOOKS: Final = {"Critical": ("#b3261e", ""), "Warning": ("#f2a33a", "//"), "Info": ("#8fb8de", "..")}

_SIZE: Final = 12


class NotDrawnError(Exception):
    """The chart could not be drawn; the text says why."""


async def draw_chart(numbers: Mapping[str, Any]) -> bytes:
    """Make a PNG of what `bot.report.gather.chart_data` gives; raises NotDrawnError.

    Nothing is written to disk: the container's is read-only. The process does not get the bot's environment, which
    holds tokens and keys.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-B",
        __file__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", ""), "MATPLOTLIBRC": os.devnull},
    )
    try:
        async with asyncio.timeout(DRAWING_TIMEOUT):
            picture, errors = await process.communicate(json.dumps(numbers).encode())
    except TimeoutError:
        raise NotDrawnError("it took too long") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not picture:
        last = errors.decode(errors="replace").strip().splitlines()[-1:]
        raise NotDrawnError(last[0] if last else f"exit code {process.returncode}")
    return picture


def _png(numbers: Mapping[str, Any]) -> bytes:
    """Draw bars by severity and a line of minutes below; digits and Latin letters only, which need no font of ours."""
    import matplotlib as mpl  # noqa: PLC0415 - loaded here and nowhere else

    # Both return a folder for a list of fonts and for own styles; they create it and fail where they cannot. Drawing
    # needs neither.
    mpl.get_cachedir = mpl.get_configdir = lambda: NO_CACHE_FOLDER
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - same
    from matplotlib.figure import Figure  # noqa: PLC0415 - same

    # As wide as a message: 1,200 pixels, of which a phone shows 360.
    figure = Figure(figsize=(6, 4.4), dpi=200, layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.4))
    _bars(above, numbers)
    _line(below, numbers)
    for axes in (above, below):
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(labelsize=_SIZE, length=0)
        axes.set_yticks([])
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _bars(axes: Any, numbers: Mapping[str, Any]) -> None:  # noqa: ANN401 - the library's own class
    """Draw incidents by severity, with the sum above each bar."""
    days = numbers["days"]
    below = [0] * len(days)
    for severity, counts in numbers["incidents"].items():
        colour, pattern = _LOOKS[severity]
        axes.bar(days, counts, bottom=below, label=severity, color=colour, hatch=pattern, edgecolor="white", width=0.7)
        below = [low + count for low, count in zip(below, counts, strict=True)]
    for place, total in enumerate(below):
        axes.annotate(str(total), (place, total), (0, 3), textcoords="offset points", ha="center", fontsize=_SIZE)
    axes.set_ylim(0, max([*below, 1]) * 1.2)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=_SIZE, handlelength=1.2)


def _line(axes: Any, numbers: Mapping[str, Any]) -> None:  # noqa: ANN401 - same
    """Draw the minutes, with the number at each point; a day without an acknowledged incident has none."""
    minutes = [float("nan") if value is None else value for value in numbers["minutes"]]
    axes.plot(numbers["days"], minutes, color="#1f2937", marker="o", linewidth=2)
    for place, value in enumerate(numbers["minutes"]):
        if value is not None:
            axes.annotate(
                f"{value:.0f} min",
                (place, value),
                (0, 7),
                textcoords="offset points",
                ha="center",
                fontsize=_SIZE - 1,
                # The line from the day before passes behind the number.
                bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"},
            )
    highest = max([value for value in numbers["minutes"] if value is not None], default=1) or 1
    axes.set_ylim(-0.15 * highest, highest * 1.7)


if __name__ == "__main__":
    sys.stdout.buffer.write(_png(json.load(sys.stdin)))
