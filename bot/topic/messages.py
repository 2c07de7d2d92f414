"""The part of a channel's topic that names the people on call, and its place beside the text that people wrote."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.input.markup import without_markup
from bot.messages.language import ENGLISH, N_, Marked, chinese
from bot.messages.message import Message
from bot.messages.names import plain_names
from bot.messages.text import clipped, lines, one_line
from bot.oncall.messages.schedule_names import schedule_label
from bot.oncall.shifts import OnCallEntry

# docs.slack.dev/reference/methods/conversations.setTopic
TOPIC_LIMIT: Final = 250
# With less room a name would not be readable.
_MIN_PART_LENGTH: Final = 24
_NAME_LIMIT: Final = 40

_BRACKETS: Final = N_("[on call: {part}]")
# Emoji are "other symbols", with modifiers, enclosing keycaps, joiners and variation selectors between them.
_SYMBOLS: Final = frozenset({"So", "Sk", "Me", "Cs"})
_BETWEEN_EMOJI: Final = frozenset("\ufe0e\ufe0f\u200d")
# The colon of `:name:`, which Slack draws as an emoji.
_CODE: Final = re.compile(r":(?=[^\s:/.]+:)")
_UNSAFE: Final = str.maketrans("[]<>&", "()‹›+")


def topic_part(to: Audience, entries: Sequence[OnCallEntry], people: Mapping[int, Person]) -> str:
    """Draw who is on call on which schedule, as plain text without brackets."""
    shown = [
        to.label(
            "{names} ({schedule})",
            names=plain_names(to, entry.now.person_ids, people),
            schedule=clipped(one_line(schedule_label(to, entry.schedule)), _NAME_LIMIT),
        )
        for entry in entries
        if entry.now is not None
    ]
    part = _CODE.sub("∶", one_line(_without_emoji(" · ".join(shown)))).translate(_UNSAFE)
    return part or to.label("nobody")


def _without_emoji(text: str) -> str:
    """Drop symbols: Slack returns an emoji as its name, so that a topic with one never equals the one that was set."""
    return "".join(one for one in text if unicodedata.category(one) not in _SYMBOLS and one not in _BETWEEN_EMOJI)


def with_part(to: Audience, topic: str, part: str) -> str | None:
    """Replace the part of a topic, or append it; None when there is no room.

    `topic` is as Slack stores it, with entities; the rest of it stays unchanged.
    """
    found = _part_in_any_language().search(topic)
    before, after = (topic[: found.start()], topic[found.end() :]) if found else (_before_part(topic), "")
    room = TOPIC_LIMIT - len(before) - len(after) - len(bracketed(to, ""))
    if room < _MIN_PART_LENGTH:
        return None
    return f"{before}{bracketed(to, clipped(part, room))}{after}"


def bracketed(to: Audience, part: str) -> str:
    """Write the part as it stands in a topic."""
    return to.translated_label(_BRACKETS, part=part)


@cache
def _part_in_any_language() -> re.Pattern[str]:
    """Match the part, also one from before the channel's language changed."""
    brackets = {language.translated_label(_BRACKETS, part="\0") for language in (ENGLISH, chinese())}
    return re.compile("|".join(re.escape(one).replace("\0", r"[^\[\]]*") for one in brackets))


def is_right(to: Audience, topic: str, part: str) -> bool:
    """Whether a topic as Slack stores it shows the part; Slack turns addresses and channel names in it into links."""
    right = with_part(to, topic, part)
    return right is not None and without_markup(right) == without_markup(topic)


def _before_part(topic: str) -> str:
    return f"{topic} " if topic else ""


_SENTENCES: Final[Mapping[str, Marked]] = {
    "no_room": N_(
        "The rest of the topic leaves no room in Slack's 250 characters. Shorten it, and the bot adds its part."
    ),
    "missing_scope": N_(
        "The Slack app lacks a scope. Ask the bot's administrator to add `channels:write.topic` (for private channels"
        " `groups:write.topic`) and to install the app again."
    ),
    "not_in_channel": N_("The bot is not in this channel. Type {invite} here."),
    "user_is_restricted": N_(
        "Slack does not let the bot change this channel's topic. Ask an administrator of the workspace to allow it."
    ),
}


def topic_problem(to: Audience, code: str, team: str) -> Message:
    """Draw the notice that the topic could not be updated."""
    head = to.say("⚠️ *The topic of this channel does not show who is on call for team {team}.*", team=team)
    why = (
        to.translated(_SENTENCES[code], invite=to.invite_command)
        if code in _SENTENCES
        else to.say("Slack answered `{code}`. The bot keeps trying.", code=clipped(code, 60))
    )
    return Message.of(section(lines(head, why)))


def topic_restored(to: Audience, team: str) -> Message:
    """Draw the notice that the topic is up to date again."""
    return Message.of(
        section(to.say("✅ The topic of this channel shows who is on call for team {team} again.", team=team))
    )
