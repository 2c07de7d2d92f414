"""Finds settings with a name similar to a given one."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from typing import Final

# Other names for the same setting that are spelt too differently to be found by their letters.
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
# Variables that Kubernetes and Docker links set for a service with the name of the bot.
_SERVICE_VARIABLE: Final = re.compile(r".*_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?)")
# In names of up to 4 letters, one wrong letter makes another word; those of 10 or more may have two.
_SHORT_NAME: Final = 4
_LONG_NAME: Final = 10
SIMILARITY: Final = 0.8
_HINT_SIMILARITY: Final = 0.6
_HINTS_LIMIT: Final = 3


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """List the settings that a wrong name means: a synonym, another prefix or a typing error."""
    if name in _SYNONYMS:
        return [one for one in names if one == _SYNONYMS[name]]
    compact = {one: _compact(one) for one in names}
    spellings = {_compact(name), _compact(_ANY_PREFIX.sub("", name, count=1))}
    exact = [one for one in compact if compact[one] in spellings and len(one) > _SHORT_NAME]
    if exact or _SERVICE_VARIABLE.fullmatch(name):
        return exact
    return [one for one in compact if _is_typo(_compact(name), compact[one])]


def similar_fields(field: str, fields: Iterable[str]) -> list[str]:
    """List up to 3 settings of a team that a wrong field may mean, most similar first."""
    word = _compact(field)
    rated = {one: max(similarity(field, one), 0.9 if _is_part(word, _compact(one)) else 0.0) for one in fields}
    near = sorted((one for one in rated if rated[one] >= _HINT_SIMILARITY), key=lambda one: -rated[one])
    # Those much less similar than the best are left out.
    return [one for one in near if rated[one] >= rated[near[0]] - 0.1][:_HINTS_LIMIT]


def _is_part(word: str, name: str) -> bool:
    return len(word) >= _SHORT_NAME and (word in name or (name in word and len(name) > _SHORT_NAME))


@cache
def _compact(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name)


def similarity(one: str, other: str) -> float:
    """Rate the similarity of two words from 0 to 1."""
    return SequenceMatcher(None, one, other).ratio()


def _is_typo(word: str, name: str) -> bool:
    """Whether two words differ by a typing error: one letter, or two in long names; a swap counts once."""
    if len(name) <= _SHORT_NAME:
        return sorted(word) == sorted(name) or word in {f"{name}S", f"{name}{name[-1]}"}
    most = 2 if len(name) >= _LONG_NAME else 1
    # Each error adds one letter at most, so this excludes nearly all names without counting.
    unshared = max(len(set(word) - set(name)), len(set(name) - set(word)), abs(len(word) - len(name)))
    return unshared <= most and _edit_distance(word, name) <= most


def _edit_distance(one: str, other: str) -> int:
    """Count the letters to change, insert, delete or swap with their neighbour."""
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
