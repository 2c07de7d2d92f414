"""What is said about giving an incident to others: whom it paged, and what Undo would do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.flashduty import Incident, Person
from bot.incidents.messages.actions.outcome import ActionWords, Made, Undo, closed_meanwhile, undo_until
from bot.incidents.messages.actions.values import PEOPLE_OF_CONTROL, AddResponderValue, AssignValue
from bot.incidents.messages.status import responder_names, title_link
from bot.messages.audience import Audience
from bot.messages.blocks import dangerous
from bot.messages.buttons import ESCALATE, REASSIGN
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, lines, moment

_SHORT = 60


@dataclass(frozen=True, kw_only=True)
class AssignWords(ActionWords[AssignValue]):
    """The sentences about reassigning and escalating; `people` are those whom the incident names."""

    people: Mapping[int, Person] = field(default_factory=dict)

    def done(self, to: Audience, made: Made[AssignValue]) -> Mrkdwn:
        """Confirm to whom it was given, and who was paged."""
        title, who = title_link(to, made.after), self._assigned(to, made.after)
        level = made.after.escalation_level
        if made.value.rule_id and level is not None:
            if not who:
                return to.say("You escalated {title} to level {level}.", title=title, level=level + 1)
            return to.say(
                "You escalated {title} to level {level}. Paged: {who}.", title=title, level=level + 1, who=who
            )
        return to.say(
            "You reassigned {title} to {who}. Flashduty pages them.", title=title, who=who or to.say("somebody")
        )

    def announced(self, to: Audience, made: Made[AssignValue], who: str) -> Mrkdwn:
        """Tell who gave it to whom."""
        title, target, name = title_link(to, made.after), self._assigned(to, made.after), clipped(who, _SHORT)
        level = made.after.escalation_level
        if not made.value.rule_id or level is None:
            target = target or to.say("somebody")
            return to.say("📌 {who} reassigned {title} to {target}", who=name, title=title, target=target)
        if not target:
            return to.say("⬆️ {who} escalated {title} to level {level}", who=name, title=title, level=level + 1)
        return to.say(
            "⬆️ {who} escalated {title} to level {level}: {target}",
            who=name,
            title=title,
            level=level + 1,
            target=target,
        )

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it is given to somebody already, or was meanwhile."""
        if (closed := closed_meanwhile(to, incident)) is not None:
            return closed
        title, who, at = title_link(to, incident), self._assigned(to, incident), incident.assigned_at
        if not who or at is None:
            return to.say("{title} was assigned to somebody else meanwhile. Nothing was changed.", title=title)
        return to.say("{title} was assigned to {who} {at}. Nothing was changed.", title=title, who=who, at=moment(at))

    def undo(self, to: Audience, made: Made[AssignValue]) -> Undo | None:
        """Give it back to those who had it, which pages them; who was added besides is not given it again."""
        before, after = made.before, made.after
        # What is looked up after a crash shows no earlier state.
        if before is after or (not before.assigned_ids and before.escalation_rule_id is None):
            return None
        at = after.assigned_at
        level = before.escalation_level
        value = AssignValue(
            team=made.team,
            incident_id=after.id,
            channel=made.value.channel,
            undo_until=undo_until(to),
            person_ids=() if level is not None else before.assigned_ids[:PEOPLE_OF_CONTROL],
            rule_id=(before.escalation_rule_id or "") if level is not None else "",
            level=level or 0,
            assigned_at=int(at.timestamp()) if at is not None else 0,
        )
        says = self._undoing(to, before)
        return Undo(
            route=ESCALATE if level is not None else REASSIGN,
            value=value,
            says=says,
            confirm=dangerous(
                title=to.label("Reassign #{num} back?", num=after.num),
                text=to.label("Flashduty pages the earlier responders again."),
                confirm=to.label("Reassign back"),
                deny=to.label("Cancel"),
            ),
        )

    def _undoing(self, to: Audience, before: Incident) -> Mrkdwn:
        """Say whom Undo pages, and who stays away."""
        others = {one.person_id for one in before.responders} - set(before.assigned_ids)
        level = before.escalation_level
        if level is not None:
            pages = to.say(
                "Undo gives it back to level {level}, and pages whoever that level names now.", level=level + 1
            )
        else:
            pages = to.say("Undo gives it back to {who}, and pages them again.", who=self._assigned(to, before))
        if not others:
            return lines(pages, to.say("Who was paged meanwhile stays paged."))
        who = self._names(to, sorted(others), before)
        return lines(
            pages, to.say("Who was paged meanwhile stays paged. Not brought back as responder: {others}.", others=who)
        )

    def _assigned(self, to: Audience, incident: Incident) -> Mrkdwn:
        return self._names(to, incident.assigned_ids, incident)

    def _names(self, to: Audience, ids: Iterable[int], incident: Incident) -> Mrkdwn:
        return names(to, ids, self.people, given=responder_names(incident), most=PEOPLE_OF_CONTROL)


@dataclass(frozen=True, kw_only=True)
class AddResponderWords(ActionWords[AddResponderValue]):
    """The sentences about adding a responder; `has_card` is whether the team has living cards, whose threads go on."""

    people: Mapping[int, Person] = field(default_factory=dict)
    has_card: bool = False

    def done(self, to: Audience, made: Made[AddResponderValue]) -> Mrkdwn:
        """Confirm who was added, and where it is told whether the page arrived."""
        who, title = self._added(to, made), title_link(to, made.after)
        if not self.has_card:
            return to.say("➕ You added {who} to {title}. Flashduty pages them.", who=who, title=title)
        return to.say(
            "➕ You added {who} to {title}. Flashduty pages them; a page that does not arrive is told in the card's"
            " thread.",
            who=who,
            title=title,
        )

    def announced(self, to: Audience, made: Made[AddResponderValue], who: str) -> Mrkdwn:
        """Tell who added whom."""
        title, name = title_link(to, made.after), clipped(who, _SHORT)
        return to.say("➕ {who} added {added} to {title}", who=name, added=self._added(to, made), title=title)

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that they are responders already."""
        if (closed := closed_meanwhile(to, incident)) is not None:
            return closed
        title = title_link(to, incident)
        responders = (one.person_id for one in incident.responders)
        who = names(to, responders, self.people, given=responder_names(incident), most=PEOPLE_OF_CONTROL)
        return to.say("Already a responder of {title}: {who}. Nobody was paged.", title=title, who=who)

    def _added(self, to: Audience, made: Made[AddResponderValue]) -> Mrkdwn:
        given = responder_names(made.after)
        return names(to, made.value.person_ids, self.people, given=given, most=PEOPLE_OF_CONTROL)
