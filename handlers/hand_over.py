"""The "I have it" button of the hand-over package."""

from datetime import UTC, datetime

from bot.hand_over import Taken
from bot.messages.hand_over import already_taken, taken_over
from handlers.request import Announcement, Reply, Request


async def take(request: Request) -> Reply:
    """Tell the thread who has the pager; whoever presses second is told who was first."""
    shift, schedule, start = _shift(request.words, request.now)
    mine = Taken(request.person, request.now)
    counts = await request.take_overs.take(f"{request.team.name} {shift}", mine)
    if counts.person.id != request.person.id:
        return Reply(private=already_taken(schedule, counts))
    once = f"taken over {shift} {counts.person.id}"
    return Reply(announcement=Announcement(taken_over(schedule, start, counts), once, in_thread=True))


def _shift(words: str, now: datetime) -> tuple[str, str, datetime]:
    """Read what the button carries: the shift's name for us, the schedule's for people, and when it starts."""
    number, _, rest = words.partition(" ")
    seconds, _, schedule = rest.partition(" ")
    try:
        start = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        start = now
    return f"{number} {seconds}", schedule, start
