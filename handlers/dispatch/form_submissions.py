"""Submitted forms: the route of one, and the acknowledgements that Slack accepts for it."""

from typing import Any

from bot.messages import Message, errors
from bot.messages.audience import Audience
from bot.messages.forms import Form, field_errors, field_problems, unstorable, working
from bot.runtime.tasks import BackgroundTasks
from handlers.dispatch.answers import FieldErrors, Reply
from handlers.dispatch.context import Request
from handlers.dispatch.failures import Explanation
from handlers.dispatch.requests import FormSubmission
from handlers.dispatch.route import Answer, FormRoute, Route

Acknowledgement = dict[str, Any]


def as_route(route: FormRoute, submission: FormSubmission) -> Route:
    """Return the route of one submitted form, whose answers are shown in its view."""

    async def handle(request: Request) -> Answer:
        answer = await route.handle(request, submission)
        if not isinstance(answer, FieldErrors):
            return answer
        problem = field_problems(answer.errors)
        return Reply(
            form=route.draw(request.to_person, submission).with_problem(problem),
            private=problem,
            outcome="fields refused",
            refused=answer.refused,
        )

    name = route.name or submission.route or "form"
    return Route(handle=handle, permission=route.permission, change=route.change, name=name)


async def checked(to: Audience, submission: FormSubmission, route: FormRoute) -> FieldErrors:
    """Return a message for each field that is not accepted."""
    return FieldErrors({**route.check(to, submission), **unstorable_fields(to, submission).errors})


def unstorable_fields(to: Audience, submission: FormSubmission) -> FieldErrors:
    """Name the fields with a character that cannot be stored, such as NUL, and where in them it is."""
    fields = submission.view.fields.items()
    return FieldErrors(
        {
            name: unstorable(to, held.value, held.unstorable_at)
            for name, held in fields
            if held.unstorable_at is not None
        }
    )


def refused(
    to: Audience,
    route: FormRoute,
    submission: FormSubmission,
    *,
    wrong: FieldErrors | Explanation,
    tasks: BackgroundTasks,
) -> Acknowledgement | None:
    """Return what Slack is to show of a form that is not taken; None for one that is."""
    if isinstance(wrong, Explanation):
        return with_problem(to, route, submission, problem=wrong.message)
    if wrong.errors:
        return kept_open(wrong)
    if not tasks.is_accepting:
        return with_problem(to, route, submission, problem=errors.restarting(to))
    if tasks.is_full:
        tasks.count_refusal("presses")
        return with_problem(to, route, submission, problem=errors.too_many(to))
    return None


def kept_open(errors: FieldErrors) -> Acknowledgement:
    """Keep the form open, with a message beside each invalid field."""
    return {"response_action": "errors", "errors": field_errors(errors.errors)}


def replaced(form: Form) -> Acknowledgement:
    """Replace the form by another view."""
    return {"response_action": "update", "view": form.payload}


def with_problem(to: Audience, route: FormRoute, submission: FormSubmission, *, problem: Message) -> Acknowledgement:
    """Show the form as it was filled in, with the reason why it was not accepted above it."""
    return replaced(route.draw(to, submission).with_problem(problem))


def under_way(to: Audience, route: FormRoute, submission: FormSubmission) -> Acknowledgement:
    """Show that the form was accepted."""
    words = route.change(to, submission).under_way if route.change else None
    return replaced(working(to, to.translated_label(route.title), words))
