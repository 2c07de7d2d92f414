"""Which names of settings a similar name may mean."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from typing import Final

# Other names for the same thing, too far away to be told by their letters.
_SYNONYMS: Final = {
    "ADMIN_IDS": "ADMINS",
    "ADMIN_USERS": "ADMINS",
    "APP_TOKEN": "SLACK_APP_TOKEN",
    "BOT_TOKEN": "SLACK_BOT_TOKEN",
    "DATABASE": "DATABASE_URL",
    "DATABASE_DSN": "DATABASE_URL",
    "DB_URI": "DATABASE_URL",
    "DB_URL": "DATABASE_URL",
    "FLASHDUTY_API": "FLASHDUTY_API_URL",
    "FLASHDUTY_BASE_URL": "FLASHDUTY_API_URL",
    "FLASHDUTY_ENDPOINT": "FLASHDUTY_API_URL",
    "FLASHDUTY_HOST": "FLASHDUTY_API_URL",
    "FLASHDUTY_URL": "FLASHDUTY_API_URL",
    "LOGGING_LEVEL": "LOG_LEVEL",
    "LOG_FMT": "LOG_FORMAT",
    "LOG_LVL": "LOG_LEVEL",
    "SECRETS_DIRECTORY": "SECRETS_DIR",
    "SIGNING_SECRET": "SLACK_SIGNING_SECRET",
    "SLACK_BASE_URL": "SLACK_API_URL",
    "SLACK_SECRET": "SLACK_SIGNING_SECRET",
    "SLACK_TOKEN": "SLACK_BOT_TOKEN",
    "SLACK_URL": "SLACK_API_URL",
}
_ANY_PREFIX: Final = re.compile(r"^(?:FLASHDUTY_SLACK_BOT_|FLASHDUTY_BOT_|SLACK_BOT_|FLASHDUTY_|SLACK_|BOT_)")
# What Kubernetes and Docker links set by themselves for a service called like the bot.
_OF_A_SERVICE: Final = re.compile(r".*_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?)")
# Up to this many letters, one wrong letter makes another word.
_SHORT: Final = 4
_LONG: Final = 10
ALIKE: Final = 0.8
_PARTLY_ALIKE: Final = 0.6
_MOST_HINTS: Final = 3


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Find which of our names somebody meant by another one; several where they are as near."""
    if name in _SYNONYMS:
        return [one for one in names if one == _SYNONYMS[name]]
    compact = {one: _compact(one) for one in names}
    said = {_compact(name), _compact(_ANY_PREFIX.sub("", name, count=1))}
    exact = [one for one in compact if compact[one] in said and len(one) > _SHORT]
    if exact or _OF_A_SERVICE.fullmatch(name):
        return exact
    return [one for one in compact if _is_slip(_compact(name), compact[one])]


def alike(field: str, fields: Iterable[str]) -> list[str]:
    """List the settings of a team that a word may mean, nearest first."""
    said = _compact(field)
    rated = {one: max(likeness(field, one), 0.9 if _is_part(said, _compact(one)) else 0.0) for one in fields}
    near = sorted((one for one in rated if rated[one] >= _PARTLY_ALIKE), key=lambda one: -rated[one])
    # A word that is nearly one of them means that one.
    return [one for one in near if rated[one] >= rated[near[0]] - 0.1][:_MOST_HINTS]


def _is_part(said: str, name: str) -> bool:
    return len(said) >= _SHORT and (said in name or (name in said and len(name) > _SHORT))


@cache
def _compact(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def likeness(one: str, other: str) -> float:
    """Rate how much two words have in common, from 0 to 1."""
    return SequenceMatcher(None, one, other).ratio()


def _is_slip(said: str, name: str) -> bool:
    """Whether two words differ by a slip of the fingers: by one letter, or two in long words; a swap counts once."""
    if len(name) <= _SHORT:
        return sorted(said) == sorted(name) or said in {f"{name}S", f"{name}{name[-1]}"}
    most = 2 if len(name) >= _LONG else 1
    # Every slip brings in one letter at most: that settles nearly all names without counting.
    others = max(len(set(said) - set(name)), len(set(name) - set(said)), abs(len(said) - len(name)))
    return others <= most and _distance(said, name) <= most


def _distance(one: str, other: str) -> int:
    """Count letters to change, add, drop or swap with their neighbour."""
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            steps = [rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b)]
            if i > 1 and j > 1 and (a, one[i - 2]) == (other[j - 2], b):
                steps.append(rows[i - 2][j - 2] + 1)
            row.append(min(steps))
        rows.append(row)
    return rows[-1][-1]
