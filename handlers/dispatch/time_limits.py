"""How long is waited for what, in seconds: by the person, and by the bot for others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeLimits:
    """A person hears something within `look` seconds, or within `notice` when something is being changed.

    A change goes on after that: `change` is for all of it, `call` for each call to Flashduty in it. What it is told
    with has limits of its own: `names`, `redraw`, and `first_way` for each way back but the last.
    """

    lookup: float = 4.5
    notice: float = 1.5
    change: float = 60.0
    call: float = 10.0
    names: float = 2.5
    redraw: float = 15.0
    attempt: float = 4.0
    opening: float = 2.5
    """Of the three seconds for which Slack opens a form: docs.slack.dev/interactivity/handling-user-interaction"""

    options: float = 2.5
    """Of the three seconds in which Slack wants the entries of a select: the answer is the acknowledgement."""

    after_ack: float = 0.3
    """The acknowledgement of a form takes another way to Slack than what comes of it, and must be there first."""

    call_margin: float = 0.2
    """Calls to Flashduty end a little earlier than the whole, so that it is told what exactly took so long."""

    shutdown_notice: float = 0.8
    """Within the second that work has which is cut off because the bot ends."""

    key_owner: float = 0.6
    """Kept back to find out whose key was refused."""
