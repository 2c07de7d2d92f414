"""Topics of channels as Slack stores them (docs.slack.dev/reference/methods/conversations.setTopic)."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from sandbox.slack.block_kit.mrkdwn import is_known_sequence
from sandbox.slack.conversation.linking import linked

TOPIC_LIMIT: Final = 250

_PART: Final = re.compile(r"<([^<>]*)>|&(?:amp|lt|gt);|[\s\S]")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_EMOJI: Final = re.compile("[\u231a-\u23ff\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]\ufe0f?")


def stored_topic(text: str, channels: Mapping[str, str] | None = None) -> str:
    """Return the topic as Slack stores it, which differs from what was sent.

    `&`, `<` and `>` become entities, once: what is an entity or a mention already stays as it is. Addresses become
    links, and names of `channels` (their ids) too. Every emoji becomes its name between colons; Slack has names of its
    own, here it is Unicode's.
    """
    escaped = "".join(_escaped(part) for part in _PART.finditer(text))
    return _EMOJI.sub(_named, linked(escaped, channels))


def _escaped(part: re.Match[str]) -> str:
    inner = part[1]
    if inner is None:
        return _ENTITIES.get(part[0], part[0])
    if is_known_sequence(inner):
        return part[0]
    return f"&lt;{''.join(_escaped(each) for each in _PART.finditer(inner))}&gt;"


def _named(emoji: re.Match[str]) -> str:
    name = unicodedata.name(emoji[0][0], "")
    is_picture = unicodedata.category(emoji[0][0]) == "So"
    return f":{name.lower().replace(' ', '_')}:" if name and is_picture else emoji[0]
