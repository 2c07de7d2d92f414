"""What went wrong, who can remedy it and how; which error has which sentence is in `handlers.dispatch.failures`."""

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
from bot.messages.errors.retry import Retry, again

__all__ = [
    "ANOTHER_COMMAND",
    "RESTARTING",
    "TOO_MANY",
    "FailedCall",
    "Retry",
    "access_denied",
    "again",
    "database_unavailable",
    "defect",
    "evidence",
    "explain",
    "outdated",
    "restarting",
    "sentence",
    "slack_refused",
    "slack_silent",
    "too_many",
    "too_slow",
    "way_in",
    "what_and_remedy",
    "write_not_known",
]
