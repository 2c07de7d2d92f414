"""`python -m bot audit`: the audit trail as CSV or JSON lines on standard output, the oldest entry first."""

import argparse
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.config.settings import Settings

WRONG_REQUEST_EXIT_CODE: Final = 2
FAILED_EXIT_CODE: Final = 1
MAX_AGE: Final = timedelta(days=3650)
_AGE: Final = re.compile(r"([0-9]{1,4})([hdw])")
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    audit = commands.add_parser("audit", help="print who did what, as the audit trail of the database has it")
    audit.add_argument(
        "--since", type=_since, default="7d", help="24h, 7d, 4w or a date YYYY-MM-DD in UTC; 7d when left out"
    )
    audit.add_argument("--team", help="a team of the settings; all teams when left out")
    audit.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="csv (with a header) or JSON lines")


def print_audit(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the trail and return the exit code."""
    from bot.runtime.event_loop import run_on_uvloop  # noqa: PLC0415 - start-up time
    from bot.storage.database_errors import DatabaseUnavailable  # noqa: PLC0415 - same

    team = arguments.team.lower() if arguments.team else None
    if team is not None and team not in settings.flashduty_teams:
        known = ", ".join(settings.flashduty_teams)
        print(f"There is no team {team} in the settings; there is {known}.", file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_REQUEST_EXIT_CODE
    try:
        run_on_uvloop(_print(settings, arguments.since, team, form=arguments.format))
    except DatabaseUnavailable as error:
        print(error, file=sys.stderr)  # noqa: T201 - the operator's screen
        return FAILED_EXIT_CODE
    except BrokenPipeError:
        # Whoever read it has enough, as `head` has.
        sys.stderr.close()
        return FAILED_EXIT_CODE
    return 0


async def _print(settings: Settings, since: datetime, team: str | None, form: str) -> None:
    """Write page after page, as UTF-8 whatever the terminal speaks; raises DatabaseUnavailable."""
    from bot.audit.export import LINES, csv_header  # noqa: PLC0415 - start-up time
    from bot.storage.audit.audit_trail import AuditQuery, AuditTable  # noqa: PLC0415 - same
    from bot.storage.database import inspect_database, open_database  # noqa: PLC0415 - same
    from bot.storage.database_errors import DatabaseUnavailable  # noqa: PLC0415 - same

    out, as_line, now = sys.stdout.buffer, LINES[form], datetime.now(UTC)
    query: AuditQuery | None = AuditQuery(since=since, teams=(team,) if team else (), oldest_first=True)
    address = settings.database_url.get_secret_value()
    if not (await inspect_database(address)).is_up_to_date:
        raise DatabaseUnavailable("The database has the tables of another version of the bot. Start this one first.")
    async with open_database(address) as database:
        if form == "csv":
            out.write(csv_header().encode())
        while query is not None:
            page = await AuditTable(database).read(query, now)
            out.write("".join(map(as_line, page)).encode())
            query = query.next_page(page)
    out.flush()


def _since(raw: str) -> datetime:
    """Parse an age or a date."""
    now = datetime.now(UTC)
    age = _AGE.fullmatch(raw)
    try:
        at = now - int(age[1]) * _UNITS[age[2]] if age else datetime.strptime(raw, "%Y-%m-%d").replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError("is neither an age such as 7d nor a date such as 2026-11-24") from None
    if at < now - MAX_AGE:
        raise argparse.ArgumentTypeError("is too long ago")
    return at
