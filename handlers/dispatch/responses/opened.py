"""Where a view was opened from: what changes in it is drawn again in the message behind it."""

from collections import OrderedDict
from typing import Final

from handlers.dispatch.context import Origin

OPENED_VIEW_LIMIT: Final = 500


class OpenedViews:
    """The origins of the last views that this process has opened, 500 in all.

    Another process, or this one after a restart, draws the view alone: the message behind it stays as it is.
    """

    def __init__(self, most: int = OPENED_VIEW_LIMIT) -> None:
        self._origins: OrderedDict[str, Origin] = OrderedDict()
        self._most = most

    def remember(self, view_id: str, origin: Origin) -> None:
        """Remember what a view was opened from: a message with a response URL, or the Home tab."""
        self._origins[view_id] = origin
        while len(self._origins) > self._most:
            self._origins.popitem(last=False)

    def behind(self, origin: Origin) -> Origin | None:
        """Return what the view of a request was opened from; None where that is not known."""
        return self._origins.get(origin.view.id) if origin.view is not None else None
