"""Reads the command line and runs one command."""

import gc
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

if __name__ == "__main__":
    # Before the other imports, which take a quarter of a second: by default it would end the process. The files of keys
    # are read after this in any case, and once the loop runs SIGHUP has them read again.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

from bot.cli import digest_times
from bot.cli.arguments import (
    WRONG_SETTINGS_EXIT_CODE,
    argument_parser,
    print_check,
    print_manifest,
    print_webhook_sample,
)
from bot.cli.audit import print_audit
from bot.config.settings import Settings, WrongSettings
from bot.runtime import logs


def main(words: list[str], environ: Mapping[str, str]) -> int:
    """Run one command and return its exit code: 2 for wrong settings or arguments, 1 for any other failure."""
    arguments = argument_parser().parse_args(words)
    if arguments.command == "manifest":
        return print_manifest(arguments)
    if arguments.command == "digest":
        return digest_times.print_times(arguments)
    try:
        settings = Settings.load(environ, Path(".env"))
    except WrongSettings as error:
        print(error.report(), file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_SETTINGS_EXIT_CODE
    # The table of `check` reports what is wrong; log lines would repeat it.
    level = settings.log_level if arguments.command == "run" else "critical"
    logs.configure(level, settings.log_format, redaction=settings.redaction)
    if arguments.command == "audit":
        return print_audit(settings, arguments)
    if arguments.command == "webhook":
        return print_webhook_sample(settings, arguments)
    return print_check(settings) if arguments.command == "check" else _run(settings)


def _run(settings: Settings) -> int:
    # Imports leave no garbage and the start hardly any; collecting it takes a tenth of the start-up time.
    gc.disable()
    from bot.app import process  # noqa: PLC0415 - the other commands do not need it

    gc.enable()
    gc.set_threshold(20_000)
    return process.start(settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
