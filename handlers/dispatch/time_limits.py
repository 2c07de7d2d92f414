"""The time limits of a request, in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeLimits:
    """A person gets an answer within `lookup` seconds, or a progress notice within `notice` for a change.

    A change continues after that: `change` limits the whole, `call` each call to Flashduty in it. Its answer has
    limits of its own: `names`, `redraw`, and `attempt` for each attempt to deliver it but the last.
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

    part: float = 0.4
    """How long the parts of a view are awaited together before those that are there are shown."""

    options: float = 2.5
    """Of the three seconds in which Slack wants the entries of a select: the answer is the acknowledgement."""

    keeping: float = 0.5
    """Of those three seconds, for storing what was typed into a form that is not taken."""

    after_ack: float = 0.3
    """The minimum time from a submitted form to its outcome, which must reach Slack after the acknowledgement."""

    call_margin: float = 0.2
    """Calls to Flashduty end this much before the whole, so that the answer names the slow service."""

    shutdown_notice: float = 0.8
    """For the final notice at shutdown, within the second that a cancelled task has."""

    key_owner: float = 0.6
    """Reserved for finding the owner of a refused key."""
