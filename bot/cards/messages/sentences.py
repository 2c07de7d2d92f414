"""Each type of a timeline's entries as one whole sentence. Pure.

What people wrote is quoted, clipped and on one line; it formats nothing and mentions nobody.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.cards.messages.changed import CHANGED
from bot.cards.messages.quotes import by, quoted
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models import timeline_details as details
from bot.flashduty.models import timeline_work as work
from bot.incidents.messages.actions.custom_action import without_addresses
from bot.incidents.messages.actions.values import PEOPLE_OF_CONTROL
from bot.incidents.messages.status import LIST_TITLE_LIMIT
from bot.messages.audience import Audience
from bot.messages.language import N_, Marked
from bot.messages.names import names
from bot.messages.text import Mrkdwn, clipped, link, moment, mrkdwn, one_line

MAX_MERGED: Final = 3
ENTRY_NAME_LIMIT: Final = 80


def entry_sentence(to: Audience, told: Told, cast: Cast) -> Mrkdwn | None:
    """Say what happened; None for an entry that has no sentence of its own."""
    draw = _SENTENCES.get(type(told.entry.detail))
    return draw(to, told, cast, told.entry.detail) if draw else None


def _acknowledged(to: Audience, told: Told, cast: Cast, detail: details.AcknowledgedEntry) -> Mrkdwn:
    who, note = by(to, told, cast), quoted(detail.note)
    if who and note:
        return to.say("👤 {who} acknowledged: {note}", who=who, note=note)
    return to.say("👤 {who} acknowledged.", who=who) if who else to.say("👤 Acknowledged.")


def _unacknowledged(to: Audience, told: Told, cast: Cast, detail: details.Unacknowledged) -> Mrkdwn:
    who, note = by(to, told, cast), quoted(detail.note)
    if who and note:
        return to.say("↩️ {who} unacknowledged: {note}", who=who, note=note)
    return to.say("↩️ {who} unacknowledged.", who=who) if who else to.say("↩️ Unacknowledged.")


# By the kind of an assignment: with the person who made it, and where Flashduty itself did.
_ASSIGNED: Final = (N_("📌 {who} assigned it to {target}."), N_("📌 Assigned to {target}."))
_ASSIGNMENTS: Final[Mapping[str, tuple[Marked, Marked]]] = {
    "reassign": (N_("📌 {who} reassigned it to {target}."), N_("📌 Reassigned to {target}.")),
    "escalate": (N_("⬆️ {who} escalated it to {target}."), N_("⬆️ Escalated to {target}.")),
}


def _assigned(to: Audience, told: Told, cast: Cast, detail: details.Assigned) -> Mrkdwn:
    active, passive = _ASSIGNMENTS.get(detail.kind, _ASSIGNED)
    who, target = by(to, told, cast), _target(to, cast, detail)
    return to.translated(active, who=who, target=target) if who else to.translated(passive, target=target)


def _target(to: Audience, cast: Cast, detail: details.Assigned) -> Mrkdwn:
    people = names(to, detail.people, cast.people, given=cast.given, most=PEOPLE_OF_CONTROL)
    if not detail.has_rule:
        return people or to.say("somebody")
    level, rule = detail.level + 1, clipped(one_line(detail.rule_name), ENTRY_NAME_LIMIT)
    if not rule:
        return to.say("level {level} ({people})", level=level, people=people) if people else _level(to, level)
    if not people:
        return to.say("level {level} of {rule}", level=level, rule=rule)
    return to.say("level {level} of {rule} ({people})", level=level, rule=rule, people=people)


def _level(to: Audience, level: int) -> Mrkdwn:
    return to.say("level {level}", level=level)


def _added(to: Audience, told: Told, cast: Cast, detail: details.RespondersAdded) -> Mrkdwn:
    who = by(to, told, cast)
    people = names(to, detail.person_ids, cast.people, given=cast.given, most=PEOPLE_OF_CONTROL) or to.say("somebody")
    count = len(detail.person_ids) or 1
    if who:
        return to.counted(
            count,
            "➕ {who} added {people} as responder.",
            "➕ {who} added {people} as responders.",
            who=who,
            people=people,
        )
    return to.counted(
        count,
        "➕ {people} was added as responder.",
        "➕ {people} were added as responders.",
        people=people,
    )


def _snoozed(to: Audience, told: Told, cast: Cast, detail: details.Snoozed) -> Mrkdwn:
    who, began = by(to, told, cast), told.entry.created_at
    until = detail.ends(began) if began else None
    if until is None:
        return to.say("💤 {who} snoozed it.", who=who) if who else to.say("💤 Snoozed.")
    if who:
        return to.say("💤 {who} snoozed it until {until}.", who=who, until=moment(until))
    return to.say("💤 Snoozed until {until}.", until=moment(until))


def _woken(to: Audience, told: Told, cast: Cast, _: details.Woken) -> Mrkdwn:
    who = by(to, told, cast)
    return to.say("⏰ {who} cancelled the snooze.", who=who) if who else to.say("⏰ The snooze ended.")


# By the source of a close: with the person who closed it, and where nobody did.
_CLOSED: Final = (N_("✅ {who} closed it."), N_("✅ Closed."))
_ON_A_CARD: Final = (N_("✅ {who} closed it on a card in a chat."), N_("✅ Closed on a card in a chat."))
_BY_ITSELF: Final = (N_("✅ {who} closed it."), N_("✅ Flashduty closed it automatically."))
_CLOSES: Final[Mapping[str, tuple[Marked, Marked]]] = {
    "voice": (N_("✅ {who} closed it by phone."), N_("✅ Closed by phone.")),
    "console": (N_("✅ {who} closed it in Flashduty."), N_("✅ Closed in Flashduty.")),
    "card": _ON_A_CARD,
    "wcard": _ON_A_CARD,
    "event": (N_("✅ {who} closed it: its alerts recovered."), N_("✅ Closed: its alerts recovered.")),
    "autorslv": _BY_ITSELF,
    "autorefresh": _BY_ITSELF,
    "escalation": (N_("✅ {who} closed it."), N_("✅ Closed by its escalation rule.")),
}


def _closed(to: Audience, told: Told, cast: Cast, detail: details.Closed) -> Mrkdwn:
    # Flashduty takes what the bot closes for a person in Slack for something done in its console.
    active, passive = _CLOSED if told.pressed_by else _CLOSES.get(detail.source, _CLOSED)
    who = by(to, told, cast)
    return to.translated(active, who=who) if who else to.translated(passive)


def _reopened(to: Audience, told: Told, cast: Cast, detail: details.Reopened) -> Mrkdwn:
    who, reason = by(to, told, cast), quoted(detail.reason)
    if who and reason:
        return to.say("🔁 {who} reopened it: {reason}", who=who, reason=reason)
    if reason:
        return to.say("🔁 Reopened: {reason}", reason=reason)
    return to.say("🔁 {who} reopened it.", who=who) if who else to.say("🔁 Reopened.")


def _merged(to: Audience, told: Told, cast: Cast, detail: details.Merged) -> Mrkdwn:
    who, target = by(to, told, cast), detail.target
    if target is not None and target.id and target.id != cast.incident_id:
        into = _short(to, target)
        if who:
            return to.say("🔗 {who} merged this incident into {into}", who=who, into=into)
        return to.say("🔗 This incident was merged into {into}", into=into)
    sources = [one for one in detail.source_incidents if one.id != cast.incident_id]
    named = to.say(", ").join_all(_short(to, one) for one in sources[:MAX_MERGED])
    more = len(sources[MAX_MERGED:])
    if more:
        named = to.counted(more, "{row} and {count} more incident", "{row} and {count} more incidents", row=named)
    if not named:
        return to.say("🔗 {who} merged other incidents into this one.", who=who) if who else _merged_by_nobody(to)
    if who:
        return to.counted(
            len(sources),
            "🔗 {who} merged another incident into this one: {named}",
            "🔗 {who} merged other incidents into this one: {named}",
            who=who,
            named=named,
        )
    return to.counted(
        len(sources),
        "🔗 Another incident was merged into this one: {named}",
        "🔗 Other incidents were merged into this one: {named}",
        named=named,
    )


def _merged_by_nobody(to: Audience) -> Mrkdwn:
    return to.say("🔗 Other incidents were merged into this one.")


def _short(to: Audience, one: details.ShortIncident) -> Mrkdwn:
    title = clipped(one_line(one.title), LIST_TITLE_LIMIT) or to.label("untitled")
    return mrkdwn("#{num} · {title}", num=one.num, title=title) if one.id else mrkdwn("{title}", title=title)


def _muted(to: Audience, _: Told, __: Cast, detail: details.Muted) -> Mrkdwn:
    if detail.minutes:
        return to.say(
            "🔕 Flapping: its state changes too often. Flashduty sends no notifications for {minutes} min.",
            minutes=detail.minutes,
        )
    return to.say("🔕 Flapping: its state changes too often. Flashduty sends no notifications for a while.")


def _storm(to: Audience, _: Told, __: Cast, detail: details.Storm) -> Mrkdwn:
    if detail.threshold:
        return to.say("🌩️ Alert storm: this incident has {count} alerts or more.", count=detail.threshold)
    return to.say("🌩️ Alert storm: this incident has very many alerts.")


def _action(to: Audience, told: Told, cast: Cast, detail: work.ActionRun) -> Mrkdwn:
    who, why = by(to, told, cast), quoted(without_addresses(detail.why_it_failed or ""))
    action = clipped(one_line(detail.name), ENTRY_NAME_LIMIT) or to.label("unnamed")
    if why:
        return to.say("⚠️ The custom action “{action}” failed: {why}", action=action, why=why)
    if detail.why_it_failed is not None:
        return to.say("⚠️ The custom action “{action}” failed.", action=action)
    if who:
        return to.say("⚙️ {who} ran the custom action “{action}”.", who=who, action=action)
    return to.say("⚙️ The custom action “{action}” was run.", action=action)


def _war_room_created(to: Audience, told: Told, cast: Cast, detail: work.WarRoomCreated) -> Mrkdwn:
    who, room = by(to, told, cast), _room(to, detail)
    return to.say("🚪 {who} opened the war room {room}", who=who, room=room) if who else _opened(to, room)


def _opened(to: Audience, room: Mrkdwn) -> Mrkdwn:
    return to.say("🚪 War room opened: {room}", room=room)


def _war_room_deleted(to: Audience, told: Told, cast: Cast, detail: work.WarRoomDeleted) -> Mrkdwn:
    who, room = by(to, told, cast), _room(to, detail)
    if who:
        return to.say("🚪 {who} closed the war room {room}", who=who, room=room)
    return to.say("🚪 War room closed: {room}", room=room)


def _room(to: Audience, detail: work.WarRoom) -> Mrkdwn:
    return link(detail.link, clipped(one_line(detail.name), ENTRY_NAME_LIMIT) or to.label("unnamed"))


# By what happened to a work item: with the person who did it, and where Flashduty itself did.
_WORK_ITEMS: Final[Mapping[type[details.Detail], tuple[Marked, Marked]]] = {
    work.WorkItemCreated: (
        N_("📋 {who} created the work item {title}."),
        N_("📋 The work item {title} was created."),
    ),
    work.WorkItemCompleted: (
        N_("☑️ {who} completed the work item {title}."),
        N_("☑️ The work item {title} was completed."),
    ),
    work.WorkItemConverted: (
        N_("📋 {who} converted the work item {title}."),
        N_("📋 The work item {title} was converted."),
    ),
    work.WorkItemDeleted: (
        N_("📋 {who} deleted the work item {title}."),
        N_("📋 The work item {title} was deleted."),
    ),
}


def _work_item(to: Audience, told: Told, cast: Cast, detail: work.WorkItem) -> Mrkdwn:
    who, title = by(to, told, cast), quoted(detail.title) or to.say("without a title")
    active, passive = _WORK_ITEMS[type(detail)]
    return to.translated(active, who=who, title=title) if who else to.translated(passive, title=title)


def _work_item_assigned(to: Audience, told: Told, cast: Cast, detail: work.WorkItemAssigned) -> Mrkdwn:
    who, title = by(to, told, cast), quoted(detail.title) or to.say("without a title")
    people = names(to, detail.assignees, cast.people, given=cast.given) or to.say("nobody")
    if who:
        return to.say("📋 {who} assigned the work item {title} to {people}.", who=who, title=title, people=people)
    return to.say("📋 The work item {title} was assigned to {people}.", title=title, people=people)


_Sentence = Callable[[Audience, Told, Cast, Any], Mrkdwn]
_SENTENCES: Final[Mapping[type[details.Detail], _Sentence]] = {
    details.AcknowledgedEntry: _acknowledged,
    details.Unacknowledged: _unacknowledged,
    details.Assigned: _assigned,
    details.RespondersAdded: _added,
    details.Snoozed: _snoozed,
    details.Woken: _woken,
    details.Closed: _closed,
    details.Reopened: _reopened,
    details.Merged: _merged,
    details.Muted: _muted,
    details.Storm: _storm,
    work.ActionRun: _action,
    work.WarRoomCreated: _war_room_created,
    work.WarRoomDeleted: _war_room_deleted,
    work.WorkItemCreated: _work_item,
    work.WorkItemCompleted: _work_item,
    work.WorkItemConverted: _work_item,
    work.WorkItemDeleted: _work_item,
    work.WorkItemAssigned: _work_item_assigned,
    **CHANGED,
}
