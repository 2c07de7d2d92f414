"""Comments on incidents as written to Flashduty: the writer in Slack, the text, and the message it is about.

A comment appears in Flashduty under the name of the APP Key's owner, so it says who wrote it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.flashduty.models.timeline import COMMENT_ENTRY, TimelineEntry, TimelinePage
from bot.incidents.commenting.markdown import escaped_markdown, escaped_name, unescaped_markdown

# Code points of the trimmed text. Source: /en/api-reference/on-call/incidents/incident-comment.
COMMENT_LIMIT: Final = 1_024
_PERMALINK: Final = re.compile(
    r"https://[A-Za-z0-9.-]{1,200}/archives/[A-Z0-9]{1,20}/p[0-9]{1,20}(?:\?thread_ts=[0-9.]{1,20}&cid=[A-Z0-9]{1,20})?"
)
_FINGERPRINT_LENGTH: Final = 16
# How `CommentDraft.text` begins, or for a comment without words all of it; an escaped name has 160 characters at most.
_FROM_SLACK: Final = re.compile(
    r"(?P<writer>[^\n]{1,160}?) in Slack: (?P<words>.*)"
    r"|\[?message of [^\n]{1,160} in Slack(?:\]\([^\s)]{1,500}\))?, added by [^\n]{1,160}\Z",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class SlackMessage:
    """The message a comment is about; `permalink` is empty if Slack returns none, or a malformed one.

    `fingerprint` is that of the message's text.
    """

    author: str
    permalink: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class MessageReference:
    """The address and text of a Slack message; for an app's message `author_id` is empty and `app_name` may be set.

    `length` is the length of a text that was too long to include.
    """

    channel: str
    ts: str
    author_id: str = ""
    app_name: str = ""
    words: str = ""
    length: int = 0


@dataclass(frozen=True, kw_only=True)
class CommentDraft:
    """A comment before it is sent; `message` is the message it is about, if any."""

    words: str
    writer: str
    message: SlackMessage | None = None

    @property
    def text(self) -> str:
        """The comment as it is sent."""
        if self.message is None:
            return _words_of(self.writer, self.words)
        link = _link(self.message)
        if is_blank(self.words):
            return f"{link}, added by {escaped_name(self.writer)}"
        if fingerprint(self.words) == self.message.fingerprint:
            return f"{_words_of(self.message.author, self.words)}\n\n{link}, added by {escaped_name(self.writer)}"
        return f"{_words_of(self.writer, self.words)}\n\nAbout: {link}"

    @property
    def length(self) -> int:
        """Its length as Flashduty counts it: code points of the trimmed text, everything included."""
        return len(self.text.strip())

    @property
    def is_too_long(self) -> bool:
        """Whether Flashduty would refuse it."""
        return self.length > COMMENT_LIMIT


@dataclass(frozen=True, kw_only=True)
class CommentSearch:
    """Who wrote a comment with a given text, as person ids; `is_complete` when no comment was overlooked."""

    writers: frozenset[int]
    is_complete: bool


def search_comments(
    page: TimelinePage, wanted: str, since: datetime, *, until: datetime | None = None
) -> CommentSearch:
    """Look among the newest comments for one with the fingerprint `wanted`, made between two instants."""
    entries = [entry for entry in page.entries if entry.type == COMMENT_ENTRY]
    recent = [entry for entry in entries if entry.created_at is None or entry.created_at >= since]
    is_readable = all(entry.created_at is not None and entry.comment is not None for entry in recent)
    return CommentSearch(
        writers=frozenset(
            entry.creator_id
            for entry in recent
            if entry.created_at is not None
            and entry.comment is not None
            and fingerprint(entry.comment) == wanted
            and (until is None or entry.created_at <= until)
        ),
        is_complete=is_readable and (not page.has_more or _reaches_back(entries, since)),
    )


def _reaches_back(entries: Sequence[TimelineEntry], since: datetime) -> bool:
    """Return whether a page that is not the last is ordered as asked, and its oldest entry is before an instant."""
    times = [entry.created_at for entry in entries if entry.created_at is not None]
    return bool(times) and times == sorted(times, reverse=True) and times[-1] < since


def is_blank(text: str) -> bool:
    """Whether a text has only white space and characters without width."""
    return all(unicodedata.category(character)[0] in "ZC" for character in text)


def is_from_slack(comment: str) -> bool:
    """Whether a comment of a timeline has the form of those that are written here."""
    return _FROM_SLACK.match(comment.strip()) is not None


def words_from_slack(comment: str) -> tuple[str, str] | None:
    """Return who wrote a comment here and what, as it was typed; None for one that was not, or has no words."""
    found = _FROM_SLACK.match(comment.strip())
    if found is None or not found["writer"]:
        return None
    return unescaped_markdown(found["writer"]), unescaped_markdown(found["words"])


def fingerprint(text: str) -> str:
    """Return a short hash of a text; texts that differ only in white space around lines have the same."""
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:_FINGERPRINT_LENGTH]


def checked_permalink(address: str) -> str:
    """Return the address if it has the form of Slack's permalinks, otherwise an empty string.

    Source: docs.slack.dev/reference/methods/chat.getPermalink
    """
    return address if _PERMALINK.fullmatch(address) else ""


def _words_of(name: str, words: str) -> str:
    return f"{escaped_name(name)} in Slack: {escaped_markdown(words)}"


def _link(message: SlackMessage) -> str:
    label = f"message of {escaped_name(message.author)} in Slack"
    address = checked_permalink(message.permalink)
    return f"[{label}]({address})" if address else label
