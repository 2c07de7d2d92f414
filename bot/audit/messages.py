"""What the audit trail looks like in Slack: the answer to `/flashduty audit`, and the message above its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from pydantic import Field

from bot.audit.model import AuditAction, AuditEntry, AuditResult
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.buttons import Words
from bot.messages.language import N_, Marked
from bot.messages.names import enumerated
from bot.messages.text import Mrkdwn, clipped, dotted, lines, mention, moment, mrkdwn
from bot.messages.views import View

DEFAULT_PERIOD: Final = timedelta(days=7)
MAX_PERIOD: Final = timedelta(days=3650)
MAX_ENTRIES_SHOWN: Final = 10
MAX_ADMINS_NAMED: Final = 5

ACTION_NAMES: Final[Mapping[AuditAction, Marked]] = {
    AuditAction.ACKNOWLEDGE: N_("Acknowledge"),
    AuditAction.UNACKNOWLEDGE: N_("Unacknowledge"),
    AuditAction.SNOOZE: N_("Snooze"),
    AuditAction.WAKE: N_("End snooze"),
    AuditAction.CLOSE: N_("Close"),
    AuditAction.REOPEN: N_("Reopen"),
    AuditAction.REASSIGN: N_("Reassign"),
    AuditAction.ESCALATE: N_("Escalate"),
    AuditAction.ADD_RESPONDER: N_("Add responder"),
    AuditAction.CUSTOM_ACTION: N_("Custom action"),
    AuditAction.COMMENT: N_("Comment"),
    AuditAction.COVER_SHIFT: N_("Cover a shift"),
    AuditAction.APPROVE_GROUP_SYNC: N_("Keep a user group in sync"),
    AuditAction.DECLINE_GROUP_SYNC: N_("Leave a user group alone"),
    AuditAction.STOP_GROUP_SYNC: N_("Stop syncing a user group"),
    AuditAction.PROPOSE_GROUP_SYNC: N_("Propose syncing a user group"),
    AuditAction.POST_DIGEST: N_("Post the digest"),
    AuditAction.POST_REPORT: N_("Post the weekly report"),
}
RESULT_NAMES: Final[Mapping[AuditResult, Marked]] = {
    AuditResult.DONE: N_("done"),
    AuditResult.UNCHANGED: N_("nothing to change"),
    AuditResult.REFUSED: N_("refused"),
    AuditResult.NOT_DONE: N_("not done"),
    AuditResult.NOT_KNOWN: N_("not known"),
}


@dataclass(frozen=True, kw_only=True)
class AuditList(View):
    """The audit trail of a team: since when, of whom, of which incident; `not_understood` are other words."""

    NAME: ClassVar[str] = "audit"
    since: Annotated[timedelta, Field(gt=timedelta(), le=MAX_PERIOD)] = DEFAULT_PERIOD
    person: Words = ""
    number: Annotated[str, Field(max_length=24)] = ""


def audit_list(
    to: Audience, team: str, entries: Sequence[AuditEntry], view: AuditList, *, count: int, is_complete: bool
) -> Message:
    """List the newest of `count` entries, and say that all of them come as a file."""
    shown = entries[:MAX_ENTRIES_SHOWN]
    rest = count - len(shown)
    return Message.of(
        section(
            lines(
                _headline(to, team, count, is_complete=is_complete),
                to.say("Since {since}.", since=moment(to.now - view.since)),
            )
        ),
        section(lines(*(_row(to, one) for one in shown))) if shown else None,
        context(to.counted(rest, "and {count} older entry", "and {count} older entries")) if rest else None,
        context(to.say("All of them come to you as a CSV file by direct message.")) if count else None,
    )


def _headline(to: Audience, team: str, count: int, *, is_complete: bool) -> Mrkdwn:
    if not count:
        return to.say("*Audit trail of team {team}: no entries.*", team=team)
    if not is_complete:
        return to.say("*Audit trail of team {team}: the newest {count} entries.*", team=team, count=count)
    return to.counted(
        count,
        "*Audit trail of team {team}: {count} entry.*",
        "*Audit trail of team {team}: {count} entries.*",
        team=team,
    )


def _row(to: Audience, entry: AuditEntry) -> Mrkdwn:
    name = to.translated(ACTION_NAMES[entry.action])
    about = " ".join(one for one in (entry.number, clipped(entry.subject, 60), clipped(entry.asked, 60)) if one)
    return dotted(
        moment(entry.at),
        mrkdwn("{who}", who=clipped(entry.who, 60)),
        mrkdwn("{name} {about}", name=name, about=about) if about else name,
        to.translated(RESULT_NAMES[entry.result]),
        mrkdwn("`{reason}`", reason=clipped(entry.reason, 60)) if entry.reason else None,
    )


def audit_denied(to: Audience, admins: Sequence[str]) -> Message:
    """Say that only the people of ADMINS read the trail, and whom to ask."""
    if not admins:
        return Message.of(section(to.say("The audit trail is for the bot's administrators, and `ADMINS` names none.")))
    people = enumerated(to, map(mention, admins[:MAX_ADMINS_NAMED]))
    return Message.of(section(to.say("The audit trail is for the bot's administrators. Ask {people}.", people=people)))


def audit_file_follows(to: Audience, team: str, count: int) -> Message:
    """Introduce the file in the direct message."""
    return Message.of(
        section(
            to.counted(
                count,
                "*Audit trail of team {team}: {count} entry as a CSV file.*",
                "*Audit trail of team {team}: {count} entries as a CSV file.*",
                team=team,
            )
        )
    )


def audit_file_failed(to: Audience, team: str, code: str) -> Message:
    """Say that Slack did not take the file, and what helps."""
    cure = (
        to.say("Administrator: give the Slack app the scope `files:write` and install it again.")
        if code == "missing_scope"
        else to.say("Type the command again.")
    )
    return Message.of(
        section(
            lines(
                to.say("⚠️ *The CSV file of the audit trail of team {team} could not be sent.*", team=team),
                cure,
                to.say("The same as text: `python -m bot audit --since 7d --format csv`"),
                to.say("Slack says: `{code}`.", code=clipped(code, 60)),
            )
        )
    )


def audit_lost(to: Audience, since: datetime, count: int) -> Message:
    """Say that what people do is missing from the trail, and where it is instead."""
    return Message.of(
        section(
            lines(
                to.say("⚠️ *The audit trail is missing entries since {since}.*", since=moment(since)),
                to.counted(
                    count,
                    "The database did not take {count} entry. What the person did was not held up by that.",
                    "The database did not take {count} entries. What people did was not held up by that.",
                ),
                to.say("Each is in the log as `audit.lost`, with who, what and the result. Check `DATABASE_URL`."),
            )
        )
    )
