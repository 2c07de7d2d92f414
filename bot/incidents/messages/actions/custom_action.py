"""The control of a custom action, and what is said about it."""

import re
from dataclasses import dataclass
from typing import Final

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident
from bot.flashduty.models.customs import CustomAction
from bot.incidents.messages.actions.offer_rows import ControlPlace
from bot.incidents.messages.actions.outcome import ActionWords, Made, closed_meanwhile
from bot.incidents.messages.actions.values import CustomActionValue
from bot.incidents.messages.status import title_link
from bot.messages.audience import Audience
from bot.messages.blocks import actions, dangerous, section
from bot.messages.buttons import CUSTOM_ACTION, SHOW_INCIDENT, control
from bot.messages.changes.actions import number_of
from bot.messages.message import Message
from bot.messages.text import Mrkdwn, clipped, inert, lines, verbatim
from bot.messages.views import IncidentCard, ViewValue

_NAME_LIMIT: Final = 60
# Beside a line of text, also on a phone.
_BUTTON_LIMIT: Final = 30
_REASON_LIMIT: Final = 200
# A failure is cut before it is searched, so that a long one takes no time.
_SEARCHED_LIMIT: Final = 2_000
# Addresses of what the operator lets Flashduty call: with a scheme, a port, a path, or numbers. They may hold tokens.
_ADDRESS: Final = re.compile(
    r"""[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\s"'<>]*|\[[0-9A-Fa-f:.]{2,60}(?:%[\w.-]{1,30})?\](?::\d+)?"""
    r"""|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?"""
    r"""|\b[A-Za-z0-9][A-Za-z0-9.-]{0,250}\.[A-Za-z0-9-]{2,60}(?::\d+(?:/[^\s"'<>]*)?|/[^\s"'<>]*)|(?<=lookup )\S+"""
)
# Credentials that stand outside of an address: "Authorization: Bearer …", "token=…", "api_key: …".
_CREDENTIAL: Final = re.compile(
    r"""\b(?:bearer|basic)\s+[^\s"'<>,;]+"""
    r"""|\b[\w-]{0,30}(?:token|secret|password|passwd|api[_-]?key|app[_-]?key|signature|authorization)\b["']?\s*[=:]\s*"""
    r"""(?:(?:bearer|basic)\s+)?["']?[^\s"'<>,;&]+""",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class CustomActionWords(ActionWords[CustomActionValue]):
    """The sentences about a custom action of a name, which is untrusted."""

    name: str = ""

    def done(self, to: Audience, made: Made[CustomActionValue]) -> Mrkdwn:
        """Confirm that Flashduty ran it."""
        return to.say(
            "⚙️ You ran the custom action “{action}” for {title}.", action=self._name, title=title_link(to, made.after)
        )

    def announced(self, to: Audience, made: Made[CustomActionValue], who: str) -> Mrkdwn:
        """Tell who ran it."""
        return to.say(
            "⚙️ {who} ran the custom action “{action}” for {title}",
            who=clipped(who, 60),
            action=self._name,
            title=title_link(to, made.after),
        )

    def unchanged(self, to: Audience, incident: Incident) -> Mrkdwn:
        """Say that it was not run."""
        closed = closed_meanwhile(to, incident)
        return closed or to.say("No custom action was run for {title}.", title=title_link(to, incident))

    @property
    def _name(self) -> str:
        return clipped(self.name, _NAME_LIMIT)


def custom_action_row(to: Audience, one: CustomAction, incident: Incident, place: ControlPlace) -> Block:
    """Draw a custom action in More: a line that says what it is, and its button, which asks first."""
    name = clipped(inert(one.name), _NAME_LIMIT)
    value = CustomActionValue(
        team=place.team,
        view=place.view,
        channel=place.channel,
        thread=place.thread,
        incident_id=incident.id,
        integration_id=one.integration_id,
        name=one.name[:_NAME_LIMIT],
    )
    asks = dangerous(
        title=to.label("Run it for #{num}?", num=incident.num),
        text=to.label(
            "“{action}” is run once, with what is set up for it in Flashduty. There is no Undo.", action=name
        ),
        confirm=to.label("Run"),
        deny=to.label("Cancel"),
    )
    button = control(
        verbatim(clipped(inert(one.name), _BUTTON_LIMIT)),
        CUSTOM_ACTION,
        value,
        suffix=f"{one.integration_id}:{incident.id}",
        spoken=to.label("Run {action} for {num}", action=clipped(name, _BUTTON_LIMIT), num=incident.num),
        confirm=asks,
    )
    return section(to.say("Runs the custom action “{action}” of Flashduty. It asks first.", action=name), button)


def without_addresses(failure: str) -> str:
    """Leave out of an answer what may be an address or a credential: others read it than those who set it up."""
    return _CREDENTIAL.sub("…", _ADDRESS.sub("…", failure[:_SEARCHED_LIMIT]))


def custom_action_failed(to: Audience, value: CustomActionValue, failure: str) -> Message:
    """Say that a custom action failed, and why as far as that names no address.

    `failure` is what the operator's own service or the way there answered; it may quote an address with its secrets.
    """
    name, reason = clipped(value.name, _NAME_LIMIT), clipped(without_addresses(failure), _REASON_LIMIT)
    what = to.say("⚠️ *The custom action “{action}” failed for #{num}.*", action=name, num=number_of(value.incident_id))
    why = to.say("Flashduty ran it, and what it calls answered: “{reason}”", reason=reason)
    remedy = to.say("Whoever set it up in Flashduty can mend it. Parts of it may have been done.")
    card = ViewValue(team=value.team, view=IncidentCard(asked=value.incident_id))
    return Message.of(
        section(lines(what, why, remedy)), actions(control(to.label("Show incident"), SHOW_INCIDENT, card))
    )
