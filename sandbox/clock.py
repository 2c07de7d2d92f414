"""The clock of the sandbox."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that can be moved: real time plus a shift, or a frozen instant.

    `start` must be aware and defaults to now. A frozen clock moves only by `shift` and `move_to`, until `thaw`.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._frozen_at: datetime | None = None
        self._shift = timedelta()
        # Called after every move.
        self.on_move: list[Callable[[], None]] = []
        if frozen:
            self._frozen_at = datetime.now(UTC)
        if start is not None:
            self.move_to(start)

    @property
    def is_frozen(self) -> bool:
        """Return whether the clock is frozen."""
        return self._frozen_at is not None

    def thaw(self) -> None:
        """Let a frozen clock go on from its instant."""
        if self._frozen_at is not None:
            self._shift, self._frozen_at = self._frozen_at - datetime.now(UTC), None

    def now(self) -> datetime:
        """Return the time in UTC."""
        return self._frozen_at or datetime.now(UTC) + self._shift

    def shift(self, by: timedelta) -> None:
        """Move by a time span, forward or backward."""
        if self._frozen_at is None:
            self._shift += by
        else:
            self._frozen_at += by
        for callback in self.on_move:
            callback()

    def move_to(self, instant: datetime) -> None:
        """Move to an instant; raises ValueError for one without a time zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant of the sandbox needs a time zone")
        self.shift(instant.astimezone(UTC) - self.now())
