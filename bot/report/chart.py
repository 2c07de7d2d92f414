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
    """Draw bars by severity and a line of minutes."""
    import matplotlib as mpl  # noqa: PLC0415 - loaded here and nowhere else

    # Both return a folder for a list of fonts and for own styles; they create it and fail where they cannot. Drawing
    # needs neither.
    mpl.get_cachedir = mpl.get_configdir = lambda: NO_CACHE_FOLDER
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - same
    from matplotlib.figure import Figure  # noqa: PLC0415 - same

    figure = Figure(figsize=(10, 5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    _bars(axes, numbers)
    _line(axes.twinx(), numbers)
    out = BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _bars(axes: Any, numbers: Mapping[str, Any]) -> None:  # noqa: ANN401 - the library's own class
    days = numbers["days"]
    below = [0] * len(days)
    for severity, counts in numbers["incidents"].items():
        colour, pattern = _LOOKS[severity]
        axes.bar(days, counts, bottom=below, label=severity, color=colour, hatch=pattern, edgecolor="white", width=0.6)
        below = [low + count for low, count in zip(below, counts, strict=True)]
    axes.set_ylabel("Incidents")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_ylim(0, max([*below, 1]) * 1.25)
    axes.legend(loc="upper left", ncols=3, frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _line(axes: Any, numbers: Mapping[str, Any]) -> None:  # noqa: ANN401 - same
    minutes = [float("nan") if value is None else value for value in numbers["minutes"]]
    axes.plot(numbers["days"], minutes, color="#1f2937", marker="o", linewidth=2, label="Mean time to acknowledge")
    axes.set_ylabel("Minutes to acknowledge")
    axes.set_ylim(0, max([value for value in numbers["minutes"] if value is not None], default=1) * 1.25 or 1)
    axes.legend(loc="upper right", frameon=False)
    axes.spines[["top", "left"]].set_visible(False)


if __name__ == "__main__":
    sys.stdout.buffer.write(_png(json.load(sys.stdin)))
