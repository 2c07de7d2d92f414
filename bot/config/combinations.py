"""Settings that are valid alone but not together: one lacks a channel, two conflict, or one has no effect."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from bot.config.names.setting_names import setting_name
from bot.config.problems import Problem

if TYPE_CHECKING:
    from bot.config.team_settings import TeamSettings


def contradictions(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List combinations that stop the start."""
    for name, team in teams.items():
        yield from _missing_channel(name, team)
    yield from _conflicts(teams)
    yield from _shared_card_channels(teams)


def _missing_channel(name: str, team: "TeamSettings") -> Iterator[Problem]:
    """List settings that post to a team's channel where the team has none."""
    if team.channels:
        return
    uses_channel = {
        "report_day": team.report_day is not None,
        "shift_notices": team.shift_notices in {"channel", "both"},
        "oncall_usergroups": bool(team.oncall_usergroups),
        "topic": team.topic,
    }
    channels, digest = setting_name(name, "slack_channels"), setting_name(name, "digest_channel")
    what = f"needs a channel; set {channels}, or {digest} for a digest as well"
    for field in (field for field, is_on in uses_channel.items() if is_on):
        yield Problem(setting_name(name, field), what, f"{channels}=C0123ABCD")


def _conflicts(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List what two teams would overwrite for each other: a user group, or the topic of one channel."""
    owners: dict[tuple[str, str], str] = {}
    for name, team in teams.items():
        synced = [("oncall_usergroups", plan.group, f"{plan.group}=6001") for plan in team.oncall_usergroups]
        synced += [("topic", team.announcement_channel, "false")] if team.topic and team.announcement_channel else []
        for field, what, example in synced:
            first = owners.setdefault((field, what), name)
            if first != name:
                setting = setting_name(name, field)
                other = setting_name(first, field)
                yield Problem(setting, f"and {other} are about the same {what}; keep it in one", f"{setting}={example}")


def _shared_card_channels(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List the channels with cards of one team that another team has among its channels as well."""
    owners: dict[str, list[str]] = {}
    for name, team in teams.items():
        for channel in sorted(team.channels):
            owners.setdefault(channel, []).append(name)
    for name, team in teams.items():
        for channel in sorted(team.card_plan.channels) if team.card_plan else ():
            other = next((one for one in owners[channel] if one != name), None)
            if other is not None:
                setting = setting_name(name, "cards_channel" if channel == team.cards_channel else "cards_rules")
                what = (
                    f"leads to {channel}, which is a channel of team {other} as well; a channel with cards has one team"
                )
                yield Problem(setting, what, remedy=f"Give one of the two teams another channel than {channel}.")


def without_effect(teams: "Mapping[str, TeamSettings]") -> Iterator[Problem]:
    """List settings that differ from their default and have no effect."""
    for name, team in teams.items():
        changed = {
            field
            for field in team.model_fields_set
            if getattr(team, field) != type(team).model_fields[field].get_default(call_default_factory=True)
        }
        for field, what, needs in _missing_requirements(team):
            if field in changed:
                needed = " or ".join(setting_name(name, one) for one in needs)
                value = " to dm or both" if needs == ("shift_notices",) else ""
                problem = f"{what} without {needed}{value and ' being dm or both'}"
                yield Problem(setting_name(name, field), problem, remedy=f"Set {needed}{value}, or take it out.")


def _missing_requirements(team: "TeamSettings") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """List settings without effect: the field, what happens instead, and the fields of which it needs one."""
    has_digest, has_report = team.digest_channel is not None, team.report_day is not None
    if not has_digest:
        yield "digest_days", "has no effect", ("digest_channel",)
    if not has_digest and not has_report:
        yield "digest_time", "has no effect", ("digest_channel", "report_day")
        yield "digest_catch_up", "has no effect", ("digest_channel", "report_day")
    if not has_digest and not has_report and team.shift_notices == "off":
        yield "digest_mention", "has no effect", ("digest_channel",)
    if team.cards_channel is None:
        for field in ("cards_rules", "cards_poll_every", "cards_mention", "cards_storm", "webhook_secret"):
            yield field, "has no effect", ("cards_channel",)
    if not team.cards_link_hosts:
        yield "cards_links", "shows no button", ("cards_link_hosts",)
    if not team.cards_links:
        yield "cards_link_hosts", "has no effect", ("cards_links",)
    # With `oncall_may_act`, `shift_reminder` also sets how long before a shift people may act.
    if team.shift_notices not in {"dm", "both"}:
        yield "shift_reminder", "reminds nobody" if team.oncall_may_act else "has no effect", ("shift_notices",)
