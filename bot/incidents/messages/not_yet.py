"""Changes that the bot does not make yet: what was not done, and the way to it in Flashduty."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.flashduty import Incident
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.text import lines, link
from bot.messages.views import Verb

MAX_LINKS: Final = 10

VERBS: Final[Mapping[Verb, Marked]] = {
    "merge": N_("#{number} was not merged: this bot cannot merge incidents yet."),
}


def in_the_console(to: Audience, verb: Verb, incidents: Sequence[Incident]) -> Message:
    """Say what was not done, with a labelled link to each incident of the number."""
    text = to.translated(VERBS[verb], number=incidents[0].num)
    links = (
        link(incident.detail_url, to.say("Open #{number} in Flashduty", number=incident.num))
        for incident in incidents[:MAX_LINKS]
    )
    return Message.of(section(lines(text, *links)))


def in_the_console_without_number(to: Audience, verb: Verb) -> Message:
    """Say what to type for a link to an incident, where none was named or none was found."""
    return Message.of(
        section(
            to.say(
                "Nothing was changed: this bot cannot do that yet. For a link to the incident in Flashduty, type"
                " `{command} {verb}` with its number, such as `0E83EE`.",
                command=to.command,
                verb=verb,
            )
        )
    )
