"""Logging: structlog and the standard library through one formatter, as text or JSON, without secrets."""

import logging
import sys
from collections.abc import Iterable
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import Processor

from bot.runtime.redaction import NO_SECRETS, Redaction

# At debug, libraries log what they send and store, messages and e-mail addresses included. At info only the quiet ones
# do: httpx logs every URL with its APP key, slack_sdk its arguments.
OUR_LOGGERS: Final = ("bot", "handlers", "__main__")
QUIET_LOGGERS: Final = (
    "httpx",
    "httpcore",
    "slack_sdk",
    "slack_bolt",
    "aiohttp.access",
    "uvicorn.access",
    "apscheduler",
    "alembic.runtime.plugins",
)
# Bolt reads SLACK_BOT_TOKEN from the environment and warns that it does not use it.
_IGNORED_WARNING: Final = ("slack_bolt.AsyncApp", "As you gave `client` as well, `token` will be unused")


def configure(
    level: str, fmt: Literal["text", "json"], *, redaction: Redaction = NO_SECRETS, stream: TextIO | None = None
) -> None:
    """Send log lines of `level` and above to `stream` (standard error by default).

    The level debug applies to our own loggers only; libraries stay at info. `redaction` is applied to the rendered
    line, tracebacks included. Text is in colour only on a terminal. Times are UTC. May be called again.
    """
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Formatter(_renderers(fmt, colors=out.isatty()), redaction))
    # Besides the levels: Bolt sets its loggers to the root's level when an app is built.
    handler.addFilter(_is_logged)
    minimum = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(minimum, logging.INFO), handlers=[handler], force=True)
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(minimum)
    logging.captureWarnings(capture=True)
    for name in QUIET_LOGGERS:
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


def _is_logged(record: logging.LogRecord) -> bool:
    if record.levelno < logging.WARNING and _is_from(record, QUIET_LOGGERS):
        return False
    if record.levelno < logging.INFO:
        return _is_from(record, OUR_LOGGERS)
    logger, prefix = _IGNORED_WARNING
    return record.name != logger or not record.getMessage().startswith(prefix)


def _is_from(record: logging.LogRecord, names: Iterable[str]) -> bool:
    return any(record.name == name or record.name.startswith(f"{name}.") for name in names)


_COMMON: Final[tuple[Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def _renderers(fmt: Literal["text", "json"], *, colors: bool) -> list[Processor]:
    if fmt == "json":
        # The plain traceback: one with frame locals would log their values.
        return [
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ]
    return [
        structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0)
    ]


class _Formatter(structlog.stdlib.ProcessorFormatter):
    """Renders a line, then redacts secrets."""

    def __init__(self, renderers: list[Processor], redaction: Redaction) -> None:
        remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        super().__init__(processors=[remove_meta, *renderers], foreign_pre_chain=_COMMON)
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(super().format(record))
