"""Settings that are right by themselves and not together: what lacks a channel, is kept twice, or has no effect."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.settings_problems import Problem
from bot.settings_sources import setting_name

if TYPE_CHECKING:
    from bot.settings import TeamSettings


def contradictions(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List what cannot work at all."""
    for name, team in teams.items():
        yield from _without_a_channel(name, team)
    yield from _fought_over(teams)


def _without_a_channel(name: str, team: "TeamSettings") -> Iterator[Problem]:
    """List what would be told in a team's channel where the team has none."""
    if team.channels:
        return
    asked = {
        "report_day": team.report_day is not None,
        "shift_notices": team.shift_notices in {"channel", "both"},
        "oncall_usergroups": bool(team.oncall_usergroups),
        "topic": team.topic,
    }
    channels, digest = setting_name(name, "slack_channels"), setting_name(name, "digest_channel")
    what = f"needs a channel; set {channels}, or {digest} for a digest as well"
    for field in (field for field, is_on in asked.items() if is_on):
        yield Problem(setting_name(name, field), what, f"{channels}=C0123ABCD")


def _fought_over(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List what two teams would keep in turns: a user group, or the topic of one channel."""
    keepers: dict[tuple[str, str], str] = {}
    for name, team in teams.items():
        kept = [("oncall_usergroups", plan.group, f"{plan.group}=6001") for plan in team.oncall_usergroups]
        kept += [("topic", team.home, "false")] if team.topic and team.home else []
        for field, what, example in kept:
            first = keepers.setdefault((field, what), name)
            if first != name:
                setting = setting_name(name, field)
                other = setting_name(first, field)
                yield Problem(setting, f"and {other} are about the same {what}; keep it in one", f"{setting}={example}")


def without_effect(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List what somebody has set to something else than usual, and what nothing will come of."""
    for name, team in teams.items():
        changed = {
            field
            for field in team.model_fields_set
            if getattr(team, field) != type(team).model_fields[field].get_default(call_default_factory=True)
        }
        for field, needs, cure in _unmet(team):
            if field in changed:
                needed = " or ".join(setting_name(name, one) for one in needs)
                yield Problem(setting_name(name, field), f"has no effect without {needed}", cure=cure.format(needed))


def _unmet(team: "TeamSettings") -> Iterator[tuple[str, tuple[str, ...], str]]:
    """List settings of which nothing comes: each with what it needs, and the cure."""
    has_digest, has_report = team.digest_channel is not None, team.report_day is not None
    take_out = "Set {}, or take it out."
    if not has_digest:
        yield "digest_days", ("digest_channel",), take_out
    if not has_digest and not has_report:
        yield "digest_time", ("digest_channel", "report_day"), take_out
        yield "digest_catch_up", ("digest_channel", "report_day"), take_out
    if not has_digest and not has_report and team.shift_notices == "off":
        yield "digest_mention", ("digest_channel",), take_out
    # It is also how long before a shift whoever takes over may act.
    if team.shift_notices not in {"dm", "both"} and not team.oncall_may_act:
        yield "shift_reminder", ("shift_notices",), "Set {} to dm or both, or take it out."
