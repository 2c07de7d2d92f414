"""What the entries of a timeline say of custom actions, war rooms and work items."""

from typing import Final

from pydantic import Field

from bot.flashduty.models.timeline_details import Detail, IdList
from bot.flashduty.wire import Number, Text


class ActionRun(Detail):
    """A custom action was run (`i_custom`)."""

    integration_id: Number
    """Of the action, with which it can be run again; 0 where it is not told."""
    name: Text = Field(validation_alias="integration_name")
    status: Text
    failed_reason: Text = Field(repr=False)
    message: Text = Field(repr=False)

    @property
    def why_it_failed(self) -> str | None:
        """Why the action's own call failed, empty where that is not said; None where it is not known to have failed.

        No document has a result in the timeline; `/incident/custom-action/do` answers a failure with a `message`.
        """
        reason = self.failed_reason or self.message
        return reason if reason or self.status.lower() in _FAILED else None


_FAILED: Final = frozenset({"failed", "failure", "fail", "error", "timeout"})


class WarRoom(Detail):
    """A chat group for the incident."""

    name: Text = Field(validation_alias="chat_name")
    link: Text = Field(validation_alias="share_link", repr=False)


class WarRoomCreated(WarRoom):
    """A war room was created (`i_wr_create`)."""


class WarRoomDeleted(WarRoom):
    """A war room was deleted (`i_wr_delete`)."""


class CardRefreshed(Detail):
    """Flashduty's own card was refreshed (`i_auto_refresh`)."""


class WorkItem(Detail):
    """Something to do about the incident: an action, or a follow-up."""

    title: Text = Field(repr=False)
    assigned_ids: IdList = Field(validation_alias="assignee_ids", repr=False)
    added_ids: IdList = Field(validation_alias="added_assignee_ids", repr=False)

    @property
    def assignees(self) -> tuple[int, ...]:
        """Whom it was assigned to, by their ids."""
        return self.added_ids or self.assigned_ids


class WorkItemCreated(WorkItem):
    """A work item was created (`i_wi_created`)."""


class WorkItemUpdated(WorkItem):
    """A work item was changed (`i_wi_updated`)."""


class WorkItemAssigned(WorkItem):
    """The people of a work item changed (`i_wi_assignees`)."""


class WorkItemCompleted(WorkItem):
    """A work item was completed (`i_wi_completed`)."""


class WorkItemConverted(WorkItem):
    """An action became a follow-up, or the reverse (`i_wi_converted`)."""


class WorkItemBound(WorkItem):
    """A work item was bound to something else (`i_wi_bound`)."""


class WorkItemDeleted(WorkItem):
    """A work item was deleted (`i_wi_deleted`)."""
