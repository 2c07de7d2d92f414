"""An operation of Flashduty's Open API, as documented."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

# Per account, shared by all keys. Source: /en/openapi/rate-limits.
ACCOUNT_PER_SECOND: Final = 50
ACCOUNT_PER_MINUTE: Final = 1000


class Kind(Enum):
    """Whether an operation may be sent again after it may already have been carried out."""

    READ = auto()
    IDEMPOTENT_WRITE = auto()
    WRITE = auto()


@dataclass(frozen=True)
class Operation:
    """One operation: its path, its page, the permission the key's owner needs (None: any key will do), its limits."""

    path: str
    kind: Kind
    page: str
    permission: str | None = None
    per_second: int = ACCOUNT_PER_SECOND
    per_minute: int = ACCOUNT_PER_MINUTE

    @property
    def name(self) -> str:
        """A short name for logs."""
        return self.path.strip("/").replace("/", "_")

    @property
    def has_own_limits(self) -> bool:
        """Whether it takes fewer requests than the account as a whole."""
        return self.per_second < ACCOUNT_PER_SECOND or self.per_minute < ACCOUNT_PER_MINUTE

    @property
    def may_be_repeated(self) -> bool:
        """Whether sending it twice does no harm."""
        return self.kind is not Kind.WRITE
