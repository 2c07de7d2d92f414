"""The look of `check` at the Flashduty teams and channels a team is narrowed to: whether they are there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.cli.check.permissions import failed
from bot.cli.check.results import Finding, bad, good
from bot.config.setting_names import setting_name
from bot.config.team_settings import TeamSettings
from bot.flashduty import Flashduty, FlashdutyError


async def check_places(name: str, team: TeamSettings, client: Flashduty) -> list[Finding]:
    """Resolve every id that the settings name."""

    async def teams() -> Mapping[int, str]:
        return {one.id: one.name for one in await client.flashduty_teams(team.flashduty_team_ids)}

    async def channels() -> Mapping[int, str]:
        found = await client.flashduty_channels(team.flashduty_channel_ids)
        return {one.id: f"{one.name} (switched off)" if one.is_disabled else one.name for one in found}

    return [
        *await _resolved(name, "flashduty_team_ids", "Flashduty teams", ids=team.flashduty_team_ids, read=teams),
        *await _resolved(
            name, "flashduty_channel_ids", "Flashduty channels", ids=team.flashduty_channel_ids, read=channels
        ),
    ]


async def _resolved(
    name: str, field: str, kind: str, ids: Sequence[int], read: Callable[[], Awaitable[Mapping[int, str]]]
) -> list[Finding]:
    if not ids:
        return []
    subject, setting = f"{name}: {kind}", setting_name(name, field)
    try:
        there = await read()
    except FlashdutyError as error:
        return [failed(subject, error, name)]
    missing = [str(number) for number in ids if number not in there]
    if missing:
        what = f"not there, or of another account: {', '.join(missing)}; incidents and schedules are missing for it"
        return [bad(subject, what, f"Correct {setting}; the console shows the id in a page's address.")]
    off = [f"{number} {there[number]}" for number in ids if there[number].endswith("(switched off)")]
    if off:
        return [bad(subject, ", ".join(off), f"Switch them on in Flashduty, or take them out of {setting}.")]
    return [good(subject, ", ".join(f"{number} {there[number]}" for number in ids))]
