"""`python -m bot digest times`: the times of the next digests, by the code that posts them."""

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

from bot.config import parsers
from bot.config.names.setting_names import setting_name
from bot.config.plans import EVERY_DAY, DigestPlan
from bot.config.settings import Settings, WrongSettings
from bot.config.time_zones import time_zone
from bot.delivery.due import Due, due_from

if TYPE_CHECKING:
    # Generic only in the stubs.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it

T = TypeVar("T")

MAX_DIGEST_TIMES: Final = 5000
DEFAULT_DIGEST_TIMES: Final = 7
# Python's dates end with 9999; the last of `MAX_DIGEST_TIMES` weekly digests comes 96 years after the first.
MAX_FIRST_YEAR: Final = 9900
WRONG_ARGUMENTS_EXIT_CODE: Final = 2


class _NoPlanError(Exception):
    """The arguments name no digest; the text is a sentence for the operator."""


def add_to(commands: "Commands") -> None:
    """Add the command to the command line."""
    digest = commands.add_parser("digest", help="tell when digests come")
    times = digest.add_subparsers(dest="what", metavar="what", required=True).add_parser(
        "times", help="print the next digests as JSON lines: the local date each is for, and the UTC instant it comes"
    )
    times.add_argument("--team", help="a team of the settings, for its time zone, time and days")
    times.add_argument("--timezone", type=_argument(time_zone), help="an IANA name: Europe/Berlin")
    times.add_argument("--time", type=_argument(parsers.time_of_day), help="the local time, HH:MM")
    times.add_argument("--from", type=_argument(_date), dest="first", help="the first date, YYYY-MM-DD; today there")
    times.add_argument(
        "--count", type=_argument(_count), default=DEFAULT_DIGEST_TIMES, help="how many, 7 when left out"
    )
    times.add_argument(
        "--days", type=_argument(parsers.weekdays), help="as …__DIGEST_DAYS; the team's, or every day, when left out"
    )


def print_times(arguments: argparse.Namespace) -> int:
    """Print the times of the next digests and return the exit code."""
    try:
        plan = _team_plan(arguments) if arguments.team else _plan_without_team(arguments)
    except (_NoPlanError, WrongSettings) as error:
        print(error.report() if isinstance(error, WrongSettings) else error, file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_ARGUMENTS_EXIT_CODE
    first = arguments.first or datetime.now(plan.timezone).date()
    for due in islice(due_from(plan, first), arguments.count):
        print(_line(due))  # noqa: T201 - the command's output
    return 0


def _plan_without_team(arguments: argparse.Namespace) -> DigestPlan:
    if arguments.timezone is None or arguments.time is None:
        raise _NoPlanError("Name a team with --team, or a time zone and a time: --timezone Europe/Berlin --time 09:00")
    return DigestPlan("", arguments.time, arguments.timezone, days=arguments.days or EVERY_DAY)


def _team_plan(arguments: argparse.Namespace) -> DigestPlan:
    """Take a team's plan from the settings; arguments override it."""
    name = arguments.team.lower()
    teams = Settings.load(os.environ, Path(".env")).flashduty_teams
    if name not in teams:
        raise _NoPlanError(f"There is no team {name} in the settings; there is {', '.join(teams)}.")
    team = teams[name]
    if team.digest_channel is None:
        raise _NoPlanError(f"Team {name} has no digest: {setting_name(name, 'digest_channel')} is not set.")
    at, timezone = arguments.time or team.digest_time, arguments.timezone or team.timezone
    return DigestPlan(team.digest_channel, at, timezone, days=arguments.days or team.digest_days)


def _line(due: Due) -> str:
    at = due.at.astimezone(UTC).replace(tzinfo=None)
    return json.dumps({"date": due.on.isoformat(), "utc": f"{at.isoformat(timespec='seconds')}Z"})


def _argument(parse: Callable[[str], T]) -> Callable[[str], T]:
    """Wrap a parser so that argparse shows the sentence of its ValueError."""

    def parse_argument(raw: str) -> T:
        try:
            return parse(raw)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse_argument


def _date(raw: str) -> date:
    try:
        parsed = datetime.strptime(raw, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise ValueError("is not a date, such as 2026-11-24") from None
    if parsed.year > MAX_FIRST_YEAR:
        raise ValueError("is too far away")
    return parsed


def _count(raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", raw) or not 1 <= int(raw) <= MAX_DIGEST_TIMES:
        raise ValueError(f"is not a number from 1 to {MAX_DIGEST_TIMES}")
    return int(raw)
