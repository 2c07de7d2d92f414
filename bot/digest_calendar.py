"""`python -m bot digest times`: when the next digests come, by the code that posts them."""

import argparse
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar
from zoneinfo import ZoneInfo

from bot import settings_values as read
from bot.digest_times import DigestPlan, Due, from_date

if TYPE_CHECKING:
    # Generic only in the stubs.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

T = TypeVar("T")

MOST: Final = 5000
LAST_YEAR: Final = 9900


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    digest = commands.add_parser("digest", help="tell when digests come")
    times = digest.add_subparsers(dest="what", metavar="what", required=True).add_parser(
        "times", help="print the next digests as JSON lines: the local date each is for, and the UTC instant it comes"
    )
    times.add_argument("--timezone", type=_told(read.time_zone), required=True, help="an IANA name: Europe/Berlin")
    times.add_argument("--time", type=_told(read.time_of_day), required=True, help="the local time, HH:MM")
    times.add_argument("--from", type=_told(_date), required=True, dest="first", help="the first date, YYYY-MM-DD")
    times.add_argument("--count", type=_told(_count), default=14, help="how many, 14 when left out")
    times.add_argument(
        "--days", type=_told(read.weekdays), default="daily", help="as …__DIGEST_DAYS; every day when left out"
    )


def show(asked: argparse.Namespace) -> int:
    """Print what was asked for and give the exit code."""
    zone: ZoneInfo = asked.timezone
    plan = DigestPlan("", asked.time, zone, asked.days)
    for due in islice(from_date(plan, asked.first), asked.count):
        print(_line(due))  # noqa: T201 - the command's output
    return 0


def _line(due: Due) -> str:
    at = due.at.astimezone(UTC).replace(tzinfo=None)
    return json.dumps({"date": due.on.isoformat(), "utc": f"{at.isoformat(timespec='seconds')}Z"})


def _told(reader: Callable[[str], T]) -> Callable[[str], T]:
    """Let argparse show a reader's own sentence."""

    def read_one(raw: str) -> T:
        try:
            return reader(raw)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read_one


def _date(raw: str) -> date:
    try:
        found = datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise ValueError("is not a date, such as 2026-11-24") from None
    if found.year > LAST_YEAR:
        raise ValueError("is too far away")
    return found


def _count(raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", raw) or not 1 <= int(raw) <= MOST:
        raise ValueError(f"is not a number from 1 to {MOST}")
    return int(raw)
