"""Who has an incident: each change beside its operation. Every one pages people and is never sent twice."""

from collections.abc import Sequence
from typing import Any, Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.limits import incident_ids_body, people_of_call
from bot.flashduty.models.dispatch import PersonalChannel, RuleLevel, notify_body
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.responses import ANY_DATA

_INCIDENTS: Final = "/en/api-reference/on-call/incidents"

INCIDENT_ASSIGN: Final = Operation(
    "/incident/assign", Kind.WRITE, f"{_INCIDENTS}/incident-assign", permission="Incidents Manage"
)
RESPONDER_ADD: Final = Operation(
    "/incident/responder/add", Kind.WRITE, f"{_INCIDENTS}/incident-responder-add", permission="Incidents Manage"
)


class DispatchApi(ApiCaller):
    """The changes of who has an incident, as the owner of the key; they need the permission Incidents Manage.

    `channels` are the ways to notify people, their own preferences where there are none.
    """

    async def assign(
        self,
        *incident_ids: str,
        person_ids: Sequence[int] = (),
        level: RuleLevel | None = None,
        channels: Sequence[PersonalChannel] = (),
    ) -> None:
        """Give 1 to 100 open incidents to people, to whom a level of a rule names, or to both, instead of those now.

        It replaces the responders; who has acknowledged stays. Raises ValueError for nobody, or more than 100 people.
        Not sent again when its outcome is unknown. Source: /en/api-reference/on-call/incidents/incident-assign.
        """
        target: dict[str, Any] = {"person_ids": people_of_call(person_ids)} if person_ids or level is None else {}
        if level is not None:
            target |= {"escalate_rule_id": level.rule_id, "layer_idx": level.level}
        target |= notify_body(channels)
        await self._call(INCIDENT_ASSIGN, {**incident_ids_body(incident_ids), "assigned_to": target}, ANY_DATA)

    async def add_responders(
        self, incident_id: str, person_ids: Sequence[int], *, channels: Sequence[PersonalChannel] = ()
    ) -> None:
        """Page 1 to 100 further people for an open incident; those who have it keep it.

        Raises ValueError for nobody, or more than 100 people. Not sent again when its outcome is unknown.
        Source: /en/api-reference/on-call/incidents/incident-responder-add.
        """
        body = {"incident_id": incident_id, "person_ids": people_of_call(person_ids), **notify_body(channels)}
        await self._call(RESPONDER_ADD, body, ANY_DATA)
