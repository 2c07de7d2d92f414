"""Synced user groups: the proposal, its outcome, and problems with the sync."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from bot.messages.audience import Audience
from bot.messages.blocks import SECTION_LIMIT, actions, context, section
from bot.messages.buttons import APPROVE_SYNC, DECLINE_SYNC, ButtonValue, StorableText, control
from bot.messages.message import Message
from bot.messages.size import Drawn, Rows
from bot.messages.text import Mrkdwn, clipped, escaped, lines, moment, mrkdwn
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
            to.say(
                "*Shall the user group {group} follow who is on call?* Nothing has been changed yet.",
                group=_name(found.handle),
            )
        ),
        _named(lambda most: lines(_following(to, found.schedules, most), *_changes(to, found, most))),
        actions(
            control(to.label("Yes, keep it equal"), APPROVE_SYNC, value, suffix=found.plan.group, style="primary"),
            control(to.label("No, leave it alone"), DECLINE_SYNC, value, suffix=found.plan.group),
        ),
        context(
            to.say("From then on it changes at every hand-over. Whoever is pinned in the settings stays in any case.")
            if found.plan.pinned
            else to.say("From then on it changes at every hand-over.")
        ),
    )


def _named(text: Callable[[int], Mrkdwn]) -> Rows:
    """Draw a paragraph with as many names in each list as fit, at most 20; the others are counted."""
    most = next((each for each in range(MAX_NAMES_SHOWN, 1, -1) if len(text(each)) <= SECTION_LIMIT), 1)
    return Rows(most, lambda count: Drawn.of(section(text(count))))


def _following(to: Audience, found: Iterable[tuple[str, int | None]], most: int) -> Mrkdwn:
    wanted = [
        escaped(clipped(name, _NAME_LIMIT))
        if role is None
        else to.say("{name} (role {role} only)", name=clipped(name, _NAME_LIMIT), role=role)
        for name, role in found
    ]
    return to.say("It would follow: {schedules}", schedules=_row(to, wanted, most))


def _changes(to: Audience, found: Proposal, most: int) -> list[Mrkdwn | None]:
    if found.problem is not None:
        return [_problem_text(to, found.problem)]
    return [
        to.say("• Would be added: {people}", people=_names(to, found.added, most)) if found.added else None,
        to.say("• Would be removed: {people}", people=_names(to, found.removed, most)) if found.removed else None,
        to.say("• Would stay: {people}", people=_names(to, found.staying, most)) if found.staying else None,
        to.say(
            "• On call, but not found in Slack by their e-mail address: {people}",
            people=_names(to, found.unknown, most),
        )
        if found.unknown
        else None,
    ]


def _name(handle: str) -> Mrkdwn:
    # Written as text: a mention would notify everybody in the group.
    return mrkdwn("@{handle}", handle=clipped(handle, _NAME_LIMIT))


def _names(to: Audience, names: Iterable[str], most: int) -> Mrkdwn:
    return _row(to, [escaped(clipped(name, _NAME_LIMIT)) for name in names], most)


def _row(to: Audience, wanted: Sequence[Mrkdwn], most: int) -> Mrkdwn:
    row = Mrkdwn(", ").join_all(wanted[:most])
    more = len(wanted) - most
    return to.counted(more, "{row} and {count} other", "{row} and {count} others", row=row) if more > 0 else row


def decision_message(
    to: Audience,
    decision: Decision,
    added: Iterable[str] = (),
    removed: Iterable[str] = (),
    *,
    problem: str | None = None,
) -> Message:
    """Draw the decision that replaces the proposal: who answered it, and what was changed."""
    group, who, at = _name(decision.handle), clipped(decision.who, 60), moment(decision.at)
    if not decision.follows:
        return Message.of(
            section(
                to.say(
                    "*{group} is left alone.* {who} said so, {at}. Another set of schedules in the settings asks again.",
                    group=group,
                    who=who,
                    at=at,
                )
            )
        )
    new, gone = list(added), list(removed)
    return Message.of(
        _named(
            lambda most: lines(
                to.say("*{group} follows who is on call.* {who} said so, {at}.", group=group, who=who, at=at),
                to.say("• Added: {people}", people=_names(to, new, most)) if new else None,
                to.say("• Removed: {people}", people=_names(to, gone, most)) if gone else None,
                _problem_text(to, problem) if problem else None,
            )
        ),
        context(to.say("To stop it, take the group out of `ONCALL_USERGROUPS` and restart the bot.")),
    )


def plan_changed(to: Audience, team: str) -> Message:
    """Say that the plan in the settings has changed since the proposal."""
    return Message.of(
        section(
            to.say(
                "*The settings of team {team} have changed since this was proposed*, so nothing was done. What they make"
                " of it now is proposed anew.",
                team=team,
            )
        )
    )


def sync_pending(to: Audience) -> Message:
    """Say that the approval counts and the group is changed later."""
    return Message.of(
        section(
            to.say(
                "Your answer is noted. The group could not be changed just now; that is done within some minutes, and"
                " the channel is told if it cannot be."
            )
        )
    )


def group_restored(to: Audience, handle: str) -> Message:
    """Draw the notice that a group is in sync again."""
    return Message.of(section(to.say("✅ The user group {group} is up to date again.", group=_name(handle))))


def group_problem(to: Audience, handle: str, code: str, unknown: Iterable[str], *, team: str) -> Message:
    """Draw the notice that a group is not in sync, with the remedy."""
    group, absent = _name(handle), list(unknown)
    if code == MEMBERS_UNKNOWN:
        return Message.of(
            _named(
                lambda most: to.say(
                    "⚠️ *{group} lacks somebody who is on call*: {people}. Nobody in Slack has their e-mail address of"
                    " Flashduty. The same address in both cures it.",
                    group=group,
                    people=_names(to, absent, most),
                )
            )
        )
    return Message.of(
        section(
            lines(
                to.say("⚠️ *The user group {group} of team {team} is not kept up to date.*", group=group, team=team),
                _problem_text(to, code),
            )
        )
    )


MEMBERS_UNKNOWN: Final = "some_unknown"
_PERMISSION: Final = Mrkdwn(
    "Slack does not let the bot change user groups. An administrator of the workspace can cure it: under Settings,"
    " Permissions, “User groups”, let everybody (or apps) change them."
)
_PLAN: Final = Mrkdwn("User groups need a paid plan of Slack.")
_SCOPE: Final = Mrkdwn(
    "The Slack app lacks a scope. Whoever runs the bot can cure it: add `usergroups:read` and `usergroups:write` and"
    " install the app again."
)
_GONE: Final = Mrkdwn(
    "Slack knows no such user group, or it was switched off. Switch it on again, or correct its id in"
    " `ONCALL_USERGROUPS`."
)
_PEOPLE: Final = Mrkdwn(
    "Slack does not take somebody who is on call, or pinned in `ONCALL_USERGROUPS`: guests, people of other"
    " organisations and deactivated accounts cannot be in it."
)
_SENTENCES: Final[Mapping[str, Mrkdwn]] = {
    "nobody_on_call": Mrkdwn(
        "Nobody is on call on its schedules, and Slack has no groups without people: it is left as it is."
    ),
    "nobody_known": Mrkdwn(
        "Whoever is on call on its schedules has an e-mail address in Flashduty that nobody has in Slack: it is left as"
        " it is. The same address in both cures it."
    ),
    "no_such_schedule": Mrkdwn(
        "A schedule it should follow is not there, is switched off, or belongs to another Flashduty team: it is left as"
        " it is. Whoever runs the bot can correct `ONCALL_USERGROUPS`."
    ),
    "schedules_unread": Mrkdwn("Flashduty has not answered for its schedules for half an hour: it is left as it is."),
    "schedule_not_known": Mrkdwn(
        "Flashduty has not told for half an hour who is on call on one of its schedules: it is left as it is."
    ),
    "person_not_told": Mrkdwn(
        "Flashduty has not told for half an hour who somebody is that is on call: it is left as it is. Whoever looks"
        " after the schedules can put somebody else in their place."
    ),
    "slack_not_told": Mrkdwn(
        "Slack has not told for half an hour whose an e-mail address is: it is left as it is. Does the Slack app have the"
        " scope `users:read.email`?"
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
    return _SENTENCES.get(code) or to.say("Slack says `{code}`. It is tried again.", code=clipped(code, 60))
