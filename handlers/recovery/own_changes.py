"""Whether a change was made by the request that is looked up: the timeline tells it from those of everybody else."""

from bot.audit.model import AuditAction
from bot.incidents.changes import CLOCK_TOLERANCE
from bot.storage.requests.pending_actions import PendingAction
from handlers.dispatch.context import Request


async def is_own_change(request: Request, pending: PendingAction, action: AuditAction) -> bool | None:
    """Whether the timeline has an entry for the attempt of a request; None where the request wrote no attempt.

    An entry is one of the key's owner, and of no other attempt. Raises FlashdutyError and DatabaseUnavailable.
    """
    owner = await request.flashduty.key_owner()
    since = pending.noted_at - CLOCK_TOLERANCE
    timeline = await request.flashduty.timeline(pending.incident_id, after_ms=int(since.timestamp() * 1_000))
    return await request.services.summary_sources.presses.is_made_by(
        pending.request_name,
        action,
        team=request.team.name,
        incident_id=pending.incident_id,
        entries=[one for one in timeline.entries if one.creator_id == owner.member_id],
        since=since,
    )
