"""Reads the command line and runs one command."""

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.cli import digest_times
from bot.cli.arguments import WRONG_SETTINGS, parser, print_check, print_manifest
from bot.config.settings import Settings, WrongSettings
from bot.runtime import logs


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Run one command and give its exit code: 2 for wrong settings, 1 for anything else that is wrong."""
    asked = parser().parse_args(arguments)
    if asked.command == "manifest":
        return print_manifest(asked)
    if asked.command == "digest":
        return digest_times.show(asked)
    try:
        settings = Settings.load(environ, Path(".env"))
    except WrongSettings as wrong:
        print(wrong.report(), file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_SETTINGS
    # The table of `check` says what is wrong; the log would say it a second time in between.
    level = "critical" if asked.command == "check" else settings.log_level
    logs.configure(level, settings.log_format, secrets=settings.secrets)
    return print_check(settings) if asked.command == "check" else _run(settings)


def _run(settings: Settings) -> int:
    # Imports make no garbage and a start next to none, and looking for it costs a tenth of the time.
    gc.disable()
    from bot.app import process  # noqa: PLC0415 - the other commands need nothing of it

    gc.enable()
    gc.set_threshold(20_000)
    return process.start(settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
