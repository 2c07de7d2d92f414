"""What is wrong in the world around a set-up whose settings are right, as rows for `check`."""

from dataclasses import dataclass, field

PAYMENTS, SEARCH = "FLASHDUTY_TEAMS__PAYMENTS__", "FLASHDUTY_TEAMS__SEARCH__"
TWO_TEAMS = {SEARCH + "APP_KEY": "{search}", SEARCH + "SLACK_CHANNELS": "C0PAYMENTS"}


def nothing(_slack, _flashduty):
    """Leave the world as it is."""


@dataclass
class World:
    """What is wrong in the world or with regard to it, and what the operator must read."""

    says: tuple[str, ...]
    prepare: object = nothing
    environ: dict = field(default_factory=dict)
    code: int = 1
    command: str = "check"
    never: tuple[str, ...] = ()


def wrong(*says, prepare=nothing, code=1, command="check", never=(), **team):
    """One team called Payments, with these settings."""
    environ = {(name if name.isupper() else PAYMENTS + name.upper()): value for name, value in team.items()}
    return World(says, prepare, environ, code, command, never)


def slack(change):
    return lambda slack, _flashduty: change(slack)


def flashduty(change):
    return lambda _slack, flashduty: change(flashduty)


def failing(path, fault):
    return flashduty(lambda one: one.fail(path, fault, times=None))


def slack_failing(method, fault):
    return slack(lambda one: one.fail(method, fault, times=None))


def without_scope(scope):
    def take(slack):
        slack.workspace.app.scopes = tuple(one for one in slack.workspace.app.scopes if one != scope)

    return take
