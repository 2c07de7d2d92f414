"""The part of a channel's topic that says who is on call, and how it stands beside what people wrote."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from bot.flashduty import Person
from bot.messages.blocks import section
from bot.messages.markup import without_markup
from bot.messages.message import Message
from bot.messages.names import plain_names
from bot.messages.text import Mrkdwn, clipped, lines, mrkdwn, one_line
from bot.oncall.shifts import OnCall

# docs.slack.dev/reference/methods/conversations.setTopic
TOPIC_LIMIT: Final = 250
# With less room than this nothing would be left of a name.
SHORTEST: Final = 24
NAME_LIMIT: Final = 40

_PART: Final = re.compile(r"\[on call: [^\[\]]*\]")
# Emoji are "other symbols", with modifiers, enclosing keycaps, joiners and variation selectors between them.
_SYMBOLS: Final = frozenset({"So", "Sk", "Me", "Cs"})
_BETWEEN_EMOJI: Final = frozenset("\ufe0e\ufe0f\u200d")
# The colon of `:name:`, which Slack draws as an emoji.
_CODE: Final = re.compile(r":(?=[^\s:/.]+:)")
_UNSAFE: Final = str.maketrans("[]<>&", "()‹›+")


def topic_part(entries: Sequence[OnCall], people: Mapping[int, Person]) -> str:
    """Say who is on call on which schedule, as plain text without brackets."""
    told = [
        f"{plain_names(entry.now.person_ids, people)} ({clipped(one_line(entry.schedule), NAME_LIMIT) or 'unnamed schedule'})"
        for entry in entries
        if entry.now is not None
    ]
    return _CODE.sub("∶", one_line(_without_emoji(" · ".join(told)))).translate(_UNSAFE) or "nobody"


def _without_emoji(text: str) -> str:
    """Drop symbols: Slack gives an emoji back under its name, so that no topic with one is ever as it was set."""
    return "".join(one for one in text if unicodedata.category(one) not in _SYMBOLS and one not in _BETWEEN_EMOJI)


def with_part(topic: str, part: str) -> str | None:
    """Put the part into a topic in place of the last one, or behind what people wrote; None when there is no room.

    `topic` is as Slack keeps it, with entities; everything in it but our part stays as it is.
    """
    found = _PART.search(topic)
    before, after = (topic[: found.start()], topic[found.end() :]) if found else (_led(topic), "")
    room = TOPIC_LIMIT - len(before) - len(after) - len("[on call: ]")
    if room < SHORTEST:
        return None
    return f"{before}[on call: {clipped(part, room)}]{after}"


def is_right(topic: str, part: str) -> bool:
    """Tell whether a topic as Slack keeps it shows the part; Slack makes links of addresses and channel names in it."""
    right = with_part(topic, part)
    return right is not None and without_markup(right) == without_markup(topic)


def _led(topic: str) -> str:
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


def trouble(code: str, team: str) -> Message:
    """Tell the channel what keeps its topic from saying who is on call."""
    said = _SENTENCES.get(code) or mrkdwn("Slack says `{code}`. It is tried again.", code=clipped(code, 60))
    head = mrkdwn("⚠️ *The topic of this channel does not say who is on call for team {team}.*", team=team)
    return Message.of(section(lines(head, said)))


def over(team: str) -> Message:
    """Tell the channel that its topic is kept again."""
    return Message.of(
        section(mrkdwn("✅ The topic of this channel says who is on call for team {team} again.", team=team))
    )
