"""The states of incidents: each change beside its operation."""

from collections.abc import Mapping
from typing import Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.limits import (
    LONGEST_SNOOZE,
    MAX_DESCRIPTION_LENGTH,
    MAX_NOTE_LENGTH,
    incident_ids_body,
    texts_of_call,
)
from bot.flashduty.models.form_answers import NO_ANSWERS, FormAnswers
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.responses import ANY_DATA

_INCIDENTS: Final = "/en/api-reference/on-call/incidents"
_CLOSING_TEXTS: Final[Mapping[str, int]] = {
    "root_cause": MAX_NOTE_LENGTH,
    "resolution": MAX_NOTE_LENGTH,
    "description": MAX_DESCRIPTION_LENGTH,
}

INCIDENT_ACK: Final = Operation(
    "/incident/ack", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-ack", permission="Incidents Manage"
)
INCIDENT_UNACK: Final = Operation(
    "/incident/unack", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-unack", permission="Incidents Manage"
)
# Every execution is an entry of the timeline: one that may have been carried out is looked up instead.
INCIDENT_SNOOZE: Final = Operation(
    "/incident/snooze", Kind.WRITE, f"{_INCIDENTS}/incident-snooze", permission="Incidents Manage"
)
INCIDENT_WAKE: Final = Operation(
    "/incident/wake", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-wake", permission="Incidents Manage"
)
INCIDENT_RESOLVE: Final = Operation(
    "/incident/resolve", Kind.IDEMPOTENT_WRITE, f"{_INCIDENTS}/incident-resolve", permission="Incidents Manage"
)
# Every execution pages people: a request that may have been carried out is never sent again.
INCIDENT_REOPEN: Final = Operation(
    "/incident/reopen", Kind.WRITE, f"{_INCIDENTS}/incident-reopen", permission="Incidents Manage"
)


class LifecycleApi(ApiCaller):
    """The changes of the state of 1 to 100 incidents, as the owner of the key.

    Every one needs the permission Incidents Manage, changes all or nothing, and raises ValueError for what Flashduty
    would refuse: no incident or more than 100, a text that is too long.
    """

    async def acknowledge(self, *incident_ids: str, answers: FormAnswers = NO_ANSWERS) -> None:
        """Acknowledge; doing it twice changes nothing. An account may demand answers to a form.

        Source: /en/api-reference/on-call/incidents/incident-ack.
        """
        await self._call(INCIDENT_ACK, {**incident_ids_body(incident_ids), **answers.body()}, ANY_DATA)

    async def unacknowledge(self, *incident_ids: str) -> None:
        """Withdraw the key owner's own acknowledgement.

        An incident returns to Triggered when nobody else has acknowledged it.
        Source: /en/api-reference/on-call/incidents/incident-unack.
        """
        await self._call(INCIDENT_UNACK, incident_ids_body(incident_ids), ANY_DATA)

    async def snooze(self, *incident_ids: str, minutes: int) -> None:
        """Snooze for 1 to 1,440 minutes from now; only what is Processing can be snoozed.

        When the time is over, an open incident returns to Triggered and people are paged again. Not sent again when its
        outcome is unknown. Source: /en/api-reference/on-call/incidents/incident-snooze.
        """
        if not 0 < minutes <= LONGEST_SNOOZE:
            raise ValueError(f"{minutes} minutes, Flashduty takes 1 to {LONGEST_SNOOZE}")
        await self._call(INCIDENT_SNOOZE, {**incident_ids_body(incident_ids), "minutes": minutes}, ANY_DATA)

    async def wake(self, *incident_ids: str) -> None:
        """End a snooze; one that is not snoozed stays as it is.

        Source: /en/api-reference/on-call/incidents/incident-wake.
        """
        await self._call(INCIDENT_WAKE, incident_ids_body(incident_ids), ANY_DATA)

    async def close(
        self,
        *incident_ids: str,
        root_cause: str = "",
        resolution: str = "",
        description: str = "",
        answers: FormAnswers = NO_ANSWERS,
    ) -> None:
        """Close; one that is closed stays as it is. An account may demand answers to a form.

        `root_cause` and `resolution` have at most 1,024 characters, `description`, which is newer, 6,144; what is empty
        is left as it is. Source: /en/api-reference/on-call/incidents/incident-resolve.
        """
        texts = {"root_cause": root_cause, "resolution": resolution, "description": description}
        body = {**incident_ids_body(incident_ids), **texts_of_call(texts, _CLOSING_TEXTS), **answers.body()}
        await self._call(INCIDENT_RESOLVE, body, ANY_DATA)

    async def reopen(self, *incident_ids: str, reason: str = "") -> None:
        """Put closed incidents back to Triggered and page again, with a reason of at most 1,024 characters.

        Not sent again when its outcome is unknown. Source: /en/api-reference/on-call/incidents/incident-reopen.
        """
        texts = texts_of_call({"reason": reason}, {"reason": MAX_NOTE_LENGTH})
        await self._call(INCIDENT_REOPEN, {**incident_ids_body(incident_ids), **texts}, ANY_DATA)
