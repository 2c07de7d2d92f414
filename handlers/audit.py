"""`/flashduty audit`: who did what, for the people of ADMINS."""

import re
from datetime import timedelta
from typing import Final

from bot.audit.messages import MAX_ENTRIES_SHOWN, MAX_PERIOD, AuditList, audit_denied, audit_list
from bot.incidents.open_list import typed_number
from bot.messages import Message
from bot.messages.text import clipped
from bot.messages.views import View
from bot.storage.audit.audit_trail import AuditQuery
from handlers.dispatch.answers import Refusal
from handlers.dispatch.context import Request

_PERIOD: Final = re.compile(r"(?:since:)?(\d{1,4}) ?(h|d|w|小时|天|周)", re.IGNORECASE)
_LENGTHS: Final = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "小时": timedelta(hours=1),
    "天": timedelta(days=1),
    "周": timedelta(weeks=1),
}
_USER: Final = re.compile(r"<@([A-Z0-9]{1,40})(?:\|[^>]*)?>|([UW][A-Z0-9]{5,39})")


def read_audit(words: str) -> View:
    """Parse the words behind `audit`: a period, an incident's number, and a person, each once and in any order."""
    view, person = AuditList(), []
    for word in words.split():
        period = _PERIOD.fullmatch(word)
        if period is not None:
            since = int(period[1]) * _LENGTHS[period[2].lower()]
            view = AuditList(since=min(max(since, timedelta(hours=1)), MAX_PERIOD), number=view.number)
        elif word.startswith("#") and (number := typed_number(word)):
            view = AuditList(since=view.since, number=number)
        else:
            person.append(word)
    return AuditList(since=view.since, number=view.number, person=clipped(" ".join(person), 80))


async def draw_audit(request: Request, view: AuditList) -> Message | Refusal:
    """Show the newest entries of the team to the person alone, and send all of them as a file."""
    desk, to = request.services.audit_desk, request.to_person
    if not desk.may_read(request.person.id):
        return Refusal(audit_denied(to, desk.admins), outcome="refused: not an administrator")
    user = _USER.fullmatch(view.person)
    found = await desk.read(
        AuditQuery(
            since=request.now - view.since,
            teams=(request.team.name,),
            slack_user_id=(user[1] or user[2]) if user else None,
            number=view.number,
        ),
        request.now,
        name="" if user else view.person.removeprefix("@"),
    )
    if found.rows:
        desk.send_file(request.person.id, to, request.team.name, rows=found.rows, once=request.once)
    return audit_list(
        to,
        request.team.name,
        found.entries(MAX_ENTRIES_SHOWN),
        view=view,
        count=len(found.rows),
        is_complete=found.is_complete,
    )
