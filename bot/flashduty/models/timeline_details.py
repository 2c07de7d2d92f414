"""What the entries of a timeline say: the `detail` of each documented type (schemas `FeedDetailIncident…`).

A field of a wrong type is read as not set, and a detail that is no object as empty: an entry is never refused. Every
text is untrusted. `from` and `to` mean the old and the new text, severity or value, in `i_rslv` the source of a close.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from bot.flashduty.limits import LONGEST_SNOOZE
from bot.flashduty.models.incidents import Severity
from bot.flashduty.wire import (
    Count,
    InvalidIs,
    Number,
    OptionalText,
    OptionalTime,
    Record,
    Text,
    Wire,
)

_NO_RULE: Final = ("", "0" * 24)
IdList = Annotated[tuple[Number, ...], AfterValidator(lambda ids: tuple(one for one in ids if one > 0)), InvalidIs(())]
_Records = Annotated[tuple[Record, ...], InvalidIs(())]
_Severity = Annotated[Severity, InvalidIs(Severity.UNKNOWN)]


class Detail(Wire):
    """What an entry says besides who and when."""


class SomethingElse(Detail):
    """An entry of a type that is not documented."""


class Created(Detail):
    """The incident was created (`i_new`)."""

    severity: _Severity
    title: Text = Field(repr=False)


class Assigned(Detail):
    """The incident was assigned (`i_assign`): `kind` is assign, reassign, escalate or reopen."""

    kind: Text = Field(validation_alias="type")
    person_ids: IdList = Field(validation_alias="to")
    named_ids: IdList = Field(validation_alias="person_ids", repr=False)
    rule_id: Text = Field(validation_alias="escalate_rule_id", repr=False)
    rule_name: Text = Field(validation_alias="escalate_rule_name")
    level: Count = Field(validation_alias="layer_idx")
    """The level of the rule, counted from 0."""

    @property
    def has_rule(self) -> bool:
        """Whether it was assigned to a level of an escalation rule."""
        return self.rule_id not in _NO_RULE

    @property
    def people(self) -> tuple[int, ...]:
        """The people it was assigned to, by their ids."""
        return self.person_ids or self.named_ids


class RespondersAdded(Detail):
    """People were added as responders (`i_a_rspd`)."""

    person_ids: IdList = Field(validation_alias="to")


class Receiver(Wire):
    """Whom a notification was for: a person, a chat, or a robot; `failed_reason` when it did not arrive."""

    person_id: Number
    chat_name: Text
    alias: Text
    failed_reason: OptionalText


class Notified(Detail):
    """A notification was sent (`i_notify`): `by` names the way, such as email or voice."""

    by: Text
    persons: _Records = Field(repr=False)
    chats: _Records = Field(repr=False)
    robots: _Records = Field(repr=False)

    @property
    def receivers(self) -> tuple[Receiver, ...]:
        """Everybody whom it was for."""
        return tuple(Receiver.model_validate(one) for one in (*self.persons, *self.chats, *self.robots) if one)

    @property
    def failures(self) -> tuple[Receiver, ...]:
        """Those whom it did not reach."""
        return tuple(one for one in self.receivers if one.failed_reason)


class Storm(Detail):
    """The incident reached the threshold of an alert storm (`i_storm`)."""

    threshold: Count


class Snoozed(Detail):
    """Its notifications were snoozed (`i_snooze`)."""

    minutes: Count

    def ends(self, began: datetime) -> datetime | None:
        """Return when a snooze that began at an instant ends; None for a length that Flashduty does not document."""
        return began + timedelta(minutes=self.minutes) if 0 < self.minutes <= LONGEST_SNOOZE else None


class Woken(Detail):
    """Its snooze was cancelled (`i_wake`); the time here is in seconds."""

    snoozed_before: OptionalTime = Field(validation_alias="snoozedBefore")


class AcknowledgedEntry(Detail):
    """Somebody acknowledged it (`i_ack`), with a note where they wrote one."""

    note: Text = Field(validation_alias="progress", repr=False)


class Unacknowledged(Detail):
    """Somebody withdrew their acknowledgement (`i_unack`)."""

    note: Text = Field(validation_alias="progress", repr=False)


class CommentKind(Wire):
    """The type of a comment that somebody chose in the console."""

    name: Text


class Commented(Detail):
    """Somebody commented (`i_comm`)."""

    comment: Text = Field(repr=False)
    kind: Annotated[CommentKind | None, InvalidIs(None)] = Field(validation_alias="comment_type", repr=False)


class Closed(Detail):
    """It was closed (`i_rslv`): `source` is voice, console, card, wcard, event, autorslv, autorefresh or escalation."""

    source: Text = Field(validation_alias="from")


class Reopened(Detail):
    """It was reopened (`i_reopen`)."""

    reason: Text = Field(repr=False)


class ShortIncident(Wire):
    """An incident in another's timeline (schema IncidentShort)."""

    id: Text = Field(validation_alias="incident_id")
    title: Text = Field(repr=False)

    @property
    def num(self) -> str:
        """Its short number."""
        return self.id[-6:].upper()


class Merged(Detail):
    """Incidents were merged (`i_merge`), the sources into the target."""

    comment: Text = Field(repr=False)
    sources: _Records = Field(validation_alias="source_incidents", repr=False)
    target: Annotated[ShortIncident | None, InvalidIs(None)] = Field(validation_alias="target_incident")

    @property
    def source_incidents(self) -> tuple[ShortIncident, ...]:
        """The incidents that were merged into the target."""
        return tuple(ShortIncident.model_validate(one) for one in self.sources if one)


class TextChanged(Detail):
    """A text of it was changed: the title has the old and the new one, others may have none."""

    before: Text = Field(validation_alias="from", repr=False)
    after: Text = Field(validation_alias="to", repr=False)


class TitleChanged(TextChanged):
    """Its title was changed (`i_r_title`)."""


class DescriptionChanged(TextChanged):
    """Its description was changed (`i_r_desc`)."""


class ImpactChanged(TextChanged):
    """Its impact was changed (`i_r_impact`)."""


class RootCauseChanged(TextChanged):
    """Its root cause was changed (`i_r_rc`)."""


class ResolutionChanged(TextChanged):
    """Its resolution was changed (`i_r_rsltn`)."""


class SeverityChanged(Detail):
    """Its severity was changed (`i_r_severity`)."""

    before: _Severity = Field(validation_alias="from")
    after: _Severity = Field(validation_alias="to")


class FieldChanged(Detail):
    """A custom field was changed (`i_r_field`): a checkbox, texts, or a text."""

    name: Text = Field(validation_alias="field_name")
    value: Any = Field(default=None, validation_alias="to", repr=False)

    @property
    def flag(self) -> bool | None:
        """The new value of a checkbox; None for any other field."""
        return self.value if isinstance(self.value, bool) else None

    @property
    def texts(self) -> tuple[str, ...]:
        """The new values of any other field; empty where it was emptied, or is of no documented type."""
        held = self.value if isinstance(self.value, list) else [self.value]
        return tuple(str(one) for one in held if isinstance(one, str | int | float) and not isinstance(one, bool))


class Muted(Detail):
    """Its notifications were muted, because it changed too often (`i_m_flapping`); lengths are in minutes."""

    changes: Count = Field(validation_alias="max_changes")
    within: Count = Field(validation_alias="in_mins")
    minutes: Count = Field(validation_alias="mute_mins")


class ReplyMuted(Detail):
    """The marker of a comment that webhooks do not repeat (`i_m_reply`)."""


class AlertMerged(Detail):
    """An alert was merged into the incident (`a_merge`)."""
