"""Logging: structlog and the standard library through one formatter, as text or JSON, without secrets."""

import logging
import sys
from collections.abc import Iterable
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

from bot.runtime.redaction import Redaction

# Libraries write at debug what they send and store, messages and e-mail addresses too; at info they do not, but for
# these: httpx writes every URL, APP key included, slack_sdk what it was asked.
OURS: Final = ("bot", "handlers", "__main__")
QUIET: Final = (
    "httpx",
    "httpcore",
    "slack_sdk",
    "slack_bolt",
    "aiohttp.access",
    "uvicorn.access",
    "apscheduler",
    "alembic.runtime.plugins",
)
# Bolt reads SLACK_BOT_TOKEN by itself and warns that it does not need it.
_NEEDLESS: Final = ("slack_bolt.AsyncApp", "As you gave `client` as well, `token` will be unused")


def configure(
    level: str, fmt: Literal["text", "json"], *, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send every log line of the process to `stream` (standard error), from `level` on.

    At debug only our own lines are more: libraries stay at info. `secrets` and whatever looks like a token are
    replaced in the finished line, tracebacks included. Text is in colour only on a terminal. Times are UTC. May be
    called again.
    """
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Formatter(_finishing(fmt, colors=out.isatty()), Redaction(secrets)))
    # Here as well as by level: Bolt sets its loggers to the root's level when an app is built.
    handler.addFilter(_is_wanted)
    wanted = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(wanted, logging.INFO), handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(wanted)
    logging.captureWarnings(capture=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_COMMON,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _is_wanted(record: logging.LogRecord) -> bool:
    if record.levelno < logging.WARNING and _is_of(record, QUIET):
        return False
    if record.levelno < logging.INFO:
        return _is_of(record, OURS)
    logger, beginning = _NEEDLESS
    return record.name != logger or not record.getMessage().startswith(beginning)


def _is_of(record: logging.LogRecord, names: Iterable[str]) -> bool:
    return any(record.name == name or record.name.startswith(f"{name}.") for name in names)


_COMMON: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def _finishing(fmt: Literal["text", "json"], *, colors: bool) -> list[Processor]:
    if fmt == "json":
        # The plain renderer: a traceback with frame locals would print what they hold.
        return [
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    return [
        structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0)
    ]


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Finishes a line, then hides what must not be in it."""

    def __init__(self, finishing: list[Processor], redaction: Redaction) -> None:
        remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(processors=[remove_meta, *finishing], foreign_pre_chain=_COMMON)
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(super().format(record))
