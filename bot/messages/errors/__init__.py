"""Error messages: what went wrong, and who can remedy it and how; `handlers.dispatch.failures` maps errors to them."""

from bot.messages.errors.denials import access_denied, way_in
from bot.messages.errors.flashduty import FailedCall, evidence, explain, sentence, what_and_remedy, write_not_known
from bot.messages.errors.outages import (
    ANOTHER_COMMAND,
    RESTARTING,
    TOO_MANY,
    database_unavailable,
    defect,
    outdated,
    restarting,
    slack_refused,
    slack_silent,
    too_many,
    too_slow,
)
from bot.messages.errors.retry import Retry, retry_actions

__all__ = [
    "ANOTHER_COMMAND",
    "RESTARTING",
    "TOO_MANY",
    "FailedCall",
    "Retry",
    "access_denied",
    "database_unavailable",
    "defect",
    "evidence",
    "explain",
    "outdated",
    "restarting",
    "retry_actions",
    "sentence",
    "slack_refused",
    "slack_silent",
    "too_many",
    "too_slow",
    "way_in",
    "what_and_remedy",
    "write_not_known",
]
