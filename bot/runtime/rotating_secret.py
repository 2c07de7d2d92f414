"""A secret that may be replaced while the process runs."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class RotatingSecret(Generic[T]):
    """Holds the present value of a secret: read `value` for every use, and keep no copy.

    `reread` looks for a newer value and calls `replace` with it; without it the value never changes.
    """

    def __init__(self, value: T, reread: Callable[[], Awaitable[None]] | None = None) -> None:
        self._value = value
        self._reread = reread

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def value(self) -> T:
        """The present value."""
        return self._value

    def replace(self, value: T) -> None:
        """Use another value from now on."""
        self._value = value

    async def has_other_than(self, refused: T) -> bool:
        """Tell whether there is another value than one that was refused; look for a newer one if not."""
        if self._value == refused and self._reread is not None:
            await self._reread()
        return self._value != refused
