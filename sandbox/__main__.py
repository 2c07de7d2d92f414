"""`python -m sandbox slack | flashduty | demo`: one of the pretend services, or both with the bot."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Final

_SLACK_PORT: Final = 8765
_FLASHDUTY_PORT: Final = 8766
_DEMO_PORT: Final = 8080
_HIGHEST_PORT: Final = 65535


def main(arguments: list[str] | None = None) -> int:
    """Run one of the three and return the exit code: 1 when the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for name, (port, help_text, _) in _KINDS.items():
        kind = kinds.add_parser(name, help=help_text)
        kind.add_argument("--port", type=_port, default=port, help="where to listen on 127.0.0.1 (default %(default)s)")
        if name == "flashduty":
            habit = "what it does with every call, such as --habit seconds=2 --habit ok_code='\"OK\"'"
            kind.add_argument("--habit", metavar="NAME=JSON", action="append", type=_habit, default=[], help=habit)
        if name == "demo":
            of_channels = "of the channels and the first person (default %(default)s)"
            kind.add_argument("--language", choices=("en", "zh"), default="en", help=of_channels)
        if name == "slack":
            kind.add_argument("--http", metavar="URL", type=_address, help="deliver signed requests there")
            kind.add_argument("--no-limits", action="store_true", help="answer as often as it is asked")
    chosen = parser.parse_args(arguments)
    return _KINDS[chosen.kind][2](chosen)


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as http://127.0.0.1:3000/slack/events")
    return text


def _habit(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no habit with a value in JSON") from None


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


# Each imports only its own dependencies: the pretend Slack starts without those of the others.
def _slack(chosen: argparse.Namespace) -> int:
    from sandbox.slack.standalone import standalone  # noqa: PLC0415

    return standalone(chosen.port, http=chosen.http, is_limiting=not chosen.no_limits)


def _flashduty(chosen: argparse.Namespace) -> int:
    from sandbox.flashduty import standalone  # noqa: PLC0415
    from sandbox.flashduty.habits import NO_HABITS, Habits  # noqa: PLC0415

    try:
        habits = Habits.from_json(dict(chosen.habit), NO_HABITS)
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    return standalone(chosen.port, habits)


def _demo(chosen: argparse.Namespace) -> int:
    from sandbox.demo import main as demo  # noqa: PLC0415

    return demo(chosen.port, language=chosen.language)


_KINDS: Final[dict[str, tuple[int, str, Callable[[argparse.Namespace], int]]]] = {
    "slack": (_SLACK_PORT, "a pretend Slack", _slack),
    "flashduty": (_FLASHDUTY_PORT, "a pretend Flashduty", _flashduty),
    "demo": (_DEMO_PORT, "both, the real bot between them, and a page to try it", _demo),
}

if __name__ == "__main__":
    sys.exit(main())
