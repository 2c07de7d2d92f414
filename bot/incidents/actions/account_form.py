"""The form that an account may demand before an incident is acknowledged or closed: how its absence is recognised."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from bot.flashduty import Code, FlashdutyError, Incident
from bot.flashduty.api.lifecycle import INCIDENT_ACK, INCIDENT_RESOLVE
from bot.flashduty.models.form_answers import FormAnswers
from bot.flashduty.operation import Operation

AnswerForm = Literal["answer_acknowledge", "answer_close"]
_FORM_OF: Final[Mapping[Operation, AnswerForm]] = {
    INCIDENT_ACK: "answer_acknowledge",
    INCIDENT_RESOLVE: "answer_close",
}


class FormDemandedError(FlashdutyError):
    """Flashduty refused to acknowledge or close an incident as it does where the account demands a form for that.

    No operation tells whether there is a form. `form` is the one of the bot that asks for the answers, `incident` is as
    it was before, `answers` are those that were sent. With `minutes` the incident was to be snoozed afterwards.
    """

    def __init__(
        self, refusal: FlashdutyError, incident: Incident, *, form: AnswerForm, answers: FormAnswers, minutes: int = 0
    ) -> None:
        super().__init__(
            operation=refusal.operation,
            team=refusal.team,
            code=refusal.code,
            raw_code=refusal.raw_code,
            message=refusal.message,
            status=refusal.status,
            request_id=refusal.request_id,
        )
        self.incident = incident
        self.form = form
        self.answers = answers
        self.minutes = minutes

    @property
    def is_answered(self) -> bool:
        """Whether answers were sent, which were not those that the form asks for."""
        return bool(self.answers.body())

    def before_snoozing(self, minutes: int) -> "FormDemandedError":
        """Return it for an incident that was to be snoozed afterwards."""
        return FormDemandedError(self, self.incident, form=self.form, answers=self.answers, minutes=minutes)


def demanded_form(
    error: FlashdutyError, incidents: Sequence[Incident], answers: FormAnswers
) -> FormDemandedError | None:
    """Return the refusal of one incident that could be acknowledged or closed as one that demands a form.

    None for any other refusal.
    """
    form = _FORM_OF.get(error.operation)
    if form is None or error.code is not Code.INVALID_PARAMETER or len(incidents) != 1:
        return None
    return FormDemandedError(error, incidents[0], form=form, answers=answers)
