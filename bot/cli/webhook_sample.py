"""`python -m bot webhook sample`: sends one delivery to the bot, as Flashduty would, and says what came back."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from bot.cards.webhooks.address import SECRET_HEADER, webhook_path
from bot.cards.webhooks.receiver import ACCEPTED
from bot.config.names.setting_names import setting_name
from bot.config.settings import Settings
from bot.config.team_settings import TeamSettings
from bot.outbound.connection_failures import explain_failure
from bot.runtime.event_loop import run_on_uvloop
from bot.slack.session import SlackUnreachable, open_session

# Flashduty waits two seconds; a slower answer is worth a sentence of its own.
FLASHDUTY_WAITS: Final = 2.0
SAMPLE_TIMEOUT_SECONDS: Final = 10.0
SAMPLE_INCIDENT: Final = "0" * 24
"""An incident that does not exist: the bot looks for it, finds none, and posts nothing."""
_ANSWER_BYTES: Final = 400
_LOCAL: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not listened on


def print_sample(settings: Settings, *, team: str | None, url: str | None) -> int:
    """Send the delivery for a team, or the first that takes any, print a sentence, and return the exit code."""
    try:
        name, found = _team(settings, team)
        address = _base(settings, url) + webhook_path(name)
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the operator's screen
        return 1
    is_taken, sentence = run_on_uvloop(_send(settings, found, address))
    print(settings.redaction(sentence), file=sys.stdout if is_taken else sys.stderr)
    return 0 if is_taken else 1


def _team(settings: Settings, name: str | None) -> tuple[str, TeamSettings]:
    """Choose the team; raises ValueError with a sentence."""
    teams = settings.flashduty_teams
    if name is not None and name.lower() not in teams:
        raise ValueError(f"There is no team of that name in the settings; there are {', '.join(teams)}.")
    found = [one for one, team in teams.items() if team.webhook_secret and name in {None, one}]
    chosen = name.lower() if name else next(iter(found), next(iter(teams)))
    team = teams[chosen]
    for field, is_set in (("webhook_secret", team.webhook_secret), ("cards_channel", team.card_plan)):
        if not is_set:
            raise ValueError(f"{setting_name(chosen, field)} is not set, so that team {chosen} takes no webhooks.")
    return chosen, team


def _base(settings: Settings, url: str | None) -> str:
    """Give the address of the bot without a path; raises ValueError with a sentence."""
    if url is None:
        host = _LOCAL.get(settings.listens_on, settings.listens_on)
        return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("--url is the address of the bot, such as https://bot.example.com, without user, ? and #.")
    return url.rstrip("/").removesuffix("/flashduty/webhook")


async def _send(settings: Settings, team: TeamSettings, address: str) -> tuple[bool, str]:
    """Send the delivery; return whether it was taken, and a sentence."""
    now = datetime.now(UTC)
    body = {
        "event_id": f"sample-{now:%Y%m%d%H%M%S}",
        "event_type": "i_ack",
        "event_time": int(now.timestamp() * 1000),
        "incident": {"incident_id": SAMPLE_INCIDENT, "title": "Sample of a webhook"},
    }
    headers = {SECRET_HEADER: team.webhook_secret[0].get_secret_value()}
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with (
            open_session(settings.outbound, timeout=SAMPLE_TIMEOUT_SECONDS) as session,
            session.post(address, json=body, headers=headers, allow_redirects=False) as answer,
        ):
            text = (await answer.content.read(_ANSWER_BYTES)).decode("utf-8", "replace")
            return _read(answer.status, text, address, seconds=clock() - began)
    except SlackUnreachable as error:
        what, remedy = explain_failure(error.reason, address, settings.outbound.proxy_setting)
        return False, f"{what}. {remedy}"
    except TimeoutError:
        return False, f"{address} did not answer within {SAMPLE_TIMEOUT_SECONDS:.0f} s; Flashduty waits 2 s."
    except (aiohttp.ClientError, OSError, ValueError):
        return False, f"{address} could not be reached: is the bot running, and is that its address?"


def _read(status: int, text: str, address: str, *, seconds: float) -> tuple[bool, str]:
    """Say what an answer means."""
    if status == 200 and text == ACCEPTED:  # noqa: PLR2004 - an HTTP status
        late = f" It took {seconds:.1f} s, and Flashduty waits 2 s." if seconds > FLASHDUTY_WAITS else ""
        return True, f"The bot took the delivery at {address}.{late}"
    if status == 401:  # noqa: PLR2004 - same
        return False, (
            f"Refused at {address}: the process there does not have this team with this secret, or something on the"
            f" way takes {SECRET_HEADER} out. Start the bot again after a change of the settings."
        )
    if status == 404:  # noqa: PLR2004 - same
        return False, (
            f"There is nothing at {address}: the process there was started without WEBHOOK_SECRET and CARDS_CHANNEL,"
            " or a proxy leads this path elsewhere."
        )
    return False, f"{address} answered with status {status}, which is not the bot's: look at what is in front of it."
