"""`python -m bot digest times`: when the next digests come, by the code that posts them."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from bot.config import parsers as read
from bot.config.plans import EVERY_DAY, DigestPlan
from bot.config.setting_names import setting_name
from bot.config.settings import Settings, WrongSettings
from bot.config.time_zones import time_zone
from bot.delivery.due import Due, from_date

if TYPE_CHECKING:
    # Generic only in the stubs.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

T = TypeVar("T")

MOST: Final = 5000
LAST_YEAR: Final = 9900
A_WEEK: Final = 7
WRONG: Final = 2


class _NoPlanError(Exception):
    """What was asked for names no digest; the text is a sentence for whoever asked."""


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    digest = commands.add_parser("digest", help="tell when digests come")
    times = digest.add_subparsers(dest="what", metavar="what", required=True).add_parser(
        "times", help="print the next digests as JSON lines: the local date each is for, and the UTC instant it comes"
    )
    times.add_argument("--team", help="a team of the settings, for its time zone, time and days")
    times.add_argument("--timezone", type=_told(time_zone), help="an IANA name: Europe/Berlin")
    times.add_argument("--time", type=_told(read.time_of_day), help="the local time, HH:MM")
    times.add_argument("--from", type=_told(_date), dest="first", help="the first date, YYYY-MM-DD; today there")
    times.add_argument("--count", type=_told(_count), default=A_WEEK, help="how many, 7 when left out")
    times.add_argument(
        "--days", type=_told(read.weekdays), help="as …__DIGEST_DAYS; the team's, or every day, when left out"
    )


def show(asked: argparse.Namespace) -> int:
    """Print what was asked for and give the exit code."""
    try:
        plan = _of_a_team(asked) if asked.team else _given(asked)
    except (_NoPlanError, WrongSettings) as why:
        print(why.report() if isinstance(why, WrongSettings) else why, file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG
    first = asked.first or datetime.now(plan.timezone).date()
    for due in islice(from_date(plan, first), asked.count):
        print(_line(due))  # noqa: T201 - the command's output
    return 0


def _given(asked: argparse.Namespace) -> DigestPlan:
    if asked.timezone is None or asked.time is None:
        raise _NoPlanError("Name a team with --team, or a time zone and a time: --timezone Europe/Berlin --time 09:00")
    return DigestPlan("", asked.time, asked.timezone, days=asked.days or EVERY_DAY)


def _of_a_team(asked: argparse.Namespace) -> DigestPlan:
    """Take a team's plan from the settings; what was given besides wins over it."""
    name = asked.team.lower()
    teams = Settings.load(os.environ, Path(".env")).flashduty_teams
    if name not in teams:
        raise _NoPlanError(f"There is no team {name} in the settings; there is {', '.join(teams)}.")
    team = teams[name]
    if team.digest_channel is None:
        raise _NoPlanError(f"Team {name} has no digest: {setting_name(name, 'digest_channel')} is not set.")
    at, zone = asked.time or team.digest_time, asked.timezone or team.timezone
    return DigestPlan(team.digest_channel, at, zone, days=asked.days or team.digest_days)


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
