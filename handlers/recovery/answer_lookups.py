"""Look up take-overs of shifts and decisions about user groups after a crash, in the bot's own tables."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.handoff.messages.covering import already_covered, shift_ended
from bot.handoff.messages.shift_value import ShiftValue
from bot.handoff.model import ShiftId
from bot.messages.buttons import APPROVE_SYNC, STOP_SYNC
from bot.messages.changes import actions, after_a_restart
from bot.messages.errors import Retry
from bot.storage.requests.pending_actions import PendingAction
from bot.usergroups.messages import GroupValue, decision_message, plan_changed
from handlers.dispatch.answers import Reply
from handlers.dispatch.context import Request
from handlers.handoff import announcement_of_takeover, paged_people, shift_start
from handlers.usergroups import answer_of, plan_of

# An older line has been posted, and is further back than the channel is searched.
ANNOUNCED_WITHIN: Final = timedelta(days=1)


async def look_up_takeover(request: Request, action: PendingAction, retry: Retry | None) -> Reply:
    """Report who covers the shift: this person, somebody else, or nobody; raises DatabaseUnavailable."""
    value = request.value_as(ShiftValue)
    start = shift_start(value, action.noted_at)
    shift = ShiftId(value.schedule_id, start.replace(microsecond=0))
    counts = await request.services.takeovers.of(request.team.name, shift)
    paged, until = await paged_people(request, value.schedule_id, start)
    if until is not None and until <= request.now:
        return Reply(
            private=shift_ended(request.audience, value.schedule, until),
            outcome="shift is over",
        )
    if counts is None:
        words = actions.taking_over(request.audience, value.schedule).not_done
        return Reply(
            private=after_a_restart.not_done(request.audience, words, _under(retry, value.thread)),
            outcome="not covered",
        )
    is_own = counts.person.id == request.person.id
    if not is_own or request.now - counts.at > ANNOUNCED_WITHIN:
        return Reply(
            private=already_covered(request.audience, value.schedule, counts, is_yours=is_own),
            outcome="already covered",
        )
    line = announcement_of_takeover(request, start, counts, paged=paged)
    return Reply(private=line.message, announcement=line.repeated(), outcome="covered")


def _under(retry: Retry | None, thread: str) -> Retry | None:
    """Return the retry with its line in the thread of the message that was pressed first."""
    return replace(retry, carried=replace(retry.carried, thread=thread)) if retry is not None else None


async def look_up_decision(request: Request, action: PendingAction, retry: Retry | None) -> Reply:
    """Report which answer for a user group counts, this person's or another's; raises DatabaseUnavailable."""
    plan, handle = plan_of(request)
    if plan is None:
        return Reply(redraw=plan_changed(request.audience, request.team.name), outcome="plan changed")
    counts = await request.services.user_groups.decision(request.team, plan)
    value = request.value_as(GroupValue)
    if counts is None or (action.action == STOP_SYNC and counts.follows):
        words = actions.answering_proposal(request.to_person, value.handle or handle).not_done
        return Reply(private=after_a_restart.not_done(request.to_person, words, retry), outcome="not decided")
    if not counts.is_same_answer(answer_of(request, handle, follows=action.action == APPROVE_SYNC)):
        return Reply(private=decision_message(request.to_person, counts, value), outcome="already decided")
    # The next run of the sync applies an approval to the group.
    return Reply(redraw=decision_message(request.audience, counts, value), outcome="decided")
