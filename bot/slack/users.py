"""Who somebody in Slack is, and whether they are a person of the workspace the bot is installed in.

docs.slack.dev/reference/objects/user-object
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final

from bot.runtime.cache import TtlCache
from bot.slack.api import UNUSABLE, SlackApi, SlackError, needed
from bot.slack.installation import Installation

# The one user of Slack's own: Slack does not call it a bot.
SLACKBOT: Final = "USLACKBOT"
MACHINES: Final = ("is_bot", "is_workflow_bot")
GUESTS: Final = ("is_restricted", "is_ultra_restricted")
# A guest made a member, or a member made a guest, is known within a minute (users.info is in tier 4: 100 a minute).
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
    """The address, where Slack shows it and has confirmed it."""
    timezone: str | None = None
    """The name of the time zone, untrusted."""


class Users:
    """Looks people up; every method raises SlackError."""

    def __init__(
        self, calls: SlackApi, installation: Installation, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.calls = calls
        self.installation = installation
        self._people: TtlCache[SlackPerson] = TtlCache(PERSON_TTL, clock)

    async def person(self, user_id: str) -> SlackPerson:
        """Look somebody up, at most a minute old; raises SlackError."""
        return await self._people.get(user_id, self._ask_person)

    async def _ask_person(self, user_id: str) -> SlackPerson:
        answer = await self.calls.call("users.info", user=user_id)
        user = needed("users.info", answer, "user", kind=dict)
        return described("users.info", user, self.installation.workspace, asked=user_id)

    async def person_with_email(self, email: str) -> SlackPerson | None:
        """Find a member of this workspace by e-mail address, 50 a minute at most; raises SlackError."""
        try:
            answer = await self.calls.call("users.lookupByEmail", email=email)
        except SlackError as refusal:
            if refusal.code == "users_not_found":
                return None
            raise
        user = needed("users.lookupByEmail", answer, "user", kind=dict)
        return described("users.lookupByEmail", user, self.installation.workspace)


def described(method: str, user: Mapping[str, Any], workspace: str, *, asked: str | None = None) -> SlackPerson:
    """Read a user object of Slack's.

    `asked` is whom the question was about. Raises SlackError for an object about somebody else, and for one
    that lacks what tells members from others: nobody is let in for want of knowledge.
    """
    user_id = needed(method, user, "id", kind=str)
    if asked is not None and user_id != asked:
        raise SlackError(method, UNUSABLE)
    told = user.get("profile")
    profile = told if isinstance(told, dict) else {}
    names = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    email = profile.get("email") if user.get("is_email_confirmed") is not False else None
    zone = user.get("tz")
    return SlackPerson(
        user_id,
        next((name for name in names if isinstance(name, str) and name), user_id),
        standing(method, user, workspace),
        email=email if isinstance(email, str) and email else None,
        timezone=zone if isinstance(zone, str) and zone else None,
    )


def standing(method: str, user: Mapping[str, Any], workspace: str) -> MemberStatus:
    """Tell members from guests, strangers and whatever is no person; raises SlackError where it is not said.

    `is_stranger` is false for people of other organisations in a channel shared with us, and people of other
    workspaces of the same Enterprise Grid are in ours only where it is among their `teams`.
    """
    if user.get("deleted") or user.get("id") == SLACKBOT or any(user.get(name) for name in MACHINES):
        return MemberStatus.GONE
    if user.get("is_stranger") or not _is_at_home(method, user, workspace):
        return MemberStatus.STRANGER
    # Slack leaves these out where somebody is gone or of another organisation, and says them of everybody else.
    for name in ("deleted", "is_bot", *GUESTS):
        needed(method, user, name, kind=bool)
    return MemberStatus.GUEST if any(user[name] for name in GUESTS) else MemberStatus.MEMBER


def _is_at_home(method: str, user: Mapping[str, Any], workspace: str) -> bool:
    in_grid = user.get("enterprise_user")
    teams = in_grid.get("teams") if isinstance(in_grid, dict) else None
    return needed(method, user, "team_id", kind=str) == workspace or (isinstance(teams, list) and workspace in teams)
