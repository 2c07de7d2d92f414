"""The command line: its arguments, and the commands `manifest` and `check`."""

import argparse
import sys
from typing import Final

from bot.cli import audit, digest_times
from bot.config.settings import Settings
from bot.runtime.event_loop import run_on_uvloop

WRONG_SETTINGS_EXIT_CODE: Final = 2


def print_manifest(arguments: argparse.Namespace) -> int:
    """Print the Slack app manifest and return the exit code."""
    from bot.cli.manifest import as_json  # noqa: PLC0415 - start-up time

    names = {"command": arguments.slash_command, "name": arguments.name, "language": arguments.language}
    given_names = {keyword: name for keyword, name in names.items() if name is not None}
    try:
        text = as_json(arguments.mode, arguments.url, arguments.features, **given_names)
        # A terminal whose encoding lacks a character raises UnicodeEncodeError, which is a ValueError.
        print(text)  # noqa: T201 - the command's output
    except ValueError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the operator's screen
        return WRONG_SETTINGS_EXIT_CODE
    return 0


def print_check(settings: Settings) -> int:
    """Check the settings, print the findings and return the exit code."""
    from bot.cli.check.run import check, findings_table, printable  # noqa: PLC0415 - start-up time

    findings = run_on_uvloop(check(settings))
    print(printable(findings_table(findings), sys.stdout.encoding))  # noqa: T201 - the command's output
    return 0 if all(finding.ok for finding in findings) else 1


def print_webhook_sample(settings: Settings, arguments: argparse.Namespace) -> int:
    """Send a sample of a webhook, print what came back and return the exit code."""
    from bot.cli import webhook_sample  # noqa: PLC0415 - start-up time

    return webhook_sample.print_sample(settings, team=arguments.team, url=arguments.url)


def _add_webhook(commands: "digest_times.Commands") -> None:
    webhook = commands.add_parser("webhook", help="try the way in for Flashduty's webhooks")
    sample = webhook.add_subparsers(dest="what", metavar="what", required=True).add_parser(
        "sample", help="send one delivery to the running bot with the first secret of a team, and say what came back"
    )
    sample.add_argument("--team", help="a team of the settings; the first with WEBHOOK_SECRET when left out")
    sample.add_argument("--url", help="the bot's address as Flashduty reaches it; HOST and PORT when left out")


def argument_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m bot",
        description="A Slack bot for teams on call with Flashduty. The command line speaks English.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    parser.set_defaults(command="run")
    commands.add_parser("run", help="run the bot (what happens without a command)")
    commands.add_parser("check", help="check tokens, keys, channels and digests, and say how to cure what is wrong")
    digest_times.add_to(commands)
    _add_webhook(commands)
    audit.add_audit(commands)
    manifest = commands.add_parser("manifest", help="print the Slack app manifest")
    manifest.add_argument("--mode", choices=("socket", "http"), default="socket", help="how Slack reaches the bot")
    manifest.add_argument("--url", help="the public address of the bot, for --mode http")
    manifest.add_argument("--command", dest="slash_command", help="the slash command; the bot has it in COMMAND")
    manifest.add_argument("--name", help="the name of the app and its bot, Flashduty where none is given")
    manifest.add_argument("--language", choices=("en", "zh"), help="the language of names, hints and descriptions")
    manifest.add_argument(
        "--with",
        dest="features",
        nargs="+",
        default=[],
        choices=("user-groups", "topic", "reminders"),
        metavar="FEATURE",
        help="scopes for user-groups (ONCALL_USERGROUPS), topic (TOPIC) or reminders (SHIFT_NOTICES=dm or both)",
    )
    return parser
