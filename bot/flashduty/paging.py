"""Read lists page by page, within limits. All lists are read by this module.

No document promises that a cursor moves, that a page is full or holds anything, or that `total` does not change.
Records are merged by id; a list that makes no progress ends, and the caller learns that there may be more.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
P = TypeVar("P", bound=Hashable)

MAX_PAGES: Final = 20
# In a row, before one that holds something.
MAX_EMPTY_PAGES: Final = 3


@dataclass(frozen=True)
class Page(Generic[K, T, P]):
    """One page: records with their ids, and the position of the next page, a cursor or a number.

    `following` is None at the end, and where the server has more but gives no position.
    """

    items: Iterable[tuple[K, T]]
    has_more: bool
    following: P | None


async def read_pages(
    read_page: Callable[[P], Awaitable[Page[K, T, P]]], first: P, found: dict[K, T], *, limit: int | None = None
) -> bool:
    """Read pages from the position `first` on into `found`, by id; False where there is, or may be, more.

    Ends at `limit` records, at a position that was read before, at a page with nothing new, after three empty pages in
    a row, and after 20 pages. Raises what `read_page` raises.
    """
    position, visited, empty = first, {first}, 0
    for _ in range(MAX_PAGES):
        page = await read_page(position)
        known, items = len(found), dict(page.items)
        found.update(items)
        if not page.has_more:
            return True
        if limit is not None and len(found) >= limit:
            return False
        empty = 0 if items else empty + 1
        if page.following is None or page.following in visited or empty > MAX_EMPTY_PAGES:
            break
        if items and len(found) == known:
            break
        position = page.following
        visited.add(position)
    log.warning("flashduty.paging_stuck", read=len(visited), records=len(found))
    return False
