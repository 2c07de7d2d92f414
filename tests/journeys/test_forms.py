"""Forms, searching selects and shortcuts on their way through the real app, with a small route of the test's own."""

import asyncio
import json
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest
from harbor import ALICE, BOB, CAROL, GENERAL, GINA, PAYMENTS, SEARCH, harbor_at

from bot.messages import Message
from bot.messages.blocks import actions, section
from bot.messages.buttons import ButtonValue, Words, control
from bot.messages.changes.actions import ChangeWords
from bot.messages.forms import Choice, Form, search_field, text_field
from bot.messages.language import N_
from bot.messages.text import mrkdwn
from bot.messages.views import View
from bot.runtime.tasks import BackgroundTasks
from bot.teams.access import Permission
from handlers import routes
from handlers.dispatch.answers import Announcement, FieldErrors, OpenForm, Options, Reply
from handlers.dispatch.route import Drawing, FormRoute, OptionsRoute, Route, Subcommand
from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault
from sandbox.slack.workspace import Shortcut

TITLE = N_("Leave a note")
LONGEST = 12
NOT_DONE = ChangeWords(mrkdwn("Leaving the note …"), mrkdwn("*No note was left.*"), mrkdwn("It is not known."))


@dataclass(frozen=True, kw_only=True)
class Note(View):
    """A form for a note, or the note itself where there are words."""

    NAME: ClassVar[str] = "note"
    words: Words = ""


@dataclass(frozen=True, kw_only=True)
class NoteValue(ButtonValue):
    """Carried by the control under a note."""

    words: Words


def said(text):
    return Message.of(section(mrkdwn("{text}", text=text)))


def form_of(team, words="", label="", value="", metadata="kept"):
    chosen = Choice(label, value) if value else None
    return Form(
        title=TITLE,
        blocks=(search_field("which", "Which", "note", initial=chosen), text_field("words", "Words", initial=words)),
        callback_id="note",
        submit="Leave",
        team=team,
        metadata=metadata,
    )


async def open_form(request, view):
    if view.words:
        return said(f"noted at once: {view.words}")
    words = request.shared.text if request.shared else ""
    teams = " ".join(team.name for team in request.teams) if request.origin.channel == "" else "kept"
    return OpenForm(
        form_of(request.team.name, words=words, metadata=teams), said("a form needs a command or a shortcut")
    )


def check(_to, submission):
    words = submission.view.text("words")
    return {"words": f"{len(words)} of {LONGEST} characters"} if len(words) > LONGEST else {}


async def leave(request, submission):
    which, words = submission.view.text("which"), submission.view.text("words")
    if words == "gone":
        return FieldErrors({"which": "That one is gone."})
    if words == "another":
        return OpenForm(form_of(request.team.name, words="once more"), said("another form"))
    if words == "defect":
        raise RuntimeError(words)
    incident = await request.flashduty.incident(which)
    line = Announcement(said(f"{request.person.name} noted {words}"), f"note {request.once}")
    pressed = control("Once more", "note_press", NoteValue(team=request.team.name, words=words))
    shown = Message.of(
        section(mrkdwn("noted {words}, {kept}", words=words, kept=submission.view.metadata)), actions(pressed)
    )
    return Reply(private=shown, announcement=line if incident else None)


def draw(_to, submission):
    view = submission.view
    return form_of(view.team, view.text("words"), view.label("which"), view.text("which"))


async def find(request, query):
    if query.typed == "slow":
        await asyncio.sleep(60)
    if query.typed == "defect":
        raise RuntimeError(query.typed)
    return Options((Choice(f"Number {query.typed} of {request.team.name}", query.typed),))


async def press(request):
    return said(f"pressed by {request.person.name} for {request.team.name}: {request.value_as(NoteValue).words}")


@pytest.fixture(autouse=True)
def note(monkeypatch):
    monkeypatch.setitem(routes.COMMANDS, "note", Subcommand(reads=lambda words: Note(words=words)))
    drawing = Drawing(
        draw=open_form,
        permission=Permission.RESPOND,
        opens=lambda incoming: None if incoming.value.view.words else TITLE,
    )
    monkeypatch.setitem(routes.VIEWS, Note, drawing)
    pressed = Route(handle=press, permission=Permission.RESPOND, reads=NoteValue)
    monkeypatch.setitem(routes.BUTTONS, "note_press", pressed)
    form = FormRoute(
        title=TITLE, check=check, handle=leave, draw=draw, permission=Permission.RESPOND, change=lambda _to, _: NOT_DONE
    )
    monkeypatch.setitem(routes.FORMS, "note", form)
    options = OptionsRoute(
        handle=find, fallback=lambda _to, _: Options((Choice("Type the number", "?"),)), permission=Permission.VIEW
    )
    monkeypatch.setitem(routes.OPTIONS, "note", options)


def incident_of(place):
    return next(iter(place.flashduty.account.incidents))


def texts(view):
    return [block["text"]["text"] for block in view["blocks"] if block["type"] == "section"]


def offered(delivery):
    return [(one["text"]["text"], one["value"]) for one in delivery.answer["options"]]


def initial(view, name):
    element = next(block["element"] for block in view["blocks"] if block.get("block_id") == name)
    return element.get("initial_value") or element.get("initial_option")


def shown_view(place, user=ALICE):
    (view,) = place.slack.views(user)
    return view


async def opened(place, user=ALICE, channel=PAYMENTS):
    delivery = await place.slack.command(user, channel, "/flashduty note")
    assert delivery.acked, delivery.shown_error
    await place.slack.settled()
    return shown_view(place, user)


async def sends(place, view, words, which=None, user=ALICE):
    which = which or incident_of(place)
    await place.slack.suggest(user, view, action_id="note", typed=which)
    delivery = await place.slack.submit(user, view, {"which": {"note": which}, "words": {"field": words}})
    assert delivery.acked, delivery.shown_error
    assert delivery.shown_error is None
    await place.slack.settled()
    return delivery


async def test_a_form_is_opened_filled_in_and_sent__and_the_channel_hears_of_it(harbor):
    view = await opened(harbor)
    assert view["title"]["text"] == TITLE
    delivery = await sends(harbor, view, "restarting")
    assert delivery.answer["response_action"] == "update"
    done = shown_view(harbor)
    assert texts(done) == ["noted restarting, kept"]
    assert done["submit"] is None
    assert harbor.sees()[-1] == "Alice Chen noted restarting"


async def test_a_form_opens_before_anybody_is_looked_up__and_a_refusal_is_shown_in_it(harbor):
    harbor.slack.fail("users.info", Fault.delay(2.0))
    delivery = await harbor.slack.command(CAROL, PAYMENTS, "/flashduty note")
    assert delivery.acked
    await harbor.slack.until(lambda: harbor.slack.views(CAROL))
    assert texts(shown_view(harbor, CAROL)) == ["Loading …"]
    await harbor.slack.settled()
    assert "Only its responders" in texts(shown_view(harbor, CAROL))[0]
    assert harbor.sees(CAROL) == []


async def test_a_guest_sees_nothing_but_the_refusal(quay):
    view = await opened(quay, GINA)
    assert "you are a guest" in texts(view)[0]
    assert view["submit"] is None
    assert quay.flashduty.calls == []


async def test_words_behind_the_command_need_no_form(quay):
    message = await quay.types("/flashduty note restarting")
    assert "noted at once: restarting" in message["text"]
    assert quay.slack.views(ALICE) == []


async def test_a_mention_cannot_open_a_form__and_says_what_can(quay):
    await quay.slack.say(ALICE, "D0ALICE", "note team:payments")
    await quay.slack.settled()
    assert quay.sees(ALICE, "D0ALICE")[-1] == "a form needs a command or a shortcut"


async def test_a_form_slack_does_not_open__is_told_in_words(quay):
    quay.slack.fail("views.open", Fault.error("expired_trigger_id"))
    message = await quay.types("/flashduty note")
    assert "expired_trigger_id" in message["text"]


async def test_a_field_that_is_too_long__is_said_beside_it_and_costs_no_call(harbor):
    view = await opened(harbor)
    harbor.flashduty.calls.clear()
    await harbor.slack.suggest(ALICE, view, action_id="note", typed="one")
    delivery = await harbor.slack.submit(ALICE, view, {"which": {"note": "one"}, "words": {"field": "x" * 13}})
    assert delivery.errors == {"words": "13 of 12 characters"}
    await harbor.slack.settled()
    assert harbor.flashduty.calls == []


async def test_a_form_that_fails__comes_back_with_what_was_typed(harbor):
    view = await opened(harbor)
    incident = incident_of(harbor)
    harbor.flashduty.fail("*", Fault.code("InternalError"), times=None)
    await sends(harbor, view, "restarting", incident)
    back = shown_view(harbor)
    assert "No note was left" in texts(back)[0]
    assert "Something went wrong inside Flashduty" in texts(back)[0]
    assert initial(back, "words") == "restarting"
    assert initial(back, "which")["value"] == incident
    harbor.flashduty.mend()
    delivery = await harbor.slack.submit(ALICE, back, {})
    assert delivery.acked
    await harbor.slack.settled()
    assert texts(shown_view(harbor)) == ["noted restarting, kept"]


@pytest.mark.parametrize(
    ("words", "told"), [("gone", "That one is gone."), ("defect", "Something went wrong in the bot")]
)
async def test_what_only_the_work_finds_out__is_said_above_what_was_typed(quay, words, told):
    await sends(quay, await opened(quay), words)
    back = shown_view(quay)
    assert told in texts(back)[0]
    assert initial(back, "words") == words


async def test_a_form_may_be_followed_by_another(quay):
    await sends(quay, await opened(quay), "another")
    assert initial(shown_view(quay), "words") == "once more"


async def test_a_form_that_was_closed_meanwhile__is_answered_directly(quay):
    view = await opened(quay)
    await quay.slack.suggest(ALICE, view, action_id="note", typed=incident_of(quay))
    quay.flashduty.fail("*", Fault.delay(0.5), times=None)
    await quay.slack.submit(ALICE, view, {"which": {"note": incident_of(quay)}, "words": {"field": "restarting"}})
    await quay.slack.close_view(ALICE, view)
    await quay.slack.settled()
    assert "noted restarting" in quay.sees(ALICE, "D0ALICE")[-1]


async def test_a_form_brought_twice__is_worked_on_once(harbor):
    delivery = await sends(harbor, await opened(harbor), "restarting")
    again = await harbor.slack.redeliver(delivery)
    await harbor.slack.settled()
    assert again.answer in (delivery.answer, None)
    assert harbor.sees().count("Alice Chen noted restarting") == 1


async def test_a_press_in_a_view__is_answered_there(harbor):
    await sends(harbor, await opened(harbor), "restarting")
    delivery = await harbor.slack.press(ALICE, shown_view(harbor), action_id="note_press")
    assert delivery.acked
    await harbor.slack.settled()
    assert texts(shown_view(harbor)) == ["pressed by Alice Chen for payments: restarting"]


async def test_a_form_of_an_earlier_version__says_so(quay, monkeypatch):
    view = await opened(quay)
    monkeypatch.delitem(routes.FORMS, "note")
    await sends(quay, view, "restarting")
    assert "earlier version" in texts(shown_view(quay))[0]


async def test_a_bot_that_is_full__keeps_what_was_typed():
    async with harbor_at(work=BackgroundTasks(limit=1)) as place:
        view = await opened(place)
        incident = incident_of(place)
        await place.slack.suggest(ALICE, view, action_id="note", typed=incident)
        place.flashduty.fail("*", Fault.delay(1.0), times=None)
        await place.slack.command(BOB, PAYMENTS, "/flashduty incidents")
        await place.slack.submit(ALICE, view, {"which": {"note": incident}, "words": {"field": "restarting"}})
        back = shown_view(place)
        assert "Too many requests" in texts(back)[0]
        assert initial(back, "words") == "restarting"


async def test_a_form_that_is_sent_to_a_bot_that_is_leaving__keeps_what_was_typed(quay):
    view = await opened(quay)
    incident = incident_of(quay)
    await quay.slack.suggest(ALICE, view, action_id="note", typed=incident)
    await quay.bot.work.drain(0.0)
    await quay.slack.submit(ALICE, view, {"which": {"note": incident}, "words": {"field": "restarting"}})
    back = shown_view(quay)
    assert "The bot is restarting" in texts(back)[0]
    assert initial(back, "words") == "restarting"


async def test_work_that_is_cut_off_because_the_bot_leaves__says_so_and_keeps_what_was_typed(quay):
    view = await opened(quay)
    quay.flashduty.fail("*", Fault.hang(), times=None)
    incident = incident_of(quay)
    await quay.slack.suggest(ALICE, view, action_id="note", typed=incident)
    await quay.slack.submit(ALICE, view, {"which": {"note": incident}, "words": {"field": "restarting"}})
    assert texts(shown_view(quay)) == ["Leaving the note …"]
    await quay.bot.work.drain(0.0)
    back = shown_view(quay)
    assert "It is not known." in texts(back)[0]
    assert initial(back, "words") == "restarting"


async def test_a_select_offers_what_is_found(harbor):
    view = await opened(harbor)
    delivery = await harbor.slack.suggest(ALICE, view, action_id="note", typed="42")
    assert [(one["text"]["text"], one["value"]) for one in delivery.answer["options"]] == [
        ("Number 42 of payments", "42")
    ]


@pytest.mark.parametrize("typed", ["slow", "defect"])
async def test_a_select_without_an_answer_in_time__offers_another_way(typed):
    async with harbor_at(time_limits=TimeLimits(options=0.3)) as place:
        view = await opened(place)
        delivery = await place.slack.suggest(ALICE, view, action_id="note", typed=typed)
        assert offered(delivery) == [("Type the number", "?")]


async def test_a_select_offers_nothing_of_the_team__to_somebody_who_may_not(quay, monkeypatch):
    monkeypatch.setitem(routes.VIEWS, Note, replace(routes.VIEWS[Note], permission=Permission.VIEW))
    monkeypatch.setitem(routes.OPTIONS, "note", replace(routes.OPTIONS["note"], permission=Permission.RESPOND))
    delivery = await quay.slack.suggest(CAROL, await opened(quay, CAROL), action_id="note", typed="42")
    assert offered(delivery) == [("Type the number", "?")]


@pytest.mark.parametrize("kind", ["global", "message"])
async def test_a_shortcut_is_a_command_without_a_channel(harbor, kind):
    harbor.slack.workspace.app.shortcuts = (Shortcut("note", kind),)
    if kind == "global":
        await harbor.slack.shortcut(ALICE, "note")
    else:
        await harbor.slack.say(CAROL, PAYMENTS, "the database is slow")
        await harbor.slack.message_action(ALICE, harbor.shown()[-1], "note")
    await harbor.slack.settled()
    view = shown_view(harbor)
    assert json.loads(view["private_metadata"])["team"] == "payments"
    assert initial(view, "words") == (None if kind == "global" else "the database is slow")


async def test_a_line_for_others__goes_to_the_teams_own_channel_when_nothing_else_is_known(quay):
    quay.slack.workspace.app.shortcuts = (Shortcut("note", "global"),)
    await quay.slack.shortcut(ALICE, "note")
    await quay.slack.settled()
    await sends(quay, shown_view(quay), "restarting")
    assert quay.sees(ALICE, PAYMENTS)[-1] == "Alice Chen noted restarting"
    assert quay.sees(ALICE, GENERAL) == []
    assert quay.sees(ALICE, SEARCH) == []


async def test_a_shortcut_of_somebody_with_several_teams__may_be_for_each(quay):
    quay.slack.workspace.app.shortcuts = (Shortcut("note", "global"),)
    await quay.slack.shortcut(BOB, "note")
    await quay.slack.settled()
    assert json.loads(shown_view(quay, BOB)["private_metadata"])["held"] == "payments search"
