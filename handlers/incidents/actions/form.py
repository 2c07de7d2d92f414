"""The form of an action: what differs from one to the next, and the one way in which all are opened and sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.flashduty import Incident
from bot.incidents.messages.actions.more import form_elsewhere
from bot.incidents.messages.actions.values import FormValue
from bot.messages import Message
from bot.messages.audience import Audience
from bot.messages.buttons import decode
from bot.messages.changes.actions import ChangeWords
from bot.messages.forms import Form, outdated_form
from bot.messages.language import Marked
from bot.teams.access import Permission
from handlers.dispatch.answers import OUTDATED_FORM, WRONG_STATE, FieldErrors, OpenForm, Refusal, Refused, Reply
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.requests import FormSubmission
from handlers.dispatch.route import FormRoute
from handlers.dispatch.services import Services
from handlers.incidents.actions.drafts import forget_texts, keep_texts, kept_texts

Texts = Mapping[str, str]
"""What was typed, by the name of the field."""


@dataclass(frozen=True, kw_only=True)
class ActionFormSpec:
    """What differs from one form to the next."""

    callback_id: str
    title: Marked
    fields: tuple[str, ...]
    """The names of its text fields."""
    changing: Callable[[Audience, str], ChangeWords]
    draw: Callable[[Audience, FormValue, Incident | None, Texts], Form]
    """Draws it with what was typed; without the incident as it was filled in."""
    refuses: Callable[[Audience, FormValue, Incident], Message | None]
    """Says why an incident is not in a state for it; None where it is."""
    check: Callable[[Audience, FormValue, Texts], Mapping[str, str]]
    """Returns a sentence for each field with an error."""
    submit: Callable[[Request, FormValue, Texts], Awaitable[Reply | FieldErrors]]
    is_written: bool = False
    """Whether its fields hold what people write, and not what they choose."""

    async def open(self, request: Request, value: FormValue, incident: Incident) -> OpenForm | Refusal:
        """Draw the form for an incident that was just read, with what the person typed last and did not send."""
        to = request.to_person
        refusal = self.refuses(to, value, incident)
        if refusal is not None:
            return Refusal(refusal, refused=WRONG_STATE)
        typed = await kept_texts(request, self.draft_key(value))
        drawn = self.draw(to, value, incident, typed)
        return OpenForm(drawn, form_elsewhere(to, incident), outcome=f"form {self.callback_id} shown")

    async def keep_words(self, request: Request, value: FormValue, words: str) -> None:
        """Keep words that were typed elsewhere for the first field."""
        typed = {self.fields[0]: words}
        await keep_texts(request.services, request.person.id, key=self.draft_key(value), typed=typed, now=request.now)

    def route_row(self) -> FormRoute:
        """Return its row of the routing table."""
        return FormRoute(
            title=self.title,
            check=self._check,
            handle=self._handle,
            draw=self.draw_again,
            permission=Permission.RESPOND,
            change=self._change,
            keep=self._keep,
            name=self.callback_id,
        )

    def _check(self, to: Audience, submission: FormSubmission) -> Mapping[str, str]:
        subject = _subject(submission)
        return self.check(to, subject, self.texts_of(submission)) if subject is not None else {}

    async def _handle(self, request: Request, submission: FormSubmission) -> Reply | FieldErrors:
        subject, typed = _subject(submission), self.texts_of(submission)
        if subject is None:
            outdated = outdated_form(request.to_person, request.to_person.translated_label(self.title))
            return Reply(form=outdated, refused=(Refused(reason=OUTDATED_FORM),))
        # What was typed is judged once more for the person, whose time zone is known by now.
        wrong = self.check(request.to_person, subject, typed)
        if wrong:
            return FieldErrors(wrong)
        key = self.draft_key(subject)
        await keep_texts(request.services, request.person.id, key=key, typed=typed, now=request.now)
        reply = await self.submit(request, subject, typed)
        if not isinstance(reply, Reply):
            return reply
        if reply.is_made:
            await forget_texts(request, key)
        return reply if reply.is_made else self._with_text(request, submission, reply)

    def _with_text(self, request: Request, submission: FormSubmission, reply: Reply) -> Reply:
        """Leave what somebody wrote on the screen, below why nothing was done: the form may not open again."""
        is_empty = not any(text.strip() for text in self.texts_of(submission).values())
        if not self.is_written or is_empty or reply.private is None or reply.form is not None:
            return reply
        return replace(reply, form=self.draw_again(request.to_person, submission).with_problem(reply.private))

    def draw_again(self, to: Audience, submission: FormSubmission) -> Form:
        """Draw the form as it was filled in."""
        subject = _subject(submission)
        return self.draw(to, subject, None, self.texts_of(submission)) if subject is not None else outdated_form(to)

    def _change(self, to: Audience, incoming: Incoming) -> ChangeWords:
        subject = _subject(incoming) if isinstance(incoming, FormSubmission) else None
        return self.changing(to, subject.incident_id if subject is not None else "")

    async def _keep(self, services: Services, submission: FormSubmission, now: datetime) -> None:
        subject = _subject(submission)
        if subject is not None:
            key, typed = self.draft_key(subject), self.texts_of(submission)
            await keep_texts(services, submission.origin.user, key=key, typed=typed, now=now)

    def texts_of(self, submission: FormSubmission) -> Texts:
        """Return what was typed into its fields."""
        view = submission.view
        return {name: view.text(name) for name in self.fields if name in view.fields}

    def draft_key(self, subject: FormValue) -> str:
        """Return the name under which what was typed is kept."""
        return f"{self.callback_id} {subject.incident_id}"


def _subject(submission: FormSubmission) -> FormValue | None:
    return decode(FormValue, submission.view.metadata)
