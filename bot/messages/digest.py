"""The morning digest."""

from datetime import date, time
from typing import Final

from slack_sdk.models.blocks import Block

from bot.digest import Digest, OnCallPart, OpenIncidents
from bot.flashduty import FlashdutyError, Severity
from bot.messages.blocks import actions, context, divider, header, section
from bot.messages.buttons import AGAIN, Carried, control
from bot.messages.errors import Failure, sentence
from bot.messages.incidents import row, severity_mark, title_link
from bot.messages.message import Message
from bot.messages.names import names
from bot.messages.on_call import entry_text
from bot.messages.text import Mrkdwn, clipped, clock_time, counted, dotted, lines, moment, mrkdwn
from bot.on_call import HandOver

MOST_UNACKNOWLEDGED: Final = 5
MOST_SCHEDULES: Final = 15
MOST_HAND_OVERS: Final = 10
MOST_SNOOZES: Final = 10
NOON: Final = 12
EVENING: Final = 18

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def digest(found: Digest, *, planned_for: time | None = None) -> Message:
    """Draw the digest of one team for one local date; one that comes late says when it was `planned_for`."""
    carried = Carried(team=found.team, words=f"digest on:{found.on.isoformat()}")
    return Message.of(
        header(_greeting(found)),
        context(mrkdwn("Late: planned for {at}.", at=f"{planned_for:%H:%M}")) if planned_for else None,
        *_on_call(found),
        divider(),
        *_incidents(found, carried),
        actions(control("Refresh", AGAIN, carried, place="refresh")),
        context(mrkdwn("as of {now}", now=moment(found.as_of))),
    )


def _greeting(found: Digest) -> str:
    on = long_date(found.on)
    if found.as_of.hour < NOON:
        return f"Good morning, team {found.team}. {on}"
    if found.as_of.hour < EVENING:
        return f"Good afternoon, team {found.team}. {on}"
    return f"Good evening, team {found.team}. {on}"


def long_date(on: date) -> str:
    """Write a date out, such as Tuesday, 24 November 2026."""
    return f"{_WEEKDAYS[on.weekday()]}, {on.day} {_MONTHS[on.month - 1]} {on.year}"


def _on_call(found: Digest) -> list[Block]:
    part = found.on_call
    if isinstance(part, FlashdutyError):
        return [
            section(
                lines(
                    mrkdwn("*On call* could not be read."),
                    sentence(Failure(part, found.team, found.key_setting)),
                )
            )
        ]
    if not part.entries:
        return [section(mrkdwn("*On call:* this team has no schedule in Flashduty."))]
    shown = [section(entry_text(entry, part.people)) for entry in part.entries[:MOST_SCHEDULES]]
    more = len(part.entries) - len(shown)
    return [
        section(mrkdwn("*On call now*")),
        *shown,
        *([context(counted(more, "and {count} more schedule", "and {count} more schedules"))] if more else []),
        *_hand_overs(part),
    ]


def _hand_overs(part: OnCallPart) -> list[Block]:
    if not part.hand_overs:
        return [context(mrkdwn("No hand-over in the next 24 hours."))]
    shown = [_hand_over(change, part) for change in part.hand_overs[:MOST_HAND_OVERS]]
    more = len(part.hand_overs) - len(shown)
    rest = counted(more, "and {count} more", "and {count} more") if more else None
    return [section(lines(mrkdwn("*Hand-overs in the next 24 hours*"), *shown, rest))]


def _hand_over(change: HandOver, part: OnCallPart) -> Mrkdwn:
    name = clipped(change.schedule, 100)
    leaving, coming = names(change.leaving, part.people), names(change.coming, part.people)
    if not change.coming:
        return mrkdwn(
            "• {at} {name}: {leaving} leaves, *nobody takes over* ⚠️",
            at=moment(change.at),
            name=name,
            leaving=leaving,
        )
    if not change.leaving:
        return mrkdwn("• {at} {name}: {coming} begins", at=moment(change.at), name=name, coming=coming)
    return mrkdwn(
        "• {at} {name}: {leaving} → {coming}", at=moment(change.at), name=name, leaving=leaving, coming=coming
    )


def _incidents(found: Digest, carried: Carried) -> list[Block]:
    part = found.incidents
    if isinstance(part, FlashdutyError):
        return [
            section(
                lines(
                    mrkdwn("*Open incidents* could not be read."),
                    sentence(Failure(part, found.team, found.key_setting)),
                )
            )
        ]
    if not part.incidents:
        return [section(mrkdwn("*Nothing is open.* A quiet morning."))]
    return [section(_counts(part)), *_unacknowledged(found, part, carried), *_snoozes(part)]


def _counts(part: OpenIncidents) -> Mrkdwn:
    total = len(part.incidents)
    if part.is_complete:
        headline = counted(total, "*{count} incident is open*", "*{count} incidents are open*")
    else:
        headline = mrkdwn("*{count} or more incidents are open*", count=total)
    by_severity = [
        mrkdwn("{mark} {count}", mark=severity_mark(severity), count=count)
        for severity in Severity
        if (count := sum(incident.severity is severity for incident in part.incidents))
    ]
    return lines(headline, dotted(*by_severity))


def _unacknowledged(found: Digest, part: OpenIncidents, carried: Carried) -> list[Block]:
    waiting = part.unacknowledged
    if not waiting:
        return [context(mrkdwn("Every open incident has been acknowledged."))]
    shown = [
        block
        for incident in waiting[:MOST_UNACKNOWLEDGED]
        for block in row(incident, part.people, found.as_of, carried)
    ]
    more = len(waiting) - MOST_UNACKNOWLEDGED
    title = counted(len(waiting), "*{count} waits for somebody*", "*{count} wait for somebody*, oldest first")
    rest = counted(
        more,
        "and {count} more: `/flashduty incidents triggered`",
        "and {count} more: `/flashduty incidents triggered`",
    )
    return [section(title), *shown, *([context(rest)] if more > 0 else [])]


def _snoozes(part: OpenIncidents) -> list[Block]:
    ending = part.snoozes_ending
    if not ending:
        return []
    shown = [
        mrkdwn("• {at} {title}", at=clock_time(incident.snoozed_until), title=title_link(incident, 80))
        for incident in ending[:MOST_SNOOZES]
        if incident.snoozed_until
    ]
    more = len(ending) - len(shown)
    rest = counted(more, "and {count} more", "and {count} more") if more else None
    return [section(lines(mrkdwn("*Snoozes that run out today*, Flashduty then pages again"), *shown, rest))]


def failed(team: str, failure: Failure) -> Message:
    """Tell a team's channel that its digest could not be made."""
    return Message.of(
        section(lines(mrkdwn("*The digest of team {team} could not be made.*", team=team), sentence(failure))),
        actions(control("Try again", AGAIN, Carried(team=team, words="digest"), place="retry")),
    )
