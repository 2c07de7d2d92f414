"""Reading page after page until there are no more, and no further than makes sense: the one way all lists are read.

No document promises that a cursor moves, that a page is full or holds anything, or that `total` keeps still. What was
read is merged by id; a list that leads nowhere ends, and whoever asked hears that there may be more.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
P = TypeVar("P", bound=Hashable)

MOST_PAGES: Final = 20
# In a row, before one that holds something.
MOST_EMPTY_PAGES: Final = 3


@dataclass(frozen=True)
class Page(Generic[K, T, P]):
    """What one call gave: records with their ids, and where the next page is.

    `following` is None at the end, and where the server says that there is more without saying where.
    """

    items: Iterable[tuple[K, T]]
    has_more: bool
    following: P | None


async def read_pages(
    ask: Callable[[P], Awaitable[Page[K, T, P]]], first: P, found: dict[K, T], *, most: int | None = None
) -> bool:
    """Read from the place `first` on into `found`, by id; False where there is, or may be, more.

    Ends at `most` records, at a place that was read before, at a page that brings nothing new, after three empty ones
    in a row, and after 20. Raises what `ask` raises.
    """
    place, been, empty = first, {first}, 0
    for _ in range(MOST_PAGES):
        page = await ask(place)
        known, items = len(found), dict(page.items)
        found.update(items)
        if not page.has_more:
            return True
        if most is not None and len(found) >= most:
            return False
        empty = 0 if items else empty + 1
        if page.following is None or page.following in been or empty > MOST_EMPTY_PAGES:
            break
        if items and len(found) == known:
            break
        place = page.following
        been.add(place)
    log.warning("flashduty.paging_stuck", read=len(been), records=len(found))
    return False
