"""An action on an incident: what differs from one to the next, and the one way in which all of them are carried out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from bot.cards.messages.card import LivingCard
from bot.flashduty import Incident
from bot.incidents.actions.command import IncidentCommand
from bot.incidents.messages.actions.outcome import (
    ActionWords,
    Made,
    action_announced,
    action_done,
    action_unchanged,
    undo_over,
)
from bot.incidents.messages.actions.values import ActionValue, AnnounceActionValue
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import ANNOUNCE_ACTION, fits
from bot.messages.changes.actions import ChangeWords
from bot.messages.errors import Retry
from bot.teams.access import Permission
from handlers.dispatch.answers import TOO_LATE_TO_UNDO, Announcement, Refused, Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.retries import press_on_the_card
from handlers.dispatch.route import Route, Visibility

V = TypeVar("V", bound=ActionValue)


@dataclass(frozen=True, kw_only=True)
class Action(Generic[V]):
    """What differs from one action to the next."""

    route: str
    """The name of its buttons' route, and of what is noted of it."""
    reads: type[V]
    changing: Callable[[Audience, str], ChangeWords]
    """The words for it while it is under way, by the id of the incident."""
    words: ActionWords[V]
    command: Callable[[Request, V], IncidentCommand]

    def route_row(self) -> Route:
        """Return its row of the routing table."""
        return Route(
            handle=self.press,
            reads=self.reads,
            permission=Permission.RESPOND,
            visibility=Visibility.IN_PLACE,
            retry=press_on_the_card,
            change=self.change,
        )

    def change(self, to: Audience, incoming: Incoming) -> ChangeWords:
        """Return the words for what a request changes."""
        return self.changing(to, incoming.incident)

    def words_for(self, request: Request, value: V) -> ActionWords[V]:
        """Return its sentences, with what they need besides the incident."""
        del request, value
        return self.words

    async def read_names(self, request: Request, value: V, *incidents: Incident) -> None:
        """Read what its sentences need besides the incident. Never raises."""

    async def press(self, request: Request) -> Reply:
        """Carry out the action of a pressed control."""
        return await self.perform(request, request.value_as(self.reads))

    async def perform(
        self,
        request: Request,
        value: V,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Reply:
        """Carry out the action, confirm it with Undo, and tell the others; what cannot be done is told as that."""
        if value.undo_until and request.now.timestamp() > value.undo_until:
            over = undo_over(request.audience, value)
            return Reply(redraw=over, outcome="too late to undo", refused=(Refused(reason=TOO_LATE_TO_UNDO),))
        found = await self.carry_out(request, value, command=command, just_read=just_read)
        return self.told(request, found) if isinstance(found, Made) else self._unchanged(request, value, found)

    async def carry_out(
        self,
        request: Request,
        value: V,
        *,
        command: IncidentCommand | None = None,
        just_read: Incident | None = None,
    ) -> Made[V] | Incident:
        """Carry out the action; return what was made, or the incident in which nothing was changed.

        `command` is what is written where the value of a control has no room for it, as for texts; `just_read` is the
        incident where an earlier call of the same press has read it. Raises as `CommandRunner.run` does.
        """
        command = command or self.command(request, value)
        known = [just_read] if just_read is not None else []
        (outcome,) = await request.services.commands.run(command, [value.incident_id], request.actor, just_read=known)
        if outcome.change is None or outcome.is_repeated:
            return outcome.known
        return Made(value=value, before=outcome.before, after=outcome.known)

    def told(self, request: Request, made: Made[V]) -> Reply:
        """Return the answer to an action that was made."""
        reply = _answer(made.value, action_done(request.to_person, self.words_for(request, made.value), made))
        return replace(
            reply,
            redraw_incident=made.after,
            redraw_view=made.value.view,
            announcement=self.announcement(request, made),
            is_made=True,
            outcome=f"{self.route}: done",
        )

    def announcement(self, request: Request, made: Made[V]) -> Announcement | None:
        """Return the channel's line; None on a living card, whose thread tells what becomes of the incident."""
        if isinstance(made.value.view, LivingCard):
            return None
        return self.line(request, made, once=request.once)

    def line(self, request: Request, made: Made[V], *, once: str) -> Announcement:
        """Return the channel's line; `once` is the key of the press that made it."""
        line = action_announced(request.to_channel, self.words_for(request, made.value), made, who=request.person.name)
        about = request.to_person.say("the line about #{number}", number=made.after.num)
        snoozed_until = made.after.snoozed_until
        again = AnnounceActionValue(
            team=request.team.name,
            thread=request.origin.announcement_thread or "",
            incident_id=made.after.id,
            action=self.route,
            once=once,
            until=int(snoozed_until.timestamp()) if snoozed_until is not None else 0,
        )
        retry = Retry(ANNOUNCE_ACTION, again) if fits(again) else None
        return Announcement(line, f"{self.route} {made.after.id} {once}", about=about, retry=retry)

    def _unchanged(self, request: Request, value: V, incident: Incident) -> Reply:
        words = self.words_for(request, value)
        reply = _answer(value, action_unchanged(request.to_person, words, incident, team=value.team))
        return replace(
            reply,
            redraw_incident=incident,
            redraw_view=value.view,
            outcome=f"{self.route}: nothing to change",
        )


def _answer(value: ActionValue, message: Message) -> Reply:
    """Show the message in place of the pressed Undo, or beside the message with the pressed control."""
    return Reply(redraw=message) if value.undo_until else Reply(private=message)
