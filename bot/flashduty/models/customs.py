"""What an account defines for itself: custom fields, types of comments, and the result of a custom action."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import FailFast, Field

from bot.flashduty.wire import InvalidIs, NullIs, Text, Wire

# A checkbox, a text or one choice, a number, or several choices.
FieldValue = bool | str | float | list[str]


class FieldKind(StrEnum):
    """The type of a custom field; an unknown word is UNKNOWN."""

    CHECKBOX = "checkbox"
    MULTI_SELECT = "multi_select"
    SINGLE_SELECT = "single_select"
    TEXT = "text"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, _value: object) -> "FieldKind":
        return cls.UNKNOWN


class CustomField(Wire):
    """The definition of a custom field; every text is untrusted."""

    name: Text = Field(validation_alias="field_name")
    label: Text = Field(validation_alias="display_name")
    description: Text = Field(repr=False)
    kind: Annotated[FieldKind, InvalidIs(FieldKind.UNKNOWN)] = Field(validation_alias="field_type")
    value_type: Text
    """The type of the values of a text: string, or float."""
    status: Text
    default: Any = Field(default=None, validation_alias="default_value", repr=False)
    options: Any = Field(default=None, repr=False)
    """Of any type, by the documents."""

    @property
    def is_enabled(self) -> bool:
        """Whether it can be filled in."""
        return bool(self.name) and self.kind is not FieldKind.UNKNOWN and self.status in {"", "enabled"}

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen in a select, each once."""
        told = self.options if isinstance(self.options, list) else []
        return tuple(dict.fromkeys(one for one in told if isinstance(one, str) and one))


class CustomFields(Wire):
    """The response of `/field/list`, which has no pages."""

    items: Annotated[tuple[CustomField, ...], FailFast(), NullIs(tuple)]


class CommentType(Wire):
    """A type that a comment can be given; its name is untrusted."""

    id: Text = Field(validation_alias="comment_type_id")
    name: Text


class CommentTypes(Wire):
    """The response of `/incident/comment-type/list`, which has no pages."""

    items: Annotated[tuple[CommentType, ...], FailFast(), NullIs(tuple)]


@dataclass(frozen=True)
class CustomAction:
    """A custom action that is known: how it is called, and the id of its integration; the name may be untrusted."""

    name: str
    integration_id: int


class ActionResult(Wire):
    """The response of `/incident/custom-action/do`: a success of the call, but perhaps not of the action.

    `failure` is why the action's own call failed, empty where it did not. It is untrusted, and may name the address
    that the operator gave the action.
    """

    failure: Text = Field(validation_alias="message", repr=False)

    @property
    def has_failed(self) -> bool:
        """Whether the action's own call failed."""
        return bool(self.failure.strip())
