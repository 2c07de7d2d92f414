"""Checks of the Flashduty teams and channels that a team is limited to: whether they exist."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bot.cli.check.permissions import flashduty_failure
from bot.cli.check.results import Finding, failed, passed
from bot.config.names.setting_names import setting_name
from bot.config.team_settings import TeamSettings
from bot.flashduty import Flashduty, FlashdutyError


async def check_flashduty_ids(name: str, team: TeamSettings, client: Flashduty) -> list[Finding]:
    """Resolve every Flashduty id in a team's settings."""

    async def teams() -> Mapping[int, str]:
        return {found.id: found.name for found in await client.flashduty_teams(team.flashduty_team_ids)}

    async def channels() -> Mapping[int, str]:
        channels = await client.flashduty_channels(team.flashduty_channel_ids)
        return {found.id: f"{found.name} (switched off)" if found.is_disabled else found.name for found in channels}

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
        names = await read()
    except FlashdutyError as error:
        return [flashduty_failure(subject, error, name)]
    missing = [str(number) for number in ids if number not in names]
    if missing:
        what = f"not there, or of another account: {', '.join(missing)}; incidents and schedules are missing for it"
        return [failed(subject, what, f"Correct {setting}; the console shows the id in a page's address.")]
    disabled = [f"{number} {names[number]}" for number in ids if names[number].endswith("(switched off)")]
    if disabled:
        return [failed(subject, ", ".join(disabled), f"Switch them on in Flashduty, or take them out of {setting}.")]
    return [passed(subject, ", ".join(f"{number} {names[number]}" for number in ids))]
