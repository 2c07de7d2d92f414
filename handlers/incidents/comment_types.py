"""The field for the type of a comment: read behind the opening of the form, and found again in the form itself."""

from collections.abc import Iterable
from typing import Final

import structlog

from bot.flashduty import FlashdutyError
from bot.flashduty.models.customs import CommentType
from bot.incidents.messages.comment_form import TYPE_FIELD
from bot.messages.forms import Choice, choices_of
from bot.messages.text import one_line, verbatim
from handlers.dispatch.context import Request
from handlers.dispatch.requests import FormSubmission

log = structlog.get_logger(__name__)

# docs.slack.dev/reference/block-kit/composition-objects/option-object
_VALUE_LIMIT: Final = 150


async def read_comment_types(request: Request) -> tuple[Choice, ...]:
    """Read the types that a comment can be given; none where there are none, or they are not read in time."""
    try:
        return _choices(await request.team.comment_types.get(request.flashduty_for_names()))
    except FlashdutyError as error:
        log.info("comment.types_unread", team=request.team.name, code=error.raw_code or str(error))
        return ()


def offered_comment_types(submission: FormSubmission) -> tuple[Choice, ...]:
    """Return the types that a submitted form offers."""
    return choices_of(submission.origin.blocks, TYPE_FIELD)


def _choices(types: Iterable[CommentType]) -> tuple[Choice, ...]:
    found = {one.id: Choice(verbatim(one_line(one.name)), one.id) for one in types if len(one.id) <= _VALUE_LIMIT}
    return tuple(found.values())
