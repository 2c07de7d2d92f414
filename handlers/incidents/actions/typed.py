"""`/flashduty snooze|wake|close|reopen|unack|assign|escalate|add`: actions on the incidents of the typed numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from bot.flashduty import FlashdutyError, Incident
from bot.incidents.actions.account_form import FormDemandedError
from bot.incidents.actions.command import UnknownOutcomeError
from bot.incidents.list_view import SEARCH_TEXT_LIMIT
from bot.incidents.messages.account_forms.refusal import answer_value, form_demanded_said
from bot.incidents.messages.actions.outcome import Made
from bot.incidents.messages.actions.typed import (
    TypedAction,
    TypedOutcome,
    TypedVerb,
    asked_before,
    asks_first,
    done_one_by_one,
    form_with_text,
    several_with_number,
    wrong_words,
)
from bot.incidents.messages.actions.values import FormValue
from bot.incidents.messages.several import announced_together, no_such_number
from bot.incidents.open_list import typed_number
from bot.incidents.queries import find_incidents
from bot.messages.audience import Audience
from bot.messages.buttons import WORDS_LIMIT
from bot.messages.changes.actions import ChangeWords
from bot.messages.input.typed import unquoted
from bot.messages.language import Marked
from bot.messages.views import MAX_ACKNOWLEDGED_AT_ONCE, IncidentCard, ViewValue
from bot.teams.access import AccessDenied, Permission
from handlers.dispatch.answers import (
    INVALID_INPUT,
    NO_SUCH_INCIDENT,
    WRONG_STATE,
    Announcement,
    Refusal,
    Refused,
    Reply,
)
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.route import Answer, Drawing, Subcommand
from handlers.incidents.actions.drafts import forget_texts, keep_texts
from handlers.incidents.actions.forms import FORM_SPECS
from handlers.incidents.actions.typed_rows import TYPED_ROWS, Prepared, TypedRow
from handlers.incidents.card_threads import incident_of_thread
from handlers.incidents.comment import number_and_words
from handlers.incidents.listing import draw_incident, draw_list

_BETWEEN: Final = frozenset({"and", "&", "+", "和", "与", "、"})


def read_typed_action(verb: TypedVerb, words: str) -> TypedAction:
    """Parse the words behind a verb: the numbers in front, or at the end, and what was typed besides."""
    typed = [word for word in unquoted(words).replace(",", " ").split() if word.lower() not in _BETWEEN]
    numbers = [typed_number(word.rstrip(".;!")) for word in typed]
    first = next((at for at, number in enumerate(numbers) if not number), len(numbers))
    if first:
        named, rest = numbers[:first], typed[first:]
    else:
        last = next((at for at, number in enumerate(reversed(numbers)) if not number), 0)
        named, rest = numbers[len(numbers) - last :], typed[: len(typed) - last]
    asked = tuple(dict.fromkeys(named))
    if len(asked) > MAX_ACKNOWLEDGED_AT_ONCE:
        return TypedAction(verb=verb, words=" ".join(typed)[:WORDS_LIMIT])
    return TypedAction(verb=verb, asked=asked, words=" ".join(rest)[:WORDS_LIMIT])


def typed_change(to: Audience, incoming: Incoming) -> ChangeWords:
    """Return the words for what was typed."""
    view = _view(incoming)
    return TYPED_ROWS[view.verb].action.changing(to, view.about)


def opens_typed_form(incoming: Incoming) -> Marked | None:
    """Return the title of the form for the one incident that is named; None where there is nothing to fill in."""
    view = _view(incoming)
    row = TYPED_ROWS[view.verb]
    if row.form is None or not view.about or (row.needs_words and view.words):
        return None
    return FORM_SPECS[row.form].title


def _view(incoming: Incoming) -> TypedAction:
    view = incoming.value.view if isinstance(incoming.value, ViewValue) else None
    return view if isinstance(view, TypedAction) else TypedAction(verb="wake")


async def draw_typed_action(request: Request, view: TypedAction) -> Answer:
    """Carry out what was typed on the named incidents, on that of the thread, or list some to choose from."""
    row = TYPED_ROWS[view.verb]
    asked = view.asked or tuple(filter(None, [await incident_of_thread(request)]))
    if not asked:
        text = "" if row.needs_words else view.words[:SEARCH_TEXT_LIMIT]
        return await draw_list(request, replace(row.lists, text=text))
    if len(asked) > 1:
        return await _one_by_one(request, row, asked, words=view.words)
    found = await find_incidents(request.flashduty, request.team, asked[0], now=request.now)
    if len(found) != 1:
        drawn = await draw_incident(request, IncidentCard(asked=asked[0]))
        if isinstance(drawn, Refusal):
            return replace(drawn, refused=NO_SUCH_INCIDENT)
        return Refusal(drawn, outcome="which of several")
    return await _on_one(request, row, found[0], words=_as_typed(request, view))


def _as_typed(request: Request, view: TypedAction) -> str:
    """Return what was typed behind the number with its punctuation, as it goes to Flashduty."""
    if not view.words or not view.asked:
        return view.words
    number, words = number_and_words(request.typed)
    return words if number and words else view.words


async def _on_one(request: Request, row: TypedRow, incident: Incident, *, words: str) -> Answer:
    to, team = request.to_person, request.team.name
    if row.form is not None and not (row.needs_words and words):
        return await _form(request, row, incident, words=words)
    key = await _keep(request, row, incident, words=words)
    prepared = row.prepare(request, incident, words)
    if not isinstance(prepared, Prepared):
        kept = (
            form_with_text(to, incident, row.keeps, team=team) if row.keeps is not None and incident.is_open else None
        )
        wrong = wrong_words(to, prepared, row.usage, kept_in=kept)
        return Refusal(wrong, outcome="wrong words", refused=INVALID_INPUT)
    if prepared.value is None:
        return Refusal(asks_first(to, incident, row.offer, team=team), outcome="asks first")
    await request.will_send(row.action.route, prepared.value)
    reply = await row.action.perform(request, prepared.value, command=prepared.command)
    if key and reply.is_made:
        await forget_texts(request, key)
    return replace(reply, redraw_incident=None)


async def _keep(request: Request, row: TypedRow, incident: Incident, *, words: str) -> str:
    """Keep what was typed for the form that takes it, until it is made; return its key, empty for nothing."""
    if not words.strip() or row.keeps_in is None:
        return ""
    value = FormValue(team=request.team.name, incident_id=incident.id, form=row.keeps_in)
    key = FORM_SPECS[row.keeps_in].draft_key(value)
    typed = {row.keeps_as: words}
    await keep_texts(request.services, request.person.id, key=key, typed=typed, now=request.now)
    return key


async def _form(request: Request, row: TypedRow, incident: Incident, *, words: str) -> Answer:
    """Open the form with what was typed; where Slack opens none, offer the control that does."""
    value = FormValue(team=request.team.name, incident_id=incident.id, form=row.form or "more")
    spec = FORM_SPECS[value.form]
    if words:
        await spec.keep_words(request, value, words)
    if request.origin.view is not None:
        return await spec.open(request, replace(value, channel=request.origin.channel), incident)
    refusal = spec.refuses(request.to_person, value, incident)
    if refusal is not None:
        return Refusal(refusal, refused=WRONG_STATE)
    return Refusal(asks_first(request.to_person, incident, row.offer, team=request.team.name), "asks first")


async def _one_by_one(request: Request, row: TypedRow, asked: tuple[str, ...], *, words: str) -> Reply:
    """Act on several incidents; a failure stops none of the others."""
    done = [await _one_of_several(request, row, number, words=words) for number in asked]
    lines = [one.line for one in done if one.line is not None]
    message = announced_together(line.message.text for line in lines)
    once = " ".join(line.once for line in lines)
    about = request.to_person.say("what you did")
    return Reply(
        private=done_one_by_one(request.to_person, [one.outcome for one in done], request.team.name),
        announcement=Announcement(message, once, about=about) if lines else None,
        outcome=f"{row.action.route}: {len(lines)} of {len(asked)}",
        refused=tuple(one.refused for one in done if one.refused is not None),
    )


@dataclass(frozen=True, kw_only=True)
class _One:
    """What became of one of several: what is said of it, the channel's line, and why it was refused."""

    outcome: TypedOutcome
    line: Announcement | None = None
    refused: Refused | None = None


async def _one_of_several(request: Request, row: TypedRow, number: str, *, words: str) -> _One:
    try:
        return await _tried(request, row, number, words=words)
    except FormDemandedError as demanded:
        return _One(outcome=_needing_form(request, demanded))
    except UnknownOutcomeError as unknown:
        return _One(outcome=TypedOutcome(text=unknown.in_doubt))
    except (FlashdutyError, AccessDenied):
        return _One(outcome=TypedOutcome(text=row.action.changing(request.to_person, number).not_done))


async def _tried(request: Request, row: TypedRow, number: str, *, words: str) -> _One:
    to, team = request.to_person, request.team.name
    found = await find_incidents(request.flashduty, request.team, number, now=request.now)
    if len(found) != 1:
        count = len(found)
        text = several_with_number(to, number, count) if count else no_such_number(to, number, team)
        refused = None if count else Refused(reason=NO_SUCH_INCIDENT, about=number)
        return _One(outcome=TypedOutcome(text=text), refused=refused)
    prepared = row.prepare(request, found[0], words)
    if not isinstance(prepared, Prepared):
        refused = Refused(reason=INVALID_INPUT, about=found[0].id)
        return _One(outcome=TypedOutcome(text=prepared, incident=found[0]), refused=refused)
    if prepared.value is None:
        return _One(outcome=_asking(to, row, found[0]))
    await request.will_send(row.action.route, prepared.value)
    result = await row.action.carry_out(request, prepared.value, command=prepared.command)
    if not isinstance(result, Made):
        return _One(outcome=TypedOutcome(text=row.action.words.unchanged(to, result), incident=result))
    outcome = TypedOutcome(
        text=row.action.words.done(to, result), incident=result.after, undo=row.action.words.undo(to, result)
    )
    return _One(outcome=outcome, line=row.action.announcement(request, result))


def _needing_form(request: Request, demanded: FormDemandedError) -> TypedOutcome:
    value = answer_value(demanded, request.team.name)
    text = form_demanded_said(request.to_person, demanded)
    return TypedOutcome(text=text, incident=demanded.incident, form=value)


def _asking(to: Audience, row: TypedRow, incident: Incident) -> TypedOutcome:
    return TypedOutcome(text=asked_before(to, incident, row.offer), incident=incident, offer=row.offer)


_ALIASES: Final[Mapping[TypedVerb, tuple[str, ...]]] = {
    "snooze": ("silence", "mute", "暂缓"),
    "wake": ("unsnooze", "取消暂缓"),
    "close": ("resolve", "关闭", "解决"),
    "reopen": ("重新打开",),
    "unack": ("unacknowledge", "取消认领"),
    "assign": ("reassign", "分派", "重新分派", "转派", "指派"),
    "escalate": ("升级",),
    "add": ("添加", "添加处理人员"),
}
TYPED_ACTIONS: Final[Mapping[str, Subcommand]] = {
    verb: Subcommand(reads=partial(read_typed_action, verb), aliases=_ALIASES[verb]) for verb in TYPED_ROWS
}
TYPED_DRAWING: Final = Drawing(
    draw=draw_typed_action,
    permission=Permission.RESPOND,
    change=typed_change,
    opens=opens_typed_form,
    name="act",
    is_personal=True,
)
