"""The view of a list of incidents, which is the search as well: what is listed, in which order, and which page."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, StringConstraints

from bot.flashduty import Progress, Severity
from bot.messages.buttons import StorableText, Words
from bot.messages.views import StormName, View

OPEN: Final = (Progress.TRIGGERED, Progress.PROCESSING)
# /incident/list takes at most 31 days in one window (/en/api-reference/on-call/incidents/incident-list).
DEFAULT_SINCE: Final = timedelta(days=31)
MAX_SINCE: Final = timedelta(days=365)
SEARCH_TEXT_LIMIT: Final = 200
MAX_PAGE: Final = 1_000
# The view is carried by the rows' menus, whose place for it has 255 characters.
NAME_FILTER_LIMIT: Final = 40
LABEL_FILTER_LIMIT: Final = 60
MAX_LABEL_FILTERS: Final = 3


def _known(choice: Severity | Progress) -> Severity | Progress:
    """Refuse UNKNOWN, which stands for a word of a newer Flashduty and cannot be chosen."""
    if choice in {Severity.UNKNOWN, Progress.UNKNOWN}:
        raise ValueError("nothing that can be chosen")
    return choice


_Name = Annotated[StorableText, Field(max_length=NAME_FILTER_LIMIT)]
_Label = Annotated[StorableText, Field(min_length=1, max_length=LABEL_FILTER_LIMIT)]
SlackId = Annotated[str, StringConstraints(pattern=r"^(?:[UW][A-Z0-9]{1,30})?\z")]


@dataclass(frozen=True, kw_only=True)
class IncidentList(View):
    """A page of incidents; without any filter everything open in the last 31 days."""

    NAME: ClassVar[str] = "incidents"
    severities: Annotated[tuple[Annotated[Severity, AfterValidator(_known)], ...], Field(max_length=len(Severity))] = ()
    progress: Annotated[tuple[Annotated[Progress, AfterValidator(_known)], ...], Field(max_length=len(Progress))] = OPEN
    since: Annotated[timedelta, Field(gt=timedelta(), le=MAX_SINCE)] = DEFAULT_SINCE
    text: Annotated[StorableText, Field(max_length=SEARCH_TEXT_LIMIT)] = ""
    page: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 1
    storm: StormName = ""
    """Only the open incidents of one storm: its Slack channel, and ms since 1970; empty for all incidents."""
    flashduty_channel: _Name = ""
    """A part of the name of the Flashduty channel, in any case; empty for all."""
    labels: Annotated[tuple[_Label, ...], Field(max_length=MAX_LABEL_FILTERS)] = ()
    """Labels that an incident must have, all of them: `name=value`, or the name alone."""
    responder: _Name = ""
    """A part of the name of a person who was paged or has acknowledged; with `responder_slack_id` the whole name."""
    responder_slack_id: SlackId = ""
    is_mine: bool = False
    """Only incidents of the person who asks; the drawn view names them, so that it stays theirs for other readers."""
    is_snoozed: bool = False
    is_oldest_first: bool = False
    not_understood: Annotated[Words, Field(exclude=True)] = field(default="", compare=False)
    """Words that look like a filter and are none: shown in the first answer, and not in the value of a control."""

    @property
    def has_filter_of_ours(self) -> bool:
        """Whether incidents are left out that Flashduty returns: it has no filter that finds the same."""
        return bool(self.flashduty_channel or self.labels or self.is_snoozed) or self.names_responder

    @property
    def names_responder(self) -> bool:
        """Whether only one person's incidents are listed."""
        return bool(self.responder or self.responder_slack_id or self.is_mine)

    @property
    def narrows(self) -> bool:
        """Whether open incidents of the last 31 days are left out."""
        leaves_out = self.severities or self.text or self.storm or self.since < DEFAULT_SINCE
        return bool(leaves_out) or self.has_filter_of_ours or not set(OPEN) <= set(self.progress)

    def on_page(self, page: int) -> "IncidentList":
        """Return the same list at another page."""
        return replace(self, page=page)
