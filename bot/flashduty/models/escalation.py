"""Escalation rules: whom each level pages, and how long it waits before the next."""

from typing import Annotated

from pydantic import FailFast, Field

from bot.flashduty.wire import Count, Flag, NullIs, Text, Wire

_Ids = Annotated[tuple[int, ...], FailFast(), NullIs(tuple)]


_Texts = Annotated[tuple[str, ...], FailFast(), NullIs(tuple)]


class LevelChannels(Wire):
    """The ways in which a level notifies people, by severity; with `follows_preference` everybody's own instead."""

    follows_preference: Annotated[bool, NullIs(bool)] = Field(validation_alias="follow_preference")
    critical: _Texts
    warning: _Texts
    info: _Texts


class EscalationTarget(Wire):
    """Whom a level pages (schema EscalateTarget); a schedule's roles stand behind its id, 0 for all of them."""

    person_ids: _Ids
    team_ids: _Ids
    emails: _Texts = Field(repr=False)
    channels: Annotated[LevelChannels, NullIs(LevelChannels.empty)] = Field(validation_alias="by")
    roles_by_schedule: Annotated[dict[str, _Ids], NullIs(dict)] = Field(validation_alias="schedule_to_role_ids")


class EscalationLevel(Wire):
    """A level of a rule; the next one is paged after `escalate_window` minutes, 0 for never."""

    target: Annotated[EscalationTarget, NullIs(EscalationTarget.empty)]
    window_minutes: Count = Field(validation_alias="escalate_window")
    is_forced: Flag = Field(validation_alias="force_escalate")
    """Whether the next one is paged even if somebody acknowledges."""


class EscalationRule(Wire):
    """A rule of a Flashduty channel (schema EscalateRuleItem); its name is untrusted, the lowest priority is first."""

    id: Text = Field(validation_alias="rule_id")
    name: Text = Field(validation_alias="rule_name")
    priority: Count
    status: Text
    levels: Annotated[tuple[EscalationLevel, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="layers")

    @property
    def is_enabled(self) -> bool:
        """Whether incidents can be given to it."""
        return self.status != "disabled"


class EscalationRules(Wire):
    """The response of `/channel/escalate/rule/list`, which has no pages."""

    items: Annotated[tuple[EscalationRule, ...], FailFast(), NullIs(tuple)]
