"""The form for a comment, on a known incident or on one to search for, with or without a Slack message it is about."""

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Final, Self
from urllib.parse import quote

from slack_sdk.models.blocks import Block

from bot.flashduty import Incident
from bot.incidents.commenting.comments import (
    COMMENT_LIMIT,
    CommentDraft,
    MessageReference,
    SlackMessage,
    checked_permalink,
    is_blank,
)
from bot.incidents.commenting.markdown import escaped_markdown
from bot.incidents.messages.comment import too_long
from bot.incidents.messages.incident_choices import NO_INCIDENT
from bot.incidents.messages.status import LIST_TITLE_LIMIT
from bot.messages.audience import Audience
from bot.messages.blocks import actions, context, section
from bot.messages.buttons import SHOW_PRIVATELY, control
from bot.messages.forms import Choice, Form, menu_field, search_field, text_field
from bot.messages.language import N_
from bot.messages.text import Mrkdwn, clipped, link, moment, one_line, verbatim
from bot.messages.views import IncidentComment, ViewValue

COMMENT_FORM: Final = "comment"
FIND_INCIDENT: Final = "find_incident"
INCIDENT_FIELD: Final = "incident"
WORDS_FIELD: Final = "comment"
TYPE_FIELD: Final = "comment_type"
TITLE: Final = N_("Add comment")
SHORTCUT_TITLE: Final = N_("Add to incident")
# In characters: all fields, written as JSON twice, are below 3,000. A longer address is left out.
_SUBJECT_LIMITS: Final = {
    "writer": 80,
    "author": 80,
    "incident_label": 150,
    "incident": 40,
    "fingerprint": 40,
    "draft_key": 80,
}
_ADDRESS_LIMIT: Final = 400
# docs.slack.dev/reference/block-kit/blocks/actions-block
MAX_TEAMS: Final = 25
PACKED_MESSAGE_LIMIT: Final = 2_800


@dataclass(frozen=True, kw_only=True)
class CommentSubject:
    """The metadata of a comment form: untrusted when it comes back, and well below 3,000 characters.

    `writer` is the person's name. `incident` is empty where the incident is chosen in the form. `author`, `permalink`
    and `fingerprint` are those of the message that the comment is about; `message_length` is the length of the comment
    that the message alone would make, where that is too long.
    """

    writer: str = ""
    incident: str = ""
    incident_label: str = ""
    incident_url: str = ""
    author: str = ""
    permalink: str = ""
    fingerprint: str = ""
    message_length: int = 0
    draft_key: str = ""

    @classmethod
    def of_incident(cls, to: Audience, incident: Incident, writer: str) -> Self:
        """Return the subject for a comment on an incident."""
        label = f"#{incident.num} · {clipped(one_line(incident.title), LIST_TITLE_LIMIT) or to.label('untitled')}"
        return cls(writer=writer, incident=incident.id, incident_label=label, incident_url=incident.detail_url)

    @property
    def packed(self) -> str:
        """The subject as the metadata of a form."""
        held = asdict(self) | {
            name: clipped(one_line(getattr(self, name)), limit) for name, limit in _SUBJECT_LIMITS.items()
        }
        held["permalink"] = checked_permalink(self.permalink)
        held["incident_url"] = self.incident_url if len(quote(self.incident_url)) <= _ADDRESS_LIMIT else ""
        return json.dumps({name: value for name, value in held.items() if value}, ensure_ascii=False)

    @classmethod
    def unpacked(cls, metadata: str) -> Self:
        """Parse the metadata of a form; an empty subject for anything else."""
        try:
            held = json.loads(metadata)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(held, dict):
            return cls()
        known = {one.name: int if one.name == "message_length" else str for one in fields(cls)}
        return cls(**{name: held[name] for name, kind in known.items() if isinstance(held.get(name), kind)})

    @property
    def message(self) -> SlackMessage | None:
        """The message the comment is about."""
        if not self.author:
            return None
        return SlackMessage(author=self.author, permalink=self.permalink, fingerprint=self.fingerprint)

    def draft(self, words: str) -> CommentDraft:
        """Return the comment with this text."""
        return CommentDraft(words=words, writer=self.writer, message=self.message)


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The content of the fields. For a restored draft, `at` is its time, and `is_in_doubt` if it may have been sent.

    `meant_for` names the incident that was chosen for a restored draft; the field for the incident stays empty.
    `type_id` is the chosen type of the comment, empty for none.
    """

    words: str = ""
    type_id: str = ""
    incident: Choice | None = None
    at: datetime | None = None
    is_in_doubt: bool = False
    meant_for: str = ""


def comment_form(
    to: Audience, subject: CommentSubject, team: str, *, typed: Typed | None = None, types: Sequence[Choice] = ()
) -> Form:
    """Draw the form with the content typed so far; `types` are those that the account has for comments."""
    typed = typed or Typed()
    blocks = (*_about(to, subject), *_draft_note(to, typed), *_fields(to, subject, typed), *_type(to, types, typed))
    return Form(
        title=to.translated_label(SHORTCUT_TITLE if subject.author else TITLE),
        blocks=blocks,
        callback_id=COMMENT_FORM,
        submit=to.label("Add comment"),
        close=to.label("Cancel"),
        team=team,
        metadata=subject.packed,
    )


def _fields(to: Audience, subject: CommentSubject, typed: Typed) -> Iterable[Block]:
    if not subject.incident:
        yield search_field(
            INCIDENT_FIELD,
            to.label("Incident"),
            FIND_INCIDENT,
            initial=typed.incident,
            placeholder=to.label("Number or words of the title"),
        )
    yield text_field(
        WORDS_FIELD,
        to.label("Comment"),
        initial=typed.words,
        is_multiline=True,
        is_optional=bool(subject.author),
        hint=to.label(
            "Goes to the incident's timeline in Flashduty with your name, at most {limit} characters in all.",
            limit=f"{COMMENT_LIMIT:,}",
        ),
    )


def _type(to: Audience, types: Sequence[Choice], typed: Typed) -> Iterable[Block]:
    if types:
        yield menu_field(
            TYPE_FIELD,
            to.label("Comment type"),
            types,
            initial=next((one for one in types if one.value == typed.type_id), None),
            is_optional=True,
            placeholder=to.label("Choose a type"),
        )


def _about(to: Audience, subject: CommentSubject) -> Iterable[Block]:
    if subject.incident:
        yield section(link(subject.incident_url, subject.incident_label))
    if subject.author and subject.permalink:
        label = link(subject.permalink, to.say("message of {author}", author=subject.author))
        yield context(to.say("The comment names the author of this {message} and links to it.", message=label))
    elif subject.author:
        yield context(
            to.say(
                "The comment names {author} as the author of the message. Slack gives the bot no link to it.",
                author=subject.author,
            )
        )
    if subject.message_length:
        yield context(
            to.say(
                "The message makes a comment of {length} characters, and a comment holds {limit}. So this one begins with"
                " its author and the link only; add what matters.",
                length=f"{subject.message_length:,}",
                limit=f"{COMMENT_LIMIT:,}",
            )
        )


def _draft_note(to: Audience, typed: Typed) -> Iterable[Block]:
    if typed.at is None:
        return
    meant_for = clipped(one_line(typed.meant_for), LIST_TITLE_LIMIT)
    if typed.is_in_doubt:
        text = _sent_earlier(to, moment(typed.at), meant_for)
    else:
        text = _written_earlier(to, moment(typed.at), meant_for)
    yield context(text)


def _sent_earlier(to: Audience, at: Mrkdwn, incident: str) -> Mrkdwn:
    if incident:
        return to.say(
            "You sent this {at} for {incident}, and it is not known whether it was added. Check the timeline before adding"
            " it again.",
            at=at,
            incident=incident,
        )
    return to.say(
        "You sent this {at}, and it is not known whether it was added. Check the timeline before adding it again.",
        at=at,
    )


def _written_earlier(to: Audience, at: Mrkdwn, incident: str) -> Mrkdwn:
    if incident:
        return to.say("You wrote this {at} for {incident}, and it was not added.", at=at, incident=incident)
    return to.say("You wrote this {at}, and it was not added.", at=at)


def team_choice(to: Audience, message: MessageReference, teams: Iterable[str]) -> Form:
    """Ask which team a comment is for; the message is in the metadata, without a text too long for a comment."""
    choices = [
        control(verbatim(name), SHOW_PRIVATELY, ViewValue(team=name, view=IncidentComment()), suffix=name)
        for name in list(teams)[:MAX_TEAMS]
    ]
    length = len(escaped_markdown(message.words))
    if length > COMMENT_LIMIT:
        message = replace(message, words="", length=length)
    return Form(
        title=to.translated_label(SHORTCUT_TITLE),
        blocks=(section(to.say("Which team's incident is it about?")), actions(*choices)),
        close=to.label("Cancel"),
        metadata=_packed(message),
    )


def _packed(message: MessageReference) -> str:
    """Write a message as metadata; quotes take four characters there, so a text with many of them is compressed."""
    held = asdict(message)
    written = json.dumps(held, ensure_ascii=False)
    if len(json.dumps(written, ensure_ascii=False)) <= PACKED_MESSAGE_LIMIT:
        return written
    packed = base64.b64encode(zlib.compress(message.words.encode("utf-8", "replace"))).decode()
    return json.dumps(held | {"words": "", "packed": packed})


def chosen_message(metadata: str) -> MessageReference | None:
    """Parse the metadata of `team_choice`; None for anything else."""
    try:
        held = json.loads(metadata)
        packed = held.pop("packed", "")
        words = zlib.decompress(base64.b64decode(packed)).decode() if packed else held.get("words", "")
        return MessageReference(**held | {"words": words})
    except (ValueError, TypeError, AttributeError, RecursionError, zlib.error):
        return None


def wrong_fields(to: Audience, subject: CommentSubject, *, words: str, incident: str) -> dict[str, str]:
    """Return a sentence for each field with an error."""
    found: dict[str, str] = {}
    if not subject.incident and incident in {"", NO_INCIDENT}:
        found[INCIDENT_FIELD] = to.label("Type the incident's number, for example 0E83EE, and choose it.")
    if is_blank(words) and not subject.author:
        found[WORDS_FIELD] = to.label("Type the comment.")
    elif (draft := subject.draft(words)).is_too_long:
        found[WORDS_FIELD] = too_long(to, draft)
    return found


def about_message(subject: CommentSubject, text: str) -> tuple[CommentSubject, str]:
    """Return the initial text: that of a message, or none where the comment would be too long."""
    draft = subject.draft(text)
    return (replace(subject, message_length=draft.length), "") if draft.is_too_long else (subject, text)
