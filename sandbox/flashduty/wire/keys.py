"""APP keys: whose they are and what they may do."""

from collections.abc import Iterable, Mapping
from typing import Final, Self

from sandbox.flashduty.wire.refusals import Refusal

EVERYTHING: Final = frozenset(
    {
        "Incidents Read",
        "Incidents Manage",
        "Schedules Read",
        "Schedules Manage",
        "Channels Read",
        "Channels Manage",
        "Analytics Read",
    }
)


class AppKey(str):
    """A pretend APP key: the string that is sent, its owner's person id, scope and expiry (Unix seconds).

    `permissions` is the key's own scope and may be changed while the pretend Flashduty runs; a call needs it and a role
    of the owner as well. No operation tells the scope.
    """

    __slots__ = ("expires_at", "owner_id", "permissions")

    owner_id: int
    permissions: set[str]
    expires_at: int | None

    def __new__(
        cls, value: str, *, owner_id: int, permissions: Iterable[str] = EVERYTHING, expires_at: int | None = None
    ) -> Self:
        """Make a key of a string."""
        key = super().__new__(cls, value)
        key.owner_id = owner_id
        key.permissions = set(permissions)
        key.expires_at = expires_at
        return key

    def has_expired(self, now: int) -> bool:
        """Whether the key no longer works at this time."""
        return self.expires_at is not None and now >= self.expires_at


def key_of(given: list[str], keys: Mapping[str, AppKey], now: int) -> AppKey:
    """Find the key that was sent; raises Unauthorized unless there is exactly one that works."""
    for key in keys.values():
        if given == [str(key)] and not key.has_expired(now):
            return key
    raise Refusal("Unauthorized")


def require_permission(key: AppKey, of_its_owner: frozenset[str], any_of: frozenset[str]) -> None:
    """Raise AccessDenied unless scope and roles have one of the permissions; none are needed if none are named."""
    if any_of and not any(one in key.permissions and one in of_its_owner for one in any_of):
        names = " or ".join(sorted(any_of))
        raise Refusal("AccessDenied", f"Access denied: {names} is needed.", f"没有访问权限：需要 {names}。")
