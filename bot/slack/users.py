"""People in Slack, and their relation to the workspace the bot is installed in.

docs.slack.dev/reference/objects/user-object
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from bot.runtime.cache import TtlCache
from bot.slack.api import UNUSABLE_RESPONSE, SlackApi, SlackError, required_field
from bot.slack.installation import Installation

# Slackbot has no `is_bot`.
SLACKBOT: Final = "USLACKBOT"
BOT_FLAGS: Final = ("is_bot", "is_workflow_bot")
GUEST_FLAGS: Final = ("is_restricted", "is_ultra_restricted")
# A change between guest and member is noticed within a minute (users.info is in tier 4: 100 a minute).
PERSON_TTL: Final = 60.0


class MemberStatus(Enum):
    """A person's relation to the workspace the bot is installed in."""

    MEMBER = auto()
    GUEST = auto()
    STRANGER = auto()
    GONE = auto()


@dataclass(frozen=True)
class SlackPerson:
    """A person in Slack."""

    id: str
    name: str
    status: MemberStatus
    email: str | None = field(default=None, repr=False)
    """The e-mail address, where Slack shows it and has confirmed it."""
    timezone: str | None = None
    """The name of the time zone, untrusted."""
    locale: str | None = None
    """The language of their Slack, such as zh-CN, where Slack was asked for it; untrusted."""


class Users:
    """Looks people up; every method raises SlackError."""

    def __init__(
        self, calls: SlackApi, installation: Installation, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.calls = calls
        self.installation = installation
        self._people: TtlCache[SlackPerson] = TtlCache(PERSON_TTL, clock)

    async def person(self, user_id: str) -> SlackPerson:
        """Return a person, at most a minute old; raises SlackError."""
        return await self._people.get(user_id, self._fetch_person)

    async def _fetch_person(self, user_id: str) -> SlackPerson:
        response = await self.calls.call("users.info", user=user_id, include_locale=True)
        user = required_field("users.info", response, "user", kind=dict)
        return parse_user("users.info", user, self.installation.workspace, expected_id=user_id)

    async def person_with_email(self, email: str) -> SlackPerson | None:
        """Find a member of this workspace by e-mail address, 50 a minute at most; raises SlackError."""
        try:
            response = await self.calls.call("users.lookupByEmail", email=email)
        except SlackError as refusal:
            if refusal.code == "users_not_found":
                return None
            raise
        user = required_field("users.lookupByEmail", response, "user", kind=dict)
        return parse_user("users.lookupByEmail", user, self.installation.workspace)


def parse_user(method: str, user: Mapping[str, Any], workspace: str, *, expected_id: str | None = None) -> SlackPerson:
    """Parse a user object of Slack's.

    Raises SlackError for an object with another id than `expected_id`, and for one that lacks the fields that
    distinguish members: where the status is unknown, access is refused.
    """
    user_id = required_field(method, user, "id", kind=str)
    if expected_id is not None and user_id != expected_id:
        raise SlackError(method, UNUSABLE_RESPONSE)
    value = user.get("profile")
    profile = value if isinstance(value, dict) else {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    email = profile.get("email") if user.get("is_email_confirmed") is not False else None
    zone, locale = user.get("tz"), user.get("locale")
    return SlackPerson(
        user_id,
        next((name for name in names if isinstance(name, str) and name), user_id),
        member_status(method, user, workspace),
        email=email if isinstance(email, str) and email else None,
        timezone=zone if isinstance(zone, str) and zone else None,
        locale=locale if isinstance(locale, str) and locale else None,
    )


def member_status(method: str, user: Mapping[str, Any], workspace: str) -> MemberStatus:
    """Distinguish members from guests, strangers, bots and deleted users; raises SlackError where a field is missing.

    `is_stranger` is false for people of other organisations in a shared channel. People of other workspaces of the
    same Enterprise Grid belong to this workspace only where it is among their `teams`.
    """
    if user.get("deleted") or user.get("id") == SLACKBOT or any(user.get(name) for name in BOT_FLAGS):
        return MemberStatus.GONE
    if user.get("is_stranger") or not _is_of_workspace(method, user, workspace):
        return MemberStatus.STRANGER
    # Slack omits these fields only for deleted users and for people of other organisations.
    for name in ("deleted", "is_bot", *GUEST_FLAGS):
        required_field(method, user, name, kind=bool)
    return MemberStatus.GUEST if any(user[name] for name in GUEST_FLAGS) else MemberStatus.MEMBER


def _is_of_workspace(method: str, user: Mapping[str, Any], workspace: str) -> bool:
    in_grid = user.get("enterprise_user")
    teams = in_grid.get("teams") if isinstance(in_grid, dict) else None
    return required_field(method, user, "team_id", kind=str) == workspace or (
        isinstance(teams, list) and workspace in teams
    )
