"""Column types alike on SQLite and PostgreSQL: lengths and ranges are checked, instants come back in UTC.

And the lengths of texts, and the metadata that all tables belong to.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, String, Text, TypeDecorator

LARGEST_INTEGER: Final = 2**63 - 1

TEAM_LENGTH: Final = 60
KIND_LENGTH: Final = 40
SUBJECT_LENGTH: Final = 200
# Of Slack: people, channels, and the `ts` of messages.
SLACK_ID_LENGTH: Final = 40
OWNER_LENGTH: Final = 80
FINGERPRINT_LENGTH: Final = 64
# A code such as zh-CN.
LANGUAGE_LENGTH: Final = 20
MENTION_LENGTH: Final = 20

metadata: Final = MetaData()


class ValueTooLongError(ValueError):
    """A value does not fit into its column; the text names the limit and not the value."""


class UtcTime(TypeDecorator[datetime]):
    """An instant: stored without its zone where the database has none, always returned in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Convert to UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - same
        """Add the zone that SQLite drops."""
        return None if value is None else value.replace(tzinfo=UTC)


class ShortText(TypeDecorator[str]):
    """Text of at most `length` characters: longer text raises, on SQLite too, which would store it."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Check the length; raises ValueTooLongError."""
        if value is not None and len(value) > self.length:
            raise ValueTooLongError(f"{len(value)} characters, at most {self.length}")
        return None if value is None else storable(value)


class FreeText(TypeDecorator[str]):
    """Text of any length, such as the display name of a person."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Replace what a database does not store."""
        return None if value is None else storable(value)


class LargeInteger(TypeDecorator[int]):
    """A number of 64 bits, such as an id of Flashduty; beyond it the two drivers raise different errors."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Check the range; raises ValueTooLongError."""
        if value is not None and abs(value) > LARGEST_INTEGER:
            raise ValueTooLongError("more than 64 bits")
        return value


def storable(text: str) -> str:
    """Replace what is no Unicode text (half a surrogate pair), and NUL, which PostgreSQL refuses."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
