"""APP keys: owners and permissions."""

from collections.abc import Iterable, Mapping
from typing import Final, Self

from sandbox.flashduty.wire.refusals import Refusal

ALL_PERMISSIONS: Final = frozenset(
    {
        "Incidents Read",
        "Incidents Manage",
        "Schedules Read",
        "Schedules Manage",
        "Channels Read",
        "Channels Manage",
        "Analytics Read",
        "Integrations Read",
    }
)


class AppKey(str):
    """A pretend APP key: its string, the person id of its owner, its scope and its expiry (Unix seconds).

    `permissions` is the key's own scope and may be changed while the pretend Flashduty runs; a call needs it and a role
    of the owner as well. No operation returns the scope.
    """

    __slots__ = ("expires_at", "owner_id", "permissions")

    owner_id: int
    permissions: set[str]
    expires_at: int | None

    def __new__(
        cls, value: str, *, owner_id: int, permissions: Iterable[str] = ALL_PERMISSIONS, expires_at: int | None = None
    ) -> Self:
        """Build a key from a string."""
        key = super().__new__(cls, value)
        key.owner_id = owner_id
        key.permissions = set(permissions)
        key.expires_at = expires_at
        return key

    def has_expired(self, now: int) -> bool:
        """Return whether the key has expired."""
        return self.expires_at is not None and now >= self.expires_at


def key_of(given: list[str], keys: Mapping[str, AppKey], now: int) -> AppKey:
    """Return the key of a request; raises Unauthorized unless exactly one valid key was sent."""
    for key in keys.values():
        if given == [str(key)] and not key.has_expired(now):
            return key
    raise Refusal("Unauthorized")


def require_permission(key: AppKey, of_its_owner: frozenset[str], any_of: frozenset[str]) -> None:
    """Raise AccessDenied unless both scope and roles include one of the permissions; an empty set requires none."""
    if any_of and not any(one in key.permissions and one in of_its_owner for one in any_of):
        names = " or ".join(sorted(any_of))
        raise Refusal("AccessDenied", f"Access denied: {names} is needed.", f"没有访问权限：需要 {names}。")
