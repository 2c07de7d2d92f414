"""Escalation rules: whom each level pages, and how long it waits before the next."""

from typing import Annotated

from pydantic import FailFast, Field

from bot.flashduty.wire import Count, NullIs, Text, Wire

_Ids = Annotated[tuple[int, ...], FailFast(), NullIs(tuple)]


class EscalationTarget(Wire):
    """Whom a level pages (schema EscalateTarget); a schedule's roles stand behind its id, 0 for all of them."""

    person_ids: _Ids
    team_ids: _Ids
    roles_by_schedule: Annotated[dict[str, _Ids], NullIs(dict)] = Field(validation_alias="schedule_to_role_ids")


class EscalationLevel(Wire):
    """A level of a rule; the next one is paged after `escalate_window` minutes, 0 for never."""

    target: Annotated[EscalationTarget, NullIs(EscalationTarget.empty)]
    window_minutes: Count = Field(validation_alias="escalate_window")


class EscalationRule(Wire):
    """A rule of a Flashduty channel."""

    id: Text = Field(validation_alias="rule_id")
    levels: Annotated[tuple[EscalationLevel, ...], FailFast(), NullIs(tuple)] = Field(validation_alias="layers")


class EscalationRules(Wire):
    """The response of `/channel/escalate/rule/list`, which has no pages."""

    items: Annotated[tuple[EscalationRule, ...], FailFast(), NullIs(tuple)]
