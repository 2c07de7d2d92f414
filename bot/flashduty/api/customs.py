"""What an account defines for itself: each call beside its operation and the type of its response."""

from typing import Any, Final, TypeVar

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.errors import Code, FlashdutyError
from bot.flashduty.models.customs import (
    ActionResult,
    CommentType,
    CommentTypes,
    CustomField,
    CustomFields,
    FieldValue,
)
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.responses import ANY_DATA, Expected

T = TypeVar("T")

_INCIDENTS: Final = "/en/api-reference/on-call/incidents"

# What is carried out may not be harmless twice: none of these is sent again once it may have been.
CUSTOM_ACTION_DO: Final = Operation(
    "/incident/custom-action/do",
    Kind.WRITE,
    f"{_INCIDENTS}/incident-custom-action-do",
    permission="Incidents Manage",
)
FIELD_RESET: Final = Operation(
    "/incident/field/reset", Kind.WRITE, f"{_INCIDENTS}/incident-field-reset", permission="Incidents Manage"
)
# Newer than the OpenAPI document: an older Flashduty has no such route.
FIELD_LIST: Final = Operation("/field/list", Kind.READ, "/field/list")
COMMENT_TYPE_LIST: Final = Operation("/incident/comment-type/list", Kind.READ, "/incident/comment-type/list")

ACTION_RESULT: Final = Expected(Envelope[ActionResult], ActionResult.empty)
CUSTOM_FIELDS: Final = Expected(Envelope[CustomFields], CustomFields.empty)
COMMENT_TYPES: Final = Expected(Envelope[CommentTypes], CommentTypes.empty)


class CustomsApi(ApiCaller):
    """The calls about custom actions, custom fields and types of comments."""

    async def run_custom_action(self, incident_id: str, integration_id: int) -> ActionResult:
        """Run a custom action of the incident's Flashduty channel; read `has_failed` before telling that it was done.

        Needs the permission Incidents Manage. Not sent again when its outcome is unknown.
        Source: /en/api-reference/on-call/incidents/incident-custom-action-do.
        """
        body = {"incident_id": incident_id, "integration_id": integration_id}
        return await self._call(CUSTOM_ACTION_DO, body, ACTION_RESULT)

    async def set_custom_field(self, incident_id: str, name: str, value: FieldValue) -> None:
        """Set a custom field of an incident: a bool, a text, a number or a list of texts, by the type of the field.

        Needs the permission Incidents Manage. Not sent again when its outcome is unknown.
        Source: /en/api-reference/on-call/incidents/incident-field-reset.
        """
        body = {"incident_id": incident_id, "field_name": name, "field_value": value}
        await self._call(FIELD_RESET, body, ANY_DATA)

    async def custom_fields(self) -> tuple[CustomField, ...]:
        """Read the custom fields of the account that can be filled in; none where Flashduty has no such route."""
        fields = await self._if_there(FIELD_LIST, {"orderby": "created_at", "asc": True}, CUSTOM_FIELDS)
        return tuple(one for one in fields.items if one.is_enabled) if fields else ()

    async def comment_types(self) -> tuple[CommentType, ...]:
        """Read the types that a comment can be given; none where Flashduty has no such route."""
        types = await self._if_there(COMMENT_TYPE_LIST, {}, COMMENT_TYPES)
        return tuple(one for one in types.items if one.id and one.name) if types else ()

    async def _if_there(self, operation: Operation, body: dict[str, Any], expected: Expected[T]) -> T | None:
        """Make a call to a newer route; None where it is missing."""
        try:
            return await self._call(operation, body, expected)
        except FlashdutyError as error:
            if error.code is not Code.ROUTE_NOT_FOUND:
                raise
            return None
