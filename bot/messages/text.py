"""Escaping: the only module that turns untrusted strings into Slack markup."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final, LiteralString, NewType, Self
from urllib.parse import quote, urlsplit

WORD_JOINER: Final = "\u2060"
ELLIPSIS: Final = "…"
ADDRESS_LIMIT: Final = 1000

# C0 and C1 controls, line and paragraph separators, and the marks that reverse the writing direction:
# a title with U+202E can make the rest of the line read backwards.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_BROKEN = re.compile("[\ud800-\udfff]")
# Slack draws `:name:` as an emoji wherever it stands: also `:100:`, and names in any script that a workspace gave its
# own. A time of day keeps its colons, an address too, and what stands in a code span or a token is none.
_NAME: Final = r"[^\s:/.,;!?()\[\]{}<>\"&|=@#%]+"
_TIME: Final = r"(?!(?<=\d:)[0-5]\d:)"
_EMOJI_CODE = re.compile(rf":(?!{WORD_JOINER})(?={_NAME}:){_TIME}")
_EMOJI_CODE_OR_TOKEN = re.compile(rf"<[^<>]*>|`[^`]*`|:(?!{WORD_JOINER})(?={_NAME}:){_TIME}")
# Slack has no escape for these; look-alikes are left only where the character would format the text.
_FORMATTING = re.compile(r"(?<!\w)[*_~](?=\S)|(?<=\S)[*_~](?!\w)")
_LOOK_ALIKES: Final = {"*": "∗", "_": "ˍ", "~": "∼"}
_ENTITY = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>|.", re.DOTALL)


Label = NewType("Label", str)
"""Text for a place that takes no markup: a headline, a control, a field. It comes from the catalogue, or is data."""


NO_LABEL: Final = Label("")
"""Where a place has no label."""


def verbatim(untrusted: str) -> Label:
    """Take data as it is for a place that takes no markup."""
    return Label(untrusted)


class Mrkdwn(str):
    """Slack markup that is safe to send: every untrusted part in it has been escaped.

    Source: docs.slack.dev/messaging/formatting-message-text
    """

    __slots__ = ()

    def join_all(self, parts: Iterable["Mrkdwn"]) -> Self:
        """Join safe parts with this text between them."""
        return type(self)(self.join(parts))


def one_line(untrusted: str) -> str:
    """Fold line breaks, controls and direction marks of an untrusted string into single spaces."""
    return " ".join(_INVISIBLE.sub(" ", _BROKEN.sub("\ufffd", untrusted)).split())


def clipped(untrusted: str, limit: int) -> str:
    """Shorten to at most `limit` characters, with an ellipsis where something was cut."""
    return untrusted if len(untrusted) <= limit else untrusted[: limit - 1].rstrip() + ELLIPSIS


def inert(untrusted: str) -> str:
    """Make emoji codes ineffective without changing their look; Slack reads them in plain text too."""
    return _EMOJI_CODE.sub(":" + WORD_JOINER, untrusted)


def escaped(untrusted: str) -> Mrkdwn:
    """Make an untrusted string inert in mrkdwn, on one line.

    `&`, `<`, `>` become entities, so that no mention, link or broadcast survives; formatting characters, backticks
    and emoji codes lose their effect and keep their look.
    Source: docs.slack.dev/messaging/formatting-message-text
    """
    plain = one_line(untrusted).replace("`", "ˋ")
    plain = _FORMATTING.sub(lambda found: _LOOK_ALIKES[found.group()], plain)
    plain = inert(plain)
    return Mrkdwn(plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def mrkdwn(template: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
    """Fill a literal template: `Mrkdwn` values are inserted unchanged, all others are escaped.

    A colon of the template makes no emoji code with a value: `{name}: …` for the name `:fire` shows `:fire: …`.
    """
    safe = {name: value if isinstance(value, Mrkdwn) else escaped(str(value)) for name, value in values.items()}
    return Mrkdwn(_EMOJI_CODE_OR_TOKEN.sub(_without_code, template.format(**safe)))


def _without_code(found: re.Match[str]) -> str:
    return found[0] if found[0] != ":" else ":" + WORD_JOINER


def counted(count: int, one: LiteralString, other: LiteralString, /, **values: Mrkdwn | str | int) -> Mrkdwn:
    """Fill the template for one or for any other number; `{count}` is the number."""
    return mrkdwn(one if count == 1 else other, count=count, **values)


def lines(*parts: Mrkdwn | None) -> Mrkdwn:
    """Put each part on a line of its own; empty parts are left out."""
    return Mrkdwn("\n").join_all(part for part in parts if part)


def dotted(*parts: Mrkdwn | None) -> Mrkdwn:
    """Join independent facts with dots on one line; empty ones are left out."""
    return Mrkdwn(" · ").join_all(part for part in parts if part)


def link(url: str, label: Mrkdwn | str) -> Mrkdwn:
    """Link a label to a web page; the label alone for any scheme but http and https.

    An encoded address over 1,000 characters gives the label alone too: a block cut to its limit would lose the link.
    """
    safe_label = label if isinstance(label, Mrkdwn) else escaped(label)
    address = web_address(url)
    if address is None:
        return safe_label
    written = address.replace("&", "&amp;")
    return Mrkdwn(f"<{written}|{safe_label.replace('|', '¦')}>") if len(written) <= ADDRESS_LIMIT else safe_label


def web_address(url: str) -> str | None:
    """Return the encoded address of a web page; None for any scheme but http and https, and above 1,000 characters."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    address = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return address if len(address) <= ADDRESS_LIMIT else None


def mention(user_id: str) -> Mrkdwn:
    """Mention a Slack user by id, which notifies them."""
    return Mrkdwn(f"<@{user_id}>")


def channel_link(channel: str) -> Mrkdwn:
    """Name a channel by its id, which comes from the settings; Slack shows a private one only to its members."""
    return Mrkdwn(f"<#{channel}>")


def moment(at: datetime) -> Mrkdwn:
    """Show an instant in each reader's own time zone, with the instant in its own zone as the fallback.

    Source: docs.slack.dev/messaging/formatting-message-text
    """
    fallback = f"{at:%Y-%m-%d %H:%M} {at.tzname() or 'UTC'}"
    return Mrkdwn(f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>")


def clock_time(at: datetime) -> Mrkdwn:
    """Show the time of day of an instant in each reader's own time zone."""
    return Mrkdwn(f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} {at.tzname() or 'UTC'}>")


def shortened(text: Mrkdwn, limit: int) -> Mrkdwn:
    """Cut safe markup to at most `limit` characters without splitting an entity or a `<…>` token."""
    if len(text) <= limit:
        return text
    pieces, size = [], len(ELLIPSIS)
    for piece in _ENTITY.finditer(text):
        size += len(piece.group())
        if size > limit:
            break
        pieces.append(piece.group())
    return Mrkdwn("".join(pieces) + ELLIPSIS)
