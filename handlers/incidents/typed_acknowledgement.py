"""`/flashduty ack`: the incidents of the typed numbers are acknowledged as by the button."""

from dataclasses import replace
from typing import Final

from bot.flashduty import FlashdutyError, Incident, Progress
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.actions.command import UnknownOutcomeError
from bot.incidents.list_view import IncidentList
from bot.incidents.messages.account_forms.refusal import answer_value, form_demanded_said
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.incidents.messages.several import (
    Acknowledged,
    acknowledged_one_by_one,
    announced_together,
    no_such_number,
    several_of_number,
    undo_value,
)
from bot.incidents.open_list import typed_number
from bot.incidents.queries import find_incidents
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ACKNOWLEDGE
from bot.messages.changes import actions
from bot.messages.input.typed import unquoted
from bot.messages.text import Mrkdwn
from bot.messages.views import MAX_ACKNOWLEDGED_AT_ONCE, IncidentAcknowledgement, IncidentCard, View, ViewValue
from handlers.dispatch.answers import NO_SUCH_INCIDENT, Announcement, Refusal, Refused, Reply
from handlers.dispatch.context import Incoming, Request
from handlers.incidents.acknowledge import acknowledge_incident
from handlers.incidents.listing import draw_incident

_BETWEEN: Final = frozenset({"and", "&", "+", "和", "与", "、"})


def read_acknowledgement(words: str) -> View:
    """Parse the words behind `ack`: numbers are acknowledged; any other words only search, and change nothing."""
    typed = [word for word in unquoted(words).replace(",", " ").split() if word.lower() not in _BETWEEN]
    numbers = list(dict.fromkeys(typed_number(word.rstrip(".;!")) for word in typed))
    if all(numbers) and 1 <= len(numbers) <= MAX_ACKNOWLEDGED_AT_ONCE:
        return IncidentAcknowledgement(asked=tuple(numbers))
    named = [number for number in numbers if number]
    if len(named) == 1:
        return IncidentCard(asked=named[0])
    return IncidentList(progress=(Progress.TRIGGERED,), text="" if named else " ".join(typed))


def acknowledgement_change(to: Audience, incoming: Incoming) -> actions.ChangeWords:
    """Return the words for acknowledging the named incidents."""
    asked = _asked(incoming)
    if len(asked) == 1:
        return actions.acknowledging(to, asked[0])
    return actions.acknowledging_several(to, len(asked))


def _asked(incoming: Incoming) -> tuple[str, ...]:
    view = incoming.value.view if isinstance(incoming.value, ViewValue) else None
    return view.asked if isinstance(view, IncidentAcknowledgement) else ()


async def draw_acknowledgement(request: Request, view: IncidentAcknowledgement) -> Message | Refusal | Reply:
    """Acknowledge the named incidents, one after another."""
    if len(view.asked) > 1:
        return await _one_by_one(request, view.asked)
    found = await find_incidents(request.flashduty, request.team, view.asked[0], now=request.now)
    if len(found) != 1:
        drawn = await draw_incident(request, IncidentCard(asked=view.asked[0]))
        if isinstance(drawn, Refusal):
            return replace(drawn, refused=NO_SUCH_INCIDENT)
        return Refusal(drawn, outcome="which of several")
    reply = await _acknowledge(request, found[0])
    return replace(
        reply,
        private=reply.private or reply.fallback,
        fallback=None,
        redraw_incident=None,
        control_text=None,
    )


async def _acknowledge(request: Request, incident: Incident) -> Reply:
    """Acknowledge one incident as by the button; what is about to be sent is noted, and looked up after a crash."""
    await request.will_send(ACKNOWLEDGE, AcknowledgeValue(team=request.team.name, incident_id=incident.id))
    return await acknowledge_incident(request, incident.id)


async def _one_by_one(request: Request, asked: tuple[str, ...]) -> Reply:
    """Acknowledge several incidents; a failure stops none of the others."""
    done: list[Acknowledged] = []
    lines: list[Announcement] = []
    refused: list[Refused] = []
    for number in asked:
        try:
            found = await find_incidents(request.flashduty, request.team, number, now=request.now)
            if len(found) != 1:
                done.append(Acknowledged(_not_one(request, number, len(found))))
                refused += [] if found else [Refused(reason=NO_SUCH_INCIDENT, about=number)]
                continue
            reply = await _acknowledge(request, found[0])
        except FormDemandedError as demanded:
            done.append(_needs_form(request, demanded))
        except UnknownOutcomeError as unknown:
            done.append(Acknowledged(unknown.in_doubt))
        except FlashdutyError:
            done.append(Acknowledged(actions.acknowledging(request.to_person, number).not_done))
        else:
            done.append(_outcome(request, found[0], reply))
            lines += [reply.announcement] if reply.announcement is not None else []
    made = len(lines)
    return Reply(
        private=acknowledged_one_by_one(request.to_person, done, request.team.name),
        announcement=_together(request, lines) if lines else None,
        outcome=f"acknowledged {made} of {len(asked)}",
        refused=tuple(refused),
    )


def _needs_form(request: Request, demanded: FormDemandedError) -> Acknowledged:
    value = answer_value(demanded, request.team.name)
    text = form_demanded_said(request.to_person, demanded)
    return Acknowledged(text, demanded.incident, form=value)


def _outcome(request: Request, incident: Incident, reply: Reply) -> Acknowledged:
    answer = reply.private or reply.fallback
    text = answer.text if answer is not None else Mrkdwn("")
    is_own = reply.announcement is not None
    undo = undo_value(reply.redraw_incident or incident, request.team.name) if is_own else None
    return Acknowledged(text, incident, undo)


def _not_one(request: Request, number: str, count: int) -> Mrkdwn:
    to = request.to_person
    return several_of_number(to, number, count) if count else no_such_number(to, number, request.team.name)


def _together(request: Request, lines: list[Announcement]) -> Announcement:
    """Post what was acknowledged at once as one message."""
    if len(lines) == 1:
        return lines[0]
    message = announced_together(line.message.text for line in lines)
    return Announcement(
        message, " ".join(line.once for line in lines), about=request.to_person.say("what you acknowledged")
    )
