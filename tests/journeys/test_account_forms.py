"""Forms that an account demands: a refusal opens them, and the same action is tried again with the answers."""

import asyncio
from dataclasses import replace

import pytest
from acting import buttons, card_of, closes_in_console, lines, presses_on_card, raised, record, submits, told
from comment_forms import has_fields, view_of
from crashes import dying, next_one, open_actions, silence
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at
from living import cards_at, looks, the_card
from living import raised as raised_on_card
from test_close import close_form, control, newest, typed_in
from trails import results, trail

from bot.incidents.messages.account_forms.fields import written_choice
from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault
from sandbox.flashduty.model.customs import Form, custom_field

AFFECTED, CAUSE, REGIONS, TOLD, LOSS = (
    "answer:text:affected_service",
    "answer:one:cause",
    "answer:several:regions",
    "answer:flag:customers_told",
    "answer:number:loss_percent",
)
CUSTOM = [AFFECTED, CAUSE, REGIONS, TOLD, LOSS]
CAPACITY = written_choice("Capacity")
QUICK = TimeLimits(lookup=1.0, notice=0.05, call=1.0, redraw=1.0, names=0.2)
DEMANDED = "most likely asks for a form"


def demands(place, action, **given):
    """Let the account demand a form of the team payments from now on."""
    given = {"summary": "required", "fields": {"cause": True}, "team_ids": frozenset({4001}), **given}
    place.flashduty.account.forms.append(Form(action=action, **given))


def sent(place, path):
    """The bodies of the calls to an operation, without the incidents."""
    return [{name: held for name, held in call.body.items() if name != "incident_ids"} for call in place.called(path)]


def refusal(place, user=ALICE):
    """The message in which a person is told that a form is demanded."""
    return newest(place, DEMANDED, user)


async def opens(place, incident, user=ALICE):
    """Press what opens the form in the refusal; the form."""
    await place.presses(refusal(place, user), f"form:answers:{incident}", user)
    return view_of(place, user)


async def refused(place, action="acknowledge", severity="Warning"):
    """Press Acknowledge or Close on the card of a new incident; the incident."""
    incident = raised(place, severity=severity)
    await place.presses(await card_of(place, incident), f"{action}:{incident}")
    return incident


async def refused_close(place):
    """Press Close in More of a new incident, whose account demands a form; the incident."""
    incident = raised(place)
    more = await presses_on_card(place, incident, f"more:{incident}")
    await place.presses(more, f"close:{incident}")
    return incident


async def test_acknowledge__that_is_refused__says_so_and_the_form_tries_again(harbor):
    demands(harbor, "ack")
    incident = await refused(harbor)
    said = refusal(harbor)
    assert f"#{incident[-6:].upper()} was not acknowledged" in said["text"]
    assert buttons(said) == ["Fill in the form", "Open in Flashduty"]
    assert record(harbor, incident)["progress"] == "Triggered"
    view = await opens(harbor, incident)
    assert has_fields(view) == ["summary", *CUSTOM]
    assert "the form asks for cause" in told(harbor)
    assert "Open in Flashduty" in buttons(view)
    await submits(harbor, view, summary="Looking at the disk", **{CAUSE: CAPACITY})
    answers = {"summary": "Looking at the disk", "custom_fields": {"cause": "Capacity"}}
    assert sent(harbor, "/incident/ack") == [{}, answers]
    assert record(harbor, incident)["progress"] == "Processing"
    assert record(harbor, incident)["fields"] == {"cause": "Capacity"}
    assert "You acknowledged" in told(harbor)
    assert buttons(view_of(harbor)) == ["Undo", "Show incident"]
    assert len(lines(harbor, "Alice Chen acknowledged", CAROL)) == 1


async def test_its_undo__takes_the_acknowledgement_back(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    await submits(quay, await opens(quay, incident), summary="x", **{CAUSE: CAPACITY})
    await quay.presses(view_of(quay), "undo_acknowledge")
    assert record(quay, incident)["progress"] == "Triggered"


async def test_every_type_of_field__is_sent_as_flashduty_takes_it(quay):
    names = ("affected_service", "cause", "regions", "customers_told", "loss_percent")
    demands(quay, "ack", fields=dict.fromkeys(names, True))
    incident = await refused(quay)
    view = await opens(quay, incident)
    regions = [written_choice("EU"), written_choice("APAC")]
    filled = {
        AFFECTED: " ledger & <books> ",
        CAUSE: written_choice("第三方"),
        REGIONS: regions,
        TOLD: "no",
        LOSS: "０.５",
    }
    await submits(quay, view, summary="Everything", **filled)
    assert sent(quay, "/incident/ack")[-1]["custom_fields"] == {
        "affected_service": "ledger & <books>",
        "cause": "第三方",
        "regions": ["EU", "APAC"],
        "customers_told": False,
        "loss_percent": 0.5,
    }
    assert record(quay, incident)["progress"] == "Processing"


async def test_close_in_more__that_is_refused__becomes_the_form_in_the_same_view(harbor):
    demands(harbor, "resolve")
    incident = await refused_close(harbor)
    assert "was not closed" in told(harbor)
    await harbor.presses(view_of(harbor), f"form:answers:{incident}")
    view = view_of(harbor)
    assert view["title"]["text"] == "Close with a form"
    await submits(harbor, view, summary="Restarted", **{CAUSE: CAPACITY})
    assert record(harbor, incident)["progress"] == "Closed"
    assert "You closed" in told(harbor)
    assert buttons(view_of(harbor)) == ["Undo", "Show incident"]
    assert len(lines(harbor, "Alice Chen closed", CAROL)) == 1


async def test_close_with_notes__becomes_the_form__and_the_notes_go_along(quay):
    demands(quay, "resolve")
    incident = raised(quay, description="disk full")
    record(quay, incident)["root_cause"] = "unknown"
    notes = {"root_cause": "unknown", "resolution": "restarted", "description": "disk full"}
    await submits(quay, await close_form(quay, incident), **notes)
    view = view_of(quay)
    assert DEMANDED in told(quay)
    assert told(quay).count("Flashduty says") == 1
    assert has_fields(view) == ["summary", *CUSTOM, "resolution"]
    assert typed_in(view, "resolution") == "restarted"
    await submits(quay, view, summary="Restarted", resolution="restarted twice", **{CAUSE: CAPACITY})
    answers = {"summary": "Restarted", "custom_fields": {"cause": "Capacity"}}
    assert sent(quay, "/incident/resolve")[-1] == {"resolution": "restarted twice", **answers}
    assert record(quay, incident)["resolution"] == "restarted twice"


async def test_acknowledge_and_snooze__that_is_refused__snoozes_after_the_form(quay):
    demands(quay, "ack")
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"form:acknowledge_and_snooze:{incident}")
    await quay.presses(view, "snooze:60")
    assert "was neither acknowledged nor snoozed" in told(quay)
    await quay.presses(view_of(quay), f"form:answers:{incident}")
    await submits(quay, view_of(quay), summary="x", **{CAUSE: CAPACITY})
    assert record(quay, incident)["progress"] == "Processing"
    assert [call.body["minutes"] for call in quay.called("/incident/snooze")] == [60]
    assert "snoozed" in told(quay)


async def test_an_own_time_for_the_snooze__becomes_the_form__and_is_kept(quay):
    demands(quay, "ack")
    incident = raised(quay)
    view = await presses_on_card(quay, incident, f"form:acknowledge_and_snooze:{incident}")
    await submits(quay, view, until="90")
    assert DEMANDED in told(quay)
    await submits(quay, view_of(quay), summary="x", **{CAUSE: CAPACITY})
    assert [call.body["minutes"] for call in quay.called("/incident/snooze")] == [90]


async def test_typed__one_incident__is_refused_with_the_form(quay):
    demands(quay, "ack")
    incident = raised(quay)
    await quay.types(f"/flashduty ack {incident}")
    await submits(quay, await opens(quay, incident), summary="x", **{CAUSE: CAPACITY})
    assert record(quay, incident)["progress"] == "Processing"


async def test_typed__with_words__keeps_them_for_the_form(quay):
    demands(quay, "resolve")
    incident = raised(quay)
    await quay.types(f"/flashduty close {incident} Restarted the pods, twice.")
    view = await opens(quay, incident)
    assert typed_in(view, "resolution") == "Restarted the pods, twice."
    await submits(quay, view, summary="x", resolution="Restarted the pods, twice.", **{CAUSE: CAPACITY})
    assert record(quay, incident)["resolution"] == "Restarted the pods, twice."


@pytest.mark.parametrize(("verb", "action", "done"), [("ack", "ack", "Processing"), ("close", "resolve", "Closed")])
async def test_typed__several__those_that_need_a_form_have_it_beside_them(quay, verb, action, done):
    demands(quay, action, severities=frozenset({"Warning"}))
    easy, first, second = raised(quay, severity="Info"), raised(quay), raised(quay, title="Ledger is behind")
    await quay.types(f"/flashduty {verb} {easy} {first} {second}")
    await quay.slack.settled()
    message = newest(quay, "1 of 3 incidents")
    assert sorted(buttons(message)) == ["Fill in the form", "Fill in the form", "Undo"]
    assert message["text"].count(DEMANDED) == 2
    for incident in (first, second):
        await quay.presses(message, f"form:answers:{incident}")
        await submits(quay, view_of(quay), summary="x", **{CAUSE: CAPACITY})
        await quay.slack.close_view(ALICE, view_of(quay))
    assert [record(quay, one)["progress"] for one in (easy, first, second)] == [done] * 3


async def test_from_the_list__the_refusal_becomes_the_card_once_it_is_done(quay):
    demands(quay, "ack")
    incident = raised(quay)
    message = await quay.types("/flashduty incidents")
    await quay.chooses(message, incident, "acknowledge")
    await submits(quay, await opens(quay, incident), summary="x", **{CAUSE: CAPACITY})
    assert not [one for one in quay.shown() if DEMANDED in one["text"]]
    assert record(quay, incident)["progress"] == "Processing"


async def test_on_a_living_card__the_channel_hears_nothing_more_than_the_card_shows():
    async with cards_at() as place:
        demands(place, "ack")
        incident = raised_on_card(place, severity="Warning")
        await looks(place)
        await place.presses(the_card(place), f"acknowledge:{incident}")
        await submits(place, await opens(place, incident), summary="x", **{CAUSE: CAPACITY})
        await looks(place)
        assert "Acknowledged" in the_card(place)["text"]
        assert not lines(place, "Alice Chen acknowledged", CAROL)


@pytest.mark.parametrize(
    ("filled", "field", "words"),
    [
        ({}, "summary", "Fill in at least one"),
        ({"summary": " \n"}, "summary", "Fill in at least one"),
        ({LOSS: "half"}, LOSS, "Type a number"),
        ({LOSS: "inf"}, LOSS, "Type a number"),
        ({"summary": "x\0"}, "summary", "cannot be stored"),
    ],
)
async def test_what_is_filled_in_wrong__is_said_beside_its_field(quay, filled, field, words):
    demands(quay, "ack")
    incident = await refused(quay)
    view = await opens(quay, incident)
    delivery = await submits(quay, view, **filled)
    assert words in delivery.errors[field]
    assert len(sent(quay, "/incident/ack")) == 1


async def test_whatever_flashduty_says__the_button_opens_the_form(quay):
    incident = raised(quay)
    hostile = "<!channel> \0 \u202e " + "“&<>😀" * 200
    quay.flashduty.fail("/incident/ack", Fault.code("InvalidParameter", message=hostile), times=1)
    await quay.presses(await card_of(quay, incident), f"acknowledge:{incident}")
    assert has_fields(await opens(quay, incident)) == ["summary", *CUSTOM]


async def test_answers_that_flashduty_refuses__stay_in_the_form_with_its_reason(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    regions = [written_choice("EU"), written_choice("US")]
    filled = {"summary": "Disk & co", REGIONS: regions, TOLD: "yes", LOSS: "1.5", AFFECTED: "ledger"}
    await submits(quay, await opens(quay, incident), **filled)
    assert "Flashduty did not accept the answers" in told(quay)
    assert "the form does not have it" in told(quay)
    view = view_of(quay)
    assert has_fields(view) == ["summary", *CUSTOM]
    assert (typed_in(view, "summary"), typed_in(view, LOSS), typed_in(view, AFFECTED)) == ("Disk & co", "1.5", "ledger")
    held = {one["block_id"]: one["element"] for one in view["blocks"] if one["type"] == "input"}
    assert [one["value"] for one in held[REGIONS]["initial_options"]] == regions
    assert held[TOLD]["initial_option"]["value"] == "yes"
    assert "Open in Flashduty" in buttons(view)
    emptied = {AFFECTED: "", REGIONS: [], TOLD: None, LOSS: ""}
    await submits(quay, view, summary="Disk & co", **{CAUSE: CAPACITY}, **emptied)
    assert record(quay, incident)["progress"] == "Processing"


async def test_what_was_typed__is_there_when_the_form_is_opened_again(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    await submits(quay, await opens(quay, incident), summary="Disk", **{REGIONS: [written_choice("EU")]})
    await quay.slack.close_view(ALICE, view_of(quay))
    await quay.presses(await card_of(quay, incident), f"acknowledge:{incident}")
    again = await opens(quay, incident)
    assert typed_in(again, "summary") == "Disk"
    await submits(quay, again, summary="Disk", **{CAUSE: CAPACITY, REGIONS: []})
    assert record(quay, incident)["progress"] == "Processing"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.code("RouteNotFound"), "Flashduty lists no custom fields"),
        (Fault.code("AccessDenied"), "may not read the account's custom fields"),
        (Fault.code("InternalError"), "did not return the account's custom fields"),
        (Fault.hang(), "did not return the account's custom fields"),
    ],
)
async def test_without_the_list_of_fields__the_form_has_the_summary_and_says_why(fault, words):
    async with harbor_at(time_limits=QUICK) as place:
        demands(place, "ack", fields={})
        place.flashduty.fail("/field/list", fault, times=None)
        incident = await refused(place)
        view = await opens(place, incident)
        assert has_fields(view) == ["summary"]
        assert words in told(place)
        assert "Open in Flashduty" in buttons(view)
        await submits(place, view, summary="Looking")
        assert record(place, incident)["progress"] == "Processing"


async def test_the_list_of_fields__that_was_slow__is_read_again_and_the_text_stays():
    async with harbor_at(time_limits=QUICK) as place:
        demands(place, "ack")
        place.flashduty.fail("/field/list", Fault.hang(), times=None)
        incident = await refused(place)
        view = await opens(place, incident)
        place.flashduty.mend()
        await submits(place, view, summary="Half a\0")
        await place.presses(view, "form:fields")
        again = view_of(place)
        assert has_fields(again) == ["summary", *CUSTOM]
        assert typed_in(again, "summary") == "Half a\ufffd"


async def test_the_form__opens_at_once_while_flashduty_hangs():
    async with harbor_at(time_limits=QUICK) as place:
        demands(place, "ack")
        incident = await refused(place)
        message = refusal(place)
        place.flashduty.fail("*", Fault.hang(), times=None)
        pressed = asyncio.create_task(place.slack.press(ALICE, message, action_id=f"form:answers:{incident}"))
        (view,) = await place.slack.until(lambda: place.slack.views(ALICE), timeout=10)
        await pressed
        assert f"Loading #{incident[-6:].upper()}" in str(view["blocks"])
        await place.slack.settled(timeout=20)
        assert "Flashduty timed out" in told(place)


async def test_fields_that_no_form_can_hold__are_left_to_the_console(quay):
    quay.flashduty.account.fields[:] = [
        custom_field(1001, number, name, **given)
        for number, (name, given) in enumerate(
            {
                "owner": {"field_type": "person"},
                "crowded": {"field_type": "single_select", "options": [f"o{at}" for at in range(101)]},
                "wordy": {"field_type": "multi_select", "options": ["w" * 151]},
                "empty": {"field_type": "single_select", "options": None},
                "odd": {"field_type": "single_select", "options": {"a": 1}},
                "old": {"status": "disabled"},
                "many": {"field_type": "multi_select", "options": [f"o{at}" for at in range(100)]},
                "impact": {"display_name": "Impact", "description": "Who *notices* <!channel>"},
            }.items(),
            1,
        )
    ]
    demands(quay, "ack", fields={"many": True})
    incident = await refused(quay)
    view = await opens(quay, incident)
    assert has_fields(view) == ["summary", "answer:several:many", "answer:text:impact"]
    await submits(quay, view, summary="x", **{"answer:several:many": [written_choice("o7"), written_choice("o99")]})
    assert record(quay, incident)["fields"] == {"many": ["o7", "o99"]}


async def test_somebody_else__acknowledged_before_the_form_opened__or_before_it_was_sent(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    message, view = refusal(quay), await opens(quay, incident)
    await quay.presses(await card_of(quay, incident, BOB), f"acknowledge:{incident}", BOB)
    await submits(quay, await opens(quay, incident, BOB), BOB, summary="Mine", **{CAUSE: CAPACITY})
    await submits(quay, view, summary="Mine too", **{CAUSE: CAPACITY})
    assert "was already acknowledged by Bob" in told(quay)
    assert len([one for one in sent(quay, "/incident/ack") if one]) == 1
    await quay.slack.close_view(ALICE, view_of(quay))
    await quay.presses(message, f"form:answers:{incident}")
    assert "was already acknowledged" in told(quay)
    assert has_fields(view_of(quay)) == []


async def test_somebody_else__closed_before_the_form_was_sent(quay):
    demands(quay, "resolve")
    incident = await refused_close(quay)
    await quay.presses(view_of(quay), f"form:answers:{incident}")
    closes_in_console(quay, incident)
    await submits(quay, view_of(quay), summary="x", **{CAUSE: CAPACITY})
    assert "was closed" in told(quay)
    assert len(quay.called("/incident/resolve")) == 1


async def test_the_answer_is_lost__and_the_acknowledgement_is_told_as_made(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    view = await opens(quay, incident)
    quay.flashduty.fail("/incident/ack", Fault.lost_answer(), times=1)
    await submits(quay, view, summary="x", **{CAUSE: CAPACITY})
    assert record(quay, incident)["progress"] == "Processing"
    assert len(lines(quay, "Alice Chen acknowledged", CAROL)) == 1


async def test_a_key_without_the_permission__says_so_and_keeps_the_answers(quay):
    demands(quay, "ack")
    incident = await refused(quay)
    view = await opens(quay, incident)
    quay.flashduty.fail("/incident/ack", Fault.code("AccessDenied"), times=None)
    await submits(quay, view, summary="Disk", **{CAUSE: CAPACITY})
    assert "lacks “Incidents Manage”" in told(quay)
    assert typed_in(view_of(quay), "summary") == "Disk"


async def test_an_account_that_demands_any_form__takes_a_summary_alone(quay):
    quay.flashduty.habits = replace(quay.flashduty.habits, wants_forms=True)
    incident = await refused(quay)
    await submits(quay, await opens(quay, incident), summary="Looking")
    assert sent(quay, "/incident/ack") == [{}, {"summary": "Looking"}]


async def test_both_attempts__are_in_the_audit_trail__and_the_second_is_attributed(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db") as place:
        demands(place, "ack")
        incident = await refused(place)
        await submits(place, await opens(place, incident), summary="secret words", **{CAUSE: CAPACITY})
        assert await results(place) == [
            (ALICE, "acknowledge", incident, "not_done"),
            (ALICE, "acknowledge", incident, "done"),
        ]
        assert [one.attempt.asked for one in await trail(place)] == ["", "form: summary, cause"]


async def test_in_chinese__the_refusal_and_the_form_are_chinese(quay):
    demands(quay, "ack")
    incident = raised(quay)
    await quay.types("/flashduty language 中文")
    await quay.types(f"/flashduty ack {incident}")
    await quay.slack.settled()
    said = newest(quay, "未能认领")
    assert control(said, "form:answers")["text"]["text"] == "填写表单"
    await quay.presses(said, f"form:answers:{incident}")
    assert view_of(quay)["title"]["text"] == "填写表单并认领"


# The call, what is told of it, and what of it not having been made.
CUT_OFF = {
    "acknowledge": ("ack", "You acknowledged", "was not acknowledged."),
    "close": ("resolve", "You closed", "was not closed."),
}


@pytest.mark.parametrize("action", CUT_OFF)
@pytest.mark.parametrize("is_made", [True, False])
async def test_answers_that_a_process_did_not_live_to_tell__are_looked_up(tmp_path, action, is_made):
    call, done, not_done = CUT_OFF[action]
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        place.database = tmp_path / "bot.db"
        demands(place, call)
        incident = await (refused(place) if action == "acknowledge" else refused_close(place))
        shown = refusal(place) if action == "acknowledge" else view_of(place)
        await place.presses(shown, f"form:answers:{incident}")
        async with dying(place):
            silence(place)
            if not is_made:
                place.flashduty.fail("/incident/info", Fault.hang(), times=None)
            await place.slack.submit(ALICE, view_of(place), {"summary": {"summary": "Disk"}, CAUSE: {CAUSE: CAPACITY}})
            if is_made:
                await place.slack.until(lambda: sent(place, f"/incident/{call}")[1:], timeout=10)
            else:
                await place.flashduty.busy()
            assert (action,) in [one[:1] for one in open_actions(place)]
        async with next_one(place):
            said = [*place.sees(ALICE, PAYMENTS), *place.sees(ALICE, "D0ALICE")]
            assert [text for text in said if (done if is_made else not_done) in text]
            assert len(lines(place, f"Alice Chen {done.removeprefix('You ')}", CAROL)) == int(is_made)
            if not is_made:
                await place.slack.close_view(ALICE, view_of(place))
                await place.types(f"/flashduty {action} {incident}")
                await place.slack.settled()
                assert typed_in(await opens(place, incident), "summary") == "Disk"
