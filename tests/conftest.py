import sys
from itertools import chain
from pathlib import Path

# Test folders are no packages; what several of them share lies in these.
for folder in ("bot", "bot/messages", "journeys"):
    sys.path.insert(0, str(Path(__file__).parent / folder))


def pytest_terminal_summary(terminalreporter):
    """Print what proofs counted, also when a worker of pytest-xdist ran them."""
    reports = chain.from_iterable(terminalreporter.stats.values())
    told = [dict(report.user_properties) for report in reports if getattr(report, "when", None) == "call"]
    for properties in told:
        if "figures" in properties:
            terminalreporter.write_line(properties["figures"])
