"""Reassign, Escalate and Add responder as actions: what each writes, and the names in what is said of it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from bot.assigning.gather import names_of
from bot.assigning.messages.forms import ADD_FORM, REASSIGN_FORM
from bot.assigning.messages.words import AddResponderWords, AssignWords
from bot.flashduty import Incident
from bot.flashduty.models.dispatch import RuleLevel
from bot.incidents.actions.assign import AddResponders, Escalate, Reassign, numbered_person
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.messages.actions.outcome import Made
from bot.incidents.messages.actions.values import AddResponderValue, AssignValue
from bot.messages.buttons import ADD_RESPONDER, ESCALATE, REASSIGN
from bot.messages.changes import actions
from bot.people.directory import display_name
from handlers.dispatch.answers import Announcement
from handlers.dispatch.context import Request
from handlers.incidents.actions.action import Action
from handlers.incidents.actions.drafts import forget_texts


class _Assigning(Action[AssignValue]):
    """Give an incident to others; who they are is looked up, because what Flashduty answers are numbers."""

    async def carry_out(
        self,
        request: Request,
        value: AssignValue,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Made[AssignValue] | Incident:
        """Carry out the action, and look up whom it names."""
        result = await super().carry_out(request, value, command=command, just_read=just_read)
        incidents = (result.before, result.after) if isinstance(result, Made) else (result,)
        await self.read_names(request, value, *incidents)
        if isinstance(result, Made):
            await forget_texts(request, f"{REASSIGN_FORM} {value.incident_id}")
        return result

    async def read_names(self, request: Request, value: AssignValue, *incidents: Incident) -> None:
        """Look up whom the incidents and the value name. Never raises."""
        await _read_names(request, value.person_ids, incidents)

    def line(self, request: Request, made: Made[AssignValue], *, once: str) -> Announcement:
        """Return the channel's line; whom it named is not kept, so that it is not posted again by a control."""
        return replace(super().line(request, made, once=once), retry=None)

    def words_for(self, request: Request, value: AssignValue) -> AssignWords:
        """Return its sentences, with the names that were looked up."""
        del value
        return AssignWords(people=request.flashduty.person_cache)


class _Adding(Action[AddResponderValue]):
    """Page a further person."""

    async def carry_out(
        self,
        request: Request,
        value: AddResponderValue,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Made[AddResponderValue] | Incident:
        """Carry out the action, and look up whom it names."""
        result = await super().carry_out(request, value, command=command, just_read=just_read)
        incidents = (result.before, result.after) if isinstance(result, Made) else (result,)
        await self.read_names(request, value, *incidents)
        if isinstance(result, Made):
            await forget_texts(request, f"{ADD_FORM} {value.incident_id}")
        return result

    async def read_names(self, request: Request, value: AddResponderValue, *incidents: Incident) -> None:
        """Look up whom the incidents and the value name. Never raises."""
        await _read_names(request, value.person_ids, incidents)

    def line(self, request: Request, made: Made[AddResponderValue], *, once: str) -> Announcement:
        """Return the channel's line; whom it named is not kept, so that it is not posted again by a control."""
        return replace(super().line(request, made, once=once), retry=None)

    def words_for(self, request: Request, value: AddResponderValue) -> AddResponderWords:
        """Return its sentences, with the names that were looked up."""
        del value
        return AddResponderWords(
            people=request.flashduty.person_cache, has_card=request.team.settings.cards_channel is not None
        )


async def _read_names(request: Request, ids: Iterable[int], incidents: Iterable[Incident]) -> None:
    named = {one.person_id for incident in incidents for one in incident.responders}
    await names_of(request.flashduty_for_names(), {*named, *ids})


def _name_of(request: Request) -> Callable[[int], str]:
    known = request.flashduty.person_cache

    def name_of(person_id: int) -> str:
        return display_name(known[person_id]) if person_id in known else numbered_person(person_id)

    return name_of


def _reassign(request: Request, value: AssignValue) -> IncidentCommand:
    return Reassign(
        person_ids=value.person_ids,
        assigned_at=value.assigned_at or None,
        asked_at=request.now,
        name_of=_name_of(request),
    )


def _escalate(request: Request, value: AssignValue) -> IncidentCommand:
    return Escalate(
        level=RuleLevel(rule_id=value.rule_id, level=value.level),
        assigned_at=value.assigned_at or None,
        asked_at=request.now,
        name_of=_name_of(request),
    )


def _add(request: Request, value: AddResponderValue) -> IncidentCommand:
    return AddResponders(
        person_ids=value.person_ids, channels=value.channels, asked_at=request.now, name_of=_name_of(request)
    )


REASSIGNING: Final = _Assigning(
    route=REASSIGN, reads=AssignValue, changing=actions.reassigning, words=AssignWords(), command=_reassign
)
ESCALATING: Final = _Assigning(
    route=ESCALATE, reads=AssignValue, changing=actions.escalating, words=AssignWords(), command=_escalate
)
ADDING: Final = _Adding(
    route=ADD_RESPONDER,
    reads=AddResponderValue,
    changing=actions.adding_responder,
    words=AddResponderWords(),
    command=_add,
)
