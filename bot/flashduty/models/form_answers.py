"""Answers to the form that an account may demand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.flashduty.models.customs import FieldValue


@dataclass(frozen=True, kw_only=True)
class FormAnswers:
    """A summary, and values of custom fields by the names of the fields; what is empty is not sent.

    No operation returns the form. A plain call is refused with InvalidParameter where there is one, and so is a summary
    where the form has none. A value is of the type of its field.
    """

    summary: str = field(default="", repr=False)
    fields: Mapping[str, FieldValue] = field(default_factory=dict, repr=False)

    def body(self) -> dict[str, Any]:
        """Return the fields of the request."""
        answers = {"summary": self.summary, "custom_fields": dict(self.fields)}
        return {name: value for name, value in answers.items() if value}

    def named(self) -> str:
        """Return what is answered, without the answers: "form: summary, cause"."""
        names = [*(["summary"] if self.summary else []), *self.fields]
        return f"form: {', '.join(names)}" if names else ""


NO_ANSWERS: Final = FormAnswers()
