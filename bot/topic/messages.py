"""The part of a channel's topic that names the people on call, and its place beside the text that people wrote."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from bot.flashduty import Person
from bot.messages.audience import Audience
from bot.messages.blocks import section
from bot.messages.markup import without_markup
from bot.messages.message import Message
from bot.messages.names import plain_names
from bot.messages.text import Mrkdwn, clipped, lines, one_line
from bot.oncall.shifts import OnCallEntry

# docs.slack.dev/reference/methods/conversations.setTopic
TOPIC_LIMIT: Final = 250
# With less room a name would not be readable.
_MIN_PART_LENGTH: Final = 24
_NAME_LIMIT: Final = 40

_PART: Final = re.compile(r"\[on call: [^\[\]]*\]")
# Emoji are "other symbols", with modifiers, enclosing keycaps, joiners and variation selectors between them.
_SYMBOLS: Final = frozenset({"So", "Sk", "Me", "Cs"})
_BETWEEN_EMOJI: Final = frozenset("\ufe0e\ufe0f\u200d")
# The colon of `:name:`, which Slack draws as an emoji.
_CODE: Final = re.compile(r":(?=[^\s:/.]+:)")
_UNSAFE: Final = str.maketrans("[]<>&", "()‹›+")


def topic_part(to: Audience, entries: Sequence[OnCallEntry], people: Mapping[int, Person]) -> str:
    """Draw who is on call on which schedule, as plain text without brackets."""
    names = [
        f"{plain_names(to, entry.now.person_ids, people)} ({clipped(one_line(entry.schedule), _NAME_LIMIT) or 'unnamed schedule'})"
        for entry in entries
        if entry.now is not None
    ]
    return _CODE.sub("∶", one_line(_without_emoji(" · ".join(names)))).translate(_UNSAFE) or "nobody"


def _without_emoji(text: str) -> str:
    """Drop symbols: Slack returns an emoji as its name, so that a topic with one never equals the one that was set."""
    return "".join(one for one in text if unicodedata.category(one) not in _SYMBOLS and one not in _BETWEEN_EMOJI)


def with_part(topic: str, part: str) -> str | None:
    """Replace the part of a topic, or append it; None when there is no room.

    `topic` is as Slack stores it, with entities; the rest of it stays unchanged.
    """
    found = _PART.search(topic)
    before, after = (topic[: found.start()], topic[found.end() :]) if found else (_before_part(topic), "")
    room = TOPIC_LIMIT - len(before) - len(after) - len("[on call: ]")
    if room < _MIN_PART_LENGTH:
        return None
    return f"{before}[on call: {clipped(part, room)}]{after}"


def is_right(topic: str, part: str) -> bool:
    """Whether a topic as Slack stores it shows the part; Slack turns addresses and channel names in it into links."""
    right = with_part(topic, part)
    return right is not None and without_markup(right) == without_markup(topic)


def _before_part(topic: str) -> str:
    return f"{topic} " if topic else ""


_SCOPE: Final = Mrkdwn(
    "The Slack app lacks a scope. Whoever runs the bot can cure it: add `channels:write.topic` (for private channels"
    " `groups:write.topic`) and install the app again."
)
_SENTENCES: Final[Mapping[str, Mrkdwn]] = {
    "no_room": Mrkdwn("The rest of the topic leaves no room in Slack's 250 characters. Shorten it, and I add my part."),
    "missing_scope": _SCOPE,
    "not_in_channel": Mrkdwn("I am not a member of this channel. Type `/invite @Flashduty` here."),
    "user_is_restricted": Mrkdwn("Slack does not let the bot change this channel's topic."),
}


def topic_problem(to: Audience, code: str, team: str) -> Message:
    """Draw the notice that the topic could not be updated."""
    why = _SENTENCES.get(code) or to.say("Slack says `{code}`. It is tried again.", code=clipped(code, 60))
    head = to.say("⚠️ *The topic of this channel does not say who is on call for team {team}.*", team=team)
    return Message.of(section(lines(head, why)))


def topic_restored(to: Audience, team: str) -> Message:
    """Draw the notice that the topic is up to date again."""
    return Message.of(
        section(to.say("✅ The topic of this channel says who is on call for team {team} again.", team=team))
    )
