"""Synced user groups: the proposal, its outcome, and problems with the sync."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, StringConstraints
from slack_sdk.models.blocks import ButtonElement

from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, actions, context, dangerous, section
from bot.messages.buttons import (
    APPROVE_SYNC,
    DECLINE_SYNC,
    PROPOSE_SYNC,
    STOP_SYNC,
    ButtonValue,
    StorableText,
    control,
)
from bot.messages.language import N_, Marked
from bot.messages.message import Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, escaped, lines, moment, mrkdwn
from bot.oncall.messages.schedule_names import PRIMARY_ROLE, SECONDARY_ROLE
from bot.usergroups.model import Decision, Proposal

MAX_NAMES_SHOWN: Final = 20
_NAME_LIMIT: Final = 80
HANDLE_LIMIT: Final = 80


@dataclass(frozen=True, kw_only=True)
class GroupValue(ButtonValue):
    """The value of a proposal's buttons: the group, the plan it was made for, and the group's handle for people."""

    group: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,40}\z")]
    signature: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}\z")]
    handle: Annotated[StorableText, Field(max_length=HANDLE_LIMIT)] = ""


def proposal(to: Audience, found: Proposal, team: str) -> Message:
    """Draw what a sync would change, with buttons to approve and decline it."""
    value = GroupValue(
        team=team, group=found.plan.group, signature=found.plan.signature, handle=found.handle[:HANDLE_LIMIT]
    )
    return Message.of(
        section(
            to.say("*Keep {group} in sync with on-call?* Nothing has been changed yet.", group=_name(found.handle)),
        ),
        _named(lambda most: lines(_following(to, found.schedules, most), *_changes(to, found, most))),
        actions(
            control(to.label("Keep in sync"), APPROVE_SYNC, value, suffix=found.plan.group, style="primary"),
            control(to.label("Don't sync"), DECLINE_SYNC, value, suffix=found.plan.group),
        ),
        context(
            to.say("From then on it changes at every handoff. People pinned in the settings always stay.")
            if found.plan.pinned
            else to.say("From then on it changes at every handoff.")
        ),
    )


def _named(text: Callable[[int], Mrkdwn]) -> Rows:
    """Draw a paragraph with as many names in each list as fit, at most 20; the others are counted."""
    most = next((each for each in range(MAX_NAMES_SHOWN, 1, -1) if len(text(each)) <= SECTION_LIMIT), 1)
    return Rows(most, lambda count: Drawn.of(section(text(count))))


def _following(to: Audience, found: Iterable[tuple[str, int | None]], most: int) -> Mrkdwn:
    wanted = [_source(to, clipped(name, _NAME_LIMIT), role) for name, role in found]
    return to.say("Schedules: {schedules}", schedules=_row(to, wanted, most))


def _source(to: Audience, name: str, role: int | None) -> Mrkdwn:
    if role is None:
        return escaped(name)
    if role == PRIMARY_ROLE:
        return to.say("{name} (primary only)", name=name)
    if role == SECONDARY_ROLE:
        return to.say("{name} (secondary only)", name=name)
    return to.say("{name} (role {role} only)", name=name, role=role)


def _changes(to: Audience, found: Proposal, most: int) -> list[Mrkdwn | None]:
    if found.problem is not None:
        return [_problem_text(to, found.problem)]
    return [
        to.say("• Added: {people}", people=_names(to, found.added, most)) if found.added else None,
        to.say("• Removed: {people}", people=_names(to, found.removed, most)) if found.removed else None,
        to.say("• Unchanged: {people}", people=_names(to, found.staying, most)) if found.staying else None,
        to.say("• On call, but not in Slack by their e-mail: {people}", people=_names(to, found.unknown, most))
        if found.unknown
        else None,
    ]


def _name(handle: str) -> Mrkdwn:
    # Written as text: a mention would notify everybody in the group.
    return mrkdwn("@{handle}", handle=clipped(handle, _NAME_LIMIT))


def _names(to: Audience, names: Iterable[str], most: int) -> Mrkdwn:
    return _row(to, [escaped(clipped(name, _NAME_LIMIT)) for name in names], most)


def _row(to: Audience, wanted: Sequence[Mrkdwn], most: int) -> Mrkdwn:
    row = to.say(", ").join_all(wanted[:most])
    more = len(wanted) - most
    return to.counted(more, "{row} and {count} other", "{row} and {count} others", row=row) if more > 0 else row


@dataclass(frozen=True, kw_only=True)
class GroupChanges:
    """What an approval has changed so far: the names that were added and removed, or why nothing was."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problem: str | None = None
    is_pending: bool = False


NOTHING_CHANGED: Final = GroupChanges()


def decision_message(
    to: Audience, decision: Decision, value: GroupValue, *, outcome: GroupChanges = NOTHING_CHANGED
) -> Message:
    """Draw the decision that replaces the proposal: who made it, what was changed, and how to change it."""
    if not decision.follows:
        return _not_synced(to, decision, value)
    return Message.of(
        _named(
            lambda most: lines(
                _headline(to, decision, outcome),
                to.say("• Added: {people}", people=_names(to, outcome.added, most)) if outcome.added else None,
                to.say("• Removed: {people}", people=_names(to, outcome.removed, most)) if outcome.removed else None,
                _problem_text(to, outcome.problem) if outcome.problem else None,
            )
        ),
        actions(_stop_button(to, decision, value)),
    )


def _headline(to: Audience, decision: Decision, outcome: GroupChanges) -> Mrkdwn:
    group, who, at = _name(decision.handle), clipped(decision.who, 60), moment(decision.at)
    if outcome.problem:
        return to.say(
            "⚠️ *Approved by {who}, but the group could not be changed*: {group}, {at}", group=group, who=who, at=at
        )
    if outcome.is_pending:
        return to.say(
            "*Approved by {who}; the group will be changed within minutes*: {group}, {at}", group=group, who=who, at=at
        )
    return to.say("✅ *{group} is synced with on-call.* Approved by {who}, {at}", group=group, who=who, at=at)


def _stop_button(to: Audience, decision: Decision, value: GroupValue) -> ButtonElement:
    group = clipped(decision.handle, 40)
    confirm = dangerous(
        title=to.label("Stop the sync?"),
        text=to.label("@{group} keeps its present members and no longer follows handoffs.", group=group),
        confirm=to.label("Stop"),
        deny=to.label("Keep in sync"),
    )
    return control(to.label("Stop syncing"), STOP_SYNC, value, suffix=value.group, style="danger", confirm=confirm)


def _not_synced(to: Audience, decision: Decision, value: GroupValue) -> Message:
    return Message.of(
        section(
            to.say(
                "*{group} is not synced with on-call.* Decided by {who}, {at}. Its members stay as they are.",
                group=_name(decision.handle),
                who=clipped(decision.who, 60),
                at=moment(decision.at),
            )
        ),
        actions(control(to.label("Propose again"), PROPOSE_SYNC, value, suffix=value.group)),
        context(to.say("You will be asked again if the schedules in the settings change.")),
    )


def plan_changed(to: Audience, team: str) -> Message:
    """Say that the plan in the settings has changed since the proposal."""
    return Message.of(
        section(
            to.say(
                "*Nothing was changed: the settings of team {team} are different now.* A new proposal follows.",
                team=team,
            )
        )
    )


def proposal_failed(to: Audience, handle: str, code: str) -> Message:
    """Say that a proposal could not be made, and why."""
    head = to.say("*No proposal for {group} could be made.* Try again in a few minutes.", group=_name(handle))
    return Message.of(section(lines(head, _problem_text(to, code))))


def group_restored(to: Audience, handle: str) -> Message:
    """Draw the notice that a group is in sync again."""
    return Message.of(section(to.say("✅ {group} is in sync with on-call again.", group=_name(handle))))


def group_problem(to: Audience, handle: str, code: str, unknown: Iterable[str], *, team: str) -> Message:
    """Draw the notice that a group is not in sync, with the remedy."""
    group, absent = _name(handle), list(unknown)
    if code == MEMBERS_UNKNOWN:
        return Message.of(
            _named(
                lambda most: to.say(
                    "⚠️ *{group} lacks people who are on call*: {people}. Nobody in Slack has their e-mail. Use the same"
                    " e-mail in Slack and Flashduty.",
                    group=group,
                    people=_names(to, absent, most),
                )
            )
        )
    return Message.of(
        section(
            lines(
                to.say("⚠️ *{group} is not in sync with the on-call schedules of team {team}.*", group=group, team=team),
                _problem_text(to, code),
            )
        )
    )


MEMBERS_UNKNOWN: Final = "some_unknown"
_PERMISSION: Final = N_(
    "Slack does not let the bot change user groups. Ask an administrator of the workspace to allow it: Settings,"
    " Permissions, “User groups”."
)
_PLAN: Final = N_("User groups need a paid plan of Slack.")
_SCOPE: Final = N_(
    "The Slack app lacks a scope. Ask the bot's administrator to add `usergroups:read` and `usergroups:write` and to"
    " install the app again."
)
_GONE: Final = N_(
    "Slack has no such user group, or it is disabled. Enable it, or ask the bot's administrator to correct its id in"
    " `ONCALL_USERGROUPS`."
)
_PEOPLE: Final = N_(
    "Slack refused somebody who is on call, or pinned in `ONCALL_USERGROUPS`: guests, people of other organisations and"
    " deactivated accounts cannot be members."
)
_SENTENCES: Final[Mapping[str, Marked]] = {
    "nobody_on_call": N_(
        "Nobody is on call on its schedules, and Slack has no empty user groups: its members stay as they are."
    ),
    "nobody_known": N_(
        "Nobody in Slack has the e-mail of those on call: its members stay as they are. Use the same e-mail in Slack and"
        " Flashduty."
    ),
    "no_such_schedule": N_(
        "One of its schedules does not exist, is disabled, or belongs to another Flashduty team: its members stay as"
        " they are. Ask the bot's administrator to correct `ONCALL_USERGROUPS`."
    ),
    "schedules_unread": N_("Flashduty has not returned its schedules for 30 min; the group is unchanged."),
    "schedule_not_known": N_(
        "Flashduty has not returned who is on call on one of its schedules for 30 min; the group is unchanged."
    ),
    "person_not_told": N_(
        "Flashduty has not returned an on-call person's details for 30 min; the group is unchanged. If they left, put"
        " somebody else on the schedule."
    ),
    "slack_not_told": N_(
        "Slack has not resolved an e-mail address for 30 min; the group is unchanged. Does the Slack app have the scope"
        " `users:read.email`?"
    ),
    "permission_denied": _PERMISSION,
    "user_is_restricted": _PERMISSION,
    "paid_teams_only": _PLAN,
    "plan_upgrade_required": _PLAN,
    "missing_scope": _SCOPE,
    "no_such_subteam": _GONE,
    "subteam_not_found": _GONE,
    "invalid_users": _PEOPLE,
    "invalid_user": _PEOPLE,
    "failed_for_some_users": _PEOPLE,
}


def _problem_text(to: Audience, code: str) -> Mrkdwn:
    if code in _SENTENCES:
        return to.translated(_SENTENCES[code])
    return to.say("Slack answered `{code}`. The bot keeps trying.", code=clipped(code, 60))
