"""Reassign, Escalate and Add responder: whom each form names, whom it pages, and what becomes of it."""

import asyncio
from datetime import timedelta

import pytest
from acting import acknowledged, buttons, card_of, closes_in_console, lines, presses_on_card, raised, record, told
from comment_forms import view_of
from harbor import ALICE, BOB, CAROL, PAYMENTS, harbor_at, replica_of
from living import cards_at, looks, the_card
from living import raised as raised_on_card
from trails import trail

from handlers.dispatch.time_limits import TimeLimits
from sandbox.faults import Fault

XIAOMING = 7003
DANA = 7005
RULE = "6500000000000000000000a1"


async def form_of(place, incident, name, user=ALICE):
    """Open a form from More."""
    more = await presses_on_card(place, incident, f"more:{incident}", user)
    await place.presses(more, f"form:{name}:{incident}", user)
    return view_of(place, user)


def controls(view, route):
    return [
        block["accessory"]["action_id"]
        for block in view["blocks"]
        if block.get("accessory", {}).get("action_id", "").partition(":")[0] == route
    ]


async def offered(place, view, typed="", user=ALICE):
    """What the select of people offers: label by person."""
    told_ = await place.slack.suggest(user, view, action_id="find_person", typed=typed)
    assert told_.shown_error is None
    return {one["value"]: one["text"]["text"] for one in told_.answer["options"]}


async def sends(place, view, *people, user=ALICE, typed="", **more):
    """Search for what was typed, and for each of several people after another, and send the form with all of them."""
    for one in (typed,) if isinstance(typed, str) else typed:
        await offered(place, view, one, user)
    values = {
        "person": {"find_person": list(map(str, people))},
        **{name: {"choice": value} for name, value in more.items()},
    }
    delivery = await place.slack.submit(user, view, values)
    assert delivery.acked, delivery.shown_error
    await place.slack.settled(timeout=30)
    return delivery


def paged(place, since=0):
    return [(page.person_id, page.by) for page in place.flashduty.account.pages[since:]]


async def test_reassign_to_who_is_on_call__names_them_first__pages_them__and_tells_the_channel(harbor):
    incident = await acknowledged(harbor)
    view = await form_of(harbor, incident, "reassign")
    assert "*Payments primary*, on call now:" in told(harbor)
    (first, *_) = controls(view, "reassign")
    since = len(harbor.flashduty.account.pages)
    await harbor.presses(view, first)
    (call,) = harbor.called("/incident/assign")
    people = call.body["assigned_to"]["person_ids"]
    assert call.body == {"incident_ids": [incident], "assigned_to": {"person_ids": people}}
    assert {person for person, _ in paged(harbor, since)} == set(people)
    assert "You reassigned" in told(harbor)
    assert "Undo" in buttons(view_of(harbor))
    assert len(lines(harbor, "Alice Chen reassigned", CAROL)) == 1


async def test_reassign_to_a_person__is_found_by_name__and_paged(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    found = await offered(quay, view, "dana")
    assert list(found) == [str(DANA)]
    await sends(quay, view, DANA, typed="dana")
    assert record(quay, incident)["assigned_to"]["person_ids"] == [DANA]
    assert "You reassigned" in told(quay)
    assert "Dana" in told(quay)


async def test_several_people__are_found_one_after_another__and_given_it_together(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    (person,) = [one for one in view["blocks"] if one.get("block_id") == "person"]
    assert (person["element"]["type"], person["element"]["min_query_length"]) == ("multi_external_select", 0)
    assert person["element"]["max_selected_items"] == 20
    since = len(quay.flashduty.account.pages)
    await sends(quay, view, DANA, XIAOMING, typed=("dana", "小明"))
    (call,) = quay.called("/incident/assign")
    assert call.body["assigned_to"] == {"person_ids": [DANA, XIAOMING]}
    assert {one for one, _ in paged(quay, since)} == {DANA, XIAOMING}
    for said in (told(quay), *lines(quay, "Alice Chen reassigned", CAROL)):
        assert "Dana Okoye, 王小明" in said
    assert [one.attempt.asked for one in await trail(quay)] == ["Dana Okoye, 王小明"]


async def test_a_key_without_the_permission__keeps_all_who_were_chosen(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    quay.flashduty.fail("/incident/assign", Fault.code("AccessDenied"), times=None)
    await sends(quay, view, DANA, XIAOMING, typed=("dana", "小明"))
    back = next(one for one in view_of(quay)["blocks"] if one.get("block_id") == "person")
    assert [one["value"] for one in back["element"]["initial_options"]] == [str(DANA), str(XIAOMING)]
    quay.flashduty.mend()
    await quay.slack.submit(ALICE, view_of(quay), {})
    await quay.slack.settled(timeout=30)
    assert record(quay, incident)["assigned_to"]["person_ids"] == [DANA, XIAOMING]


async def test_several_of_whom_some_are_off_shift__are_warned_of_by_name__and_added_together(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    found = await offered(quay, view)
    on_call = next(int(one) for one, label in found.items() if "on call" in label)
    off = [int(one) for one, label in found.items() if "on call" not in label][:2]
    names = [found[str(one)] for one in off]
    await sends(quay, view, *off, on_call)
    assert f"⚠️ *{', '.join(names)} are not on call in the schedules of this team now.* Page them for" in told(quay)
    assert f"On call, and paged as well: {found[str(on_call)].partition(' · ')[0]}." in told(quay)
    assert quay.called("/incident/responder/add") == []
    since = len(quay.flashduty.account.pages)
    assert "Page all 3" in buttons(view_of(quay))
    await quay.presses(view_of(quay), "add_responder:anyway")
    (call,) = quay.called("/incident/responder/add")
    assert call.body["person_ids"] == [*off, on_call]
    assert {one for one, _ in paged(quay, since)} == {*off, on_call}
    for said in (told(quay), *lines(quay, "Alice Chen added", CAROL)):
        assert ", ".join(names) in said


async def test_several_of_whom_one_is_not_in_the_account__are_refused_with_that_name(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", socket_mode=False) as place:
        incident = raised(place)
        view = await form_of(place, incident, "reassign")
        await offered(place, view, "dana")
        await offered(place, view, "小明")
        place.flashduty.account.persons.pop(DANA)
        # The other replica has not looked her up before.
        async with replica_of(place) as other:
            place.slack.deliver_to(f"{other.url}/slack/events")
            await place.slack.submit(ALICE, view, {"person": {"find_person": [str(DANA), str(XIAOMING)]}})
            await place.slack.settled(timeout=30)
        assert "Dana Okoye is not in your Flashduty account. Choose somebody else." in told(place)
        assert place.called("/incident/assign") == []


async def test_several_names_behind_the_number__are_chosen__and_those_that_fit_nobody_are_named(quay):
    incident = raised(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty assign {incident} Dana，小明、Nobody Here")
    await quay.slack.settled()
    person = next(one for one in view_of(quay)["blocks"] if one.get("block_id") == "person")
    assert [one["value"] for one in person["element"]["initial_options"]] == [str(DANA), str(XIAOMING)]
    assert "No one member of the account matches “Nobody Here”" in told(quay)


async def test_the_select_of_people__has_who_is_on_call_first__then_the_others_once(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    found = list((await offered(quay, view)).values())
    with_shift = [" · on call: " in label for label in found]
    assert with_shift[0]
    assert with_shift == sorted(with_shift, reverse=True)
    nobody = await offered(quay, view, "zzz")
    assert nobody == {"?": "No member of the account matches “zzz”"}


async def test_members_that_cannot_be_read__leave_who_is_on_call(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    quay.flashduty.fail("/member/list", Fault.code("InternalError"), times=None)
    found = await offered(quay, view)
    assert "on call" in next(iter(found.values()))
    assert found["?"] == "Flashduty did not answer: members are not listed"


async def test_an_entry_that_is_nobody__is_refused_beside_the_field(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    delivery = await sends(quay, view, "?", typed="zzz")
    assert delivery.answer["errors"] == {"person": "Choose one or more people from the list."}
    assert quay.called("/incident/assign") == []


async def test_escalate__shows_whom_each_level_pages__and_goes_to_the_chosen_one(harbor):
    incident = raised(harbor)
    view = await form_of(harbor, incident, "escalate")
    shown = told(harbor)
    assert "Escalation rule: Payments, day and night" in shown
    assert "*Level 3* pages Dana Okoye" in shown
    since = len(harbor.flashduty.account.pages)
    await harbor.presses(view, controls(view, "escalate")[-1])
    (call,) = harbor.called("/incident/assign")
    assert call.body["assigned_to"] == {"escalate_rule_id": RULE, "layer_idx": 2}
    assert {person for person, _ in paged(harbor, since)} == {DANA}
    assert "to level 3. Paged: Dana Okoye." in told(harbor)
    assert len(lines(harbor, "Alice Chen escalated", CAROL)) == 1


async def test_the_present_level__has_no_button(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    assert record(quay, incident)["assigned_to"]["layer_idx"] == 0
    assert "*Level 1*, where it is now" in told(quay)
    assert len(controls(view, "escalate")) == 2


async def test_rules_that_cannot_be_read__are_told_as_that(quay):
    incident = raised(quay)
    quay.flashduty.fail("/channel/escalate/rule/list", Fault.code("AccessDenied"), times=None)
    view = await form_of(quay, incident, "escalate")
    assert "could not be read" in told(quay)
    assert controls(view, "escalate") == []


async def test_undo_of_reassign__says_that_it_pages__and_gives_it_back_to_its_level(quay):
    incident = raised(quay)
    before = dict(record(quay, incident)["assigned_to"])
    view = await form_of(quay, incident, "reassign")
    await sends(quay, view, DANA, typed="dana")
    shown = view_of(quay)
    assert "Undo gives it back to level 1, and pages whoever that level names now." in told(quay)
    since = len(quay.flashduty.account.pages)
    undo = next(
        one
        for block in shown["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if "undo" in one["action_id"]
    )
    assert "pages the earlier responders again" in undo["confirm"]["text"]["text"]
    await quay.presses(shown, undo["action_id"])
    after = record(quay, incident)["assigned_to"]
    assert (after["escalate_rule_id"], after["layer_idx"]) == (before["escalate_rule_id"], before["layer_idx"])
    assert paged(quay, since)


async def test_undo_of_reassign__when_somebody_reassigned_meanwhile__changes_nothing(quay):
    incident = raised(quay)
    await sends(quay, await form_of(quay, incident, "reassign"), DANA, typed="dana")
    record(quay, incident)["assigned_to"]["assigned_at"] += 600
    shown, calls = view_of(quay), len(quay.called("/incident/assign"))
    await quay.presses(shown, "escalate:undo")
    assert len(quay.called("/incident/assign")) == calls
    assert "Nothing was changed" in told(quay)


async def test_add_responder_on_call__pages_them__and_those_who_have_it_keep_it(harbor):
    incident = await acknowledged(harbor)
    before = {one["person_id"] for one in record(harbor, incident)["responders"]}
    view = await form_of(harbor, incident, "add_responder")
    new = next(
        int(one)
        for one, label in (await offered(harbor, view)).items()
        if "on call" in label and int(one) not in before
    )
    since = len(harbor.flashduty.account.pages)
    await sends(harbor, view, new)
    assert {one["person_id"] for one in record(harbor, incident)["responders"]} == before | {new}
    assert {person for person, _ in paged(harbor, since)} == {new}
    (call,) = harbor.called("/incident/responder/add")
    assert call.body == {"incident_id": incident, "person_ids": [new]}
    assert len(lines(harbor, "Alice Chen added", CAROL)) == 1


@pytest.mark.parametrize("way", ["voice", "sms", "email"])
async def test_add_responder_by_one_way__really_leaves_their_preference(quay, way):
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    since = len(quay.flashduty.account.pages)
    await sends(quay, view, DANA, typed="dana", notify=way)
    assert "is not on call in the schedules of this team now" in told(quay)
    assert quay.called("/incident/responder/add") == []
    await quay.presses(view_of(quay), "add_responder:anyway")
    (call,) = quay.called("/incident/responder/add")
    assert call.body["notify"] == {"follow_preference": False, "personal_channels": [way]}
    assert paged(quay, since) == [(DANA, way)]
    assert "You added Dana Okoye" in told(quay)


async def test_somebody_who_is_a_responder_already__is_not_paged_again(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    await sends(quay, view, DANA, typed="dana")
    anyway = view_of(quay)
    await asyncio.gather(*(quay.slack.press(ALICE, anyway, action_id="add_responder:anyway") for _ in range(3)))
    await quay.slack.settled()
    assert len(quay.called("/incident/responder/add")) == 1


async def test_schedules_that_cannot_be_read__ask_as_well(quay):
    quay.flashduty.fail("/schedule/list", Fault.code("InternalError"), times=None)
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    await sends(quay, view, DANA, typed="dana")
    assert "It is not known whether Dana Okoye is on call" in told(quay)
    assert quay.called("/incident/responder/add") == []


async def test_a_double_press__assigns_once_and_tells_once(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    control = controls(view, "escalate")[-1]
    await asyncio.gather(*(quay.slack.press(ALICE, view, action_id=control) for _ in range(4)))
    await quay.slack.settled()
    assert len(quay.called("/incident/assign")) == 1
    assert len(lines(quay, "Alice Chen escalated", CAROL)) == 1


async def test_two_replicas__tell_once(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    control = controls(view, "escalate")[-1]
    async with replica_of(quay) as other:
        quay.slack.busy_while(lambda: other.work.in_progress > 0)
        await asyncio.gather(*(quay.slack.press(ALICE, view, action_id=control) for _ in range(2)))
        await quay.slack.settled()
    assert len(lines(quay, "Alice Chen escalated", CAROL)) == 1


async def test_an_assignment_whose_answer_is_lost__is_read_back_and_never_sent_twice(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    quay.flashduty.fail("/incident/assign", Fault.lost_answer(), times=1)
    await quay.presses(view, controls(view, "escalate")[-1])
    assert len(quay.called("/incident/assign")) == 1
    assert "to level 3. Paged: Dana Okoye." in told(quay)


async def test_an_assignment_that_was_not_made__is_told_as_that__and_not_sent_again(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    quay.flashduty.fail("/incident/assign", Fault.half_body(), times=1)
    await quay.presses(view, controls(view, "escalate")[-1])
    assert len(quay.called("/incident/assign")) == 1
    assert "was not escalated" in told(quay)


async def test_an_assignment_whose_answer_is_lost_and_that_cannot_be_read_back__is_not_known(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "escalate")
    quay.flashduty.fail("/incident/assign", Fault.lost_answer(), times=1)
    quay.flashduty.fail("/incident/info", Fault.delay(0.0), times=1)
    quay.flashduty.fail("/incident/info", Fault.code("InternalError"), times=20)
    await quay.presses(view, controls(view, "escalate")[-1])
    assert len(quay.called("/incident/assign")) == 1
    assert "We could not confirm that" in told(quay)


async def test_a_lost_answer_to_an_added_responder__is_read_back(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "add_responder")
    await sends(quay, view, DANA, typed="dana")
    quay.flashduty.fail("/incident/responder/add", Fault.lost_answer(), times=1)
    await quay.presses(view_of(quay), "add_responder:anyway")
    assert len(quay.called("/incident/responder/add")) == 1
    assert "You added Dana Okoye" in told(quay)


async def test_a_key_without_the_permission__is_told__and_the_choice_is_kept(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    quay.flashduty.fail("/incident/assign", Fault.code("AccessDenied"), times=None)
    await sends(quay, view, DANA, typed="dana")
    assert "was not reassigned" in told(quay)
    person = next(one for one in view_of(quay)["blocks"] if one.get("block_id") == "person")
    assert [one["value"] for one in person["element"]["initial_options"]] == [str(DANA)]


async def test_somebody_else_who_acts_while_the_form_is_open__is_not_overruled(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    other = await form_of(quay, incident, "reassign", BOB)
    quay.clock.shift(timedelta(seconds=5))
    await sends(quay, other, DANA, user=BOB, typed="dana")
    await sends(quay, view, XIAOMING, typed="小明")
    assert record(quay, incident)["assigned_to"]["person_ids"] == [DANA]
    assert "Dana Okoye" in told(quay)
    assert "Nothing was changed" in told(quay)


@pytest.mark.parametrize("name", ["reassign", "escalate", "add_responder"])
async def test_a_form_of_an_incident_that_was_closed_meanwhile__says_so(quay, name):
    incident = raised(quay)
    more = await presses_on_card(quay, incident, f"more:{incident}")
    closes_in_console(quay, incident)
    await quay.presses(more, f"form:{name}:{incident}")
    assert "was closed" in told(quay)


async def test_what_is_sent_after_it_was_closed__changes_nothing(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    closes_in_console(quay, incident)
    await sends(quay, view, DANA, typed="dana")
    assert "was closed" in told(quay)
    assert quay.called("/incident/assign") == []


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("assign", "Reassign"),
        ("重新分派", "Reassign"),
        ("escalate", "Escalate"),
        ("升级", "Escalate"),
        ("add", "Add responder"),
        ("添加", "Add responder"),
    ],
)
async def test_a_command_with_a_number__opens_the_form(quay, typed, title):
    incident = raised(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty {typed} {incident}")
    await quay.slack.settled()
    assert view_of(quay)["title"]["text"] == title


async def test_a_name_behind_the_number__is_chosen_in_the_form(quay):
    incident = raised(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty assign {incident} Dana")
    await quay.slack.settled()
    person = next(one for one in view_of(quay)["blocks"] if one.get("block_id") == "person")
    assert [one["value"] for one in person["element"]["initial_options"]] == [str(DANA)]


async def test_a_name_that_nobody_has__is_told_in_the_form(quay):
    incident = raised(quay)
    await quay.slack.command(ALICE, PAYMENTS, f"/flashduty add {incident} Nobody Here")
    await quay.slack.settled()
    assert "No one member of the account matches “Nobody Here”" in told(quay)


async def test_a_command_without_a_number__lists_incidents_to_choose_from(quay):
    raised(quay, title="Quince jam")
    assert "Quince jam" in (await quay.types("/flashduty escalate"))["text"]


async def test_who_did_it__is_the_person_from_slack__in_the_timeline_and_the_audit_trail(quay):
    incident = raised(quay)
    await sends(quay, await form_of(quay, incident, "reassign"), DANA, typed="dana")
    await quay.bot.tick()
    await quay.slack.settled()
    said = [call.body["comment"] for call in quay.called("/incident/comment")]
    assert said == ["Reassigned from Slack by Alice Chen"]


async def test_a_card_of_a_closed_incident__offers_none_of_them(quay):
    incident = await acknowledged(quay)
    closes_in_console(quay, incident)
    await quay.presses(await card_of(quay, incident), f"more:{incident}")
    assert not {"Reassign", "Escalate", "Add"} & set(buttons(view_of(quay)))


async def test_flashduty_that_hangs_while_the_form_is_open__is_told__and_the_choice_can_be_sent_again():
    async with harbor_at(time_limits=TimeLimits(lookup=1.0, notice=0.05, call=1.0, redraw=1.0)) as place:
        incident = raised(place)
        view = await form_of(place, incident, "reassign")
        await offered(place, view, "dana")
        place.flashduty.fail("*", Fault.hang(), times=None)
        values = {"person": {"find_person": [str(DANA)]}}
        assert (await place.slack.submit(ALICE, view, values)).acked
        await place.slack.settled(timeout=30)
        shown = view_of(place)
        assert "was not reassigned" in told(place)
        place.flashduty.mend()
        await place.slack.submit(ALICE, shown, {})
        await place.slack.settled(timeout=30)
        assert len(place.called("/incident/assign")) == 1
        assert record(place, incident)["assigned_to"]["person_ids"] == [DANA]


async def test_people_that_flashduty_is_slow_to_tell__are_told_as_unread_before_slack_gives_up():
    async with harbor_at(time_limits=TimeLimits(options=0.5, call=1.0)) as place:
        incident = raised(place)
        view = await form_of(place, incident, "reassign")
        place.flashduty.fail("/member/list", Fault.hang(), times=None)
        assert "?" in await offered(place, view, "dana")


async def test_a_person_who_is_not_in_the_account__is_refused_beside_the_field(quay):
    incident = raised(quay)
    view = await form_of(quay, incident, "reassign")
    await offered(quay, view, "dana")
    quay.flashduty.account.persons.pop(DANA)
    delivery = await quay.slack.submit(ALICE, view, {"person": {"find_person": [str(DANA)]}})
    assert delivery.acked
    await quay.slack.settled(timeout=30)
    assert quay.called("/incident/assign")[-1:] == [] or "was not reassigned" in told(quay)
    assert not lines(quay, "Alice Chen reassigned", CAROL)


async def test_the_thread_of_a_living_card__tells_to_whom_it_went__and_a_page_that_did_not_arrive():
    async with cards_at() as place:
        incident = raised_on_card(place)
        await looks(place)
        place.flashduty.account.unreachable[DANA] = "The number does not exist"
        card = the_card(place)
        await place.presses(card, f"more:{incident}")
        await place.presses(view_of(place), f"form:escalate:{incident}")
        await place.presses(view_of(place), controls(view_of(place), "escalate")[-1])
        await place.bot.tick()
        await looks(place)
        replies = [one["text"] for one in place.slack.seen_by(BOB, PAYMENTS) if one.get("thread_ts") == card["ts"]]
        thread = "\n".join(replies)
        assert "Alice Chen escalated it to level 3 of Payments, day and night (Dana Okoye)" in thread
        assert "Dana Okoye escalated" not in thread
        assert "The number does not exist" in thread
        assert "Dana Okoye" in the_card(place)["text"] + str(the_card(place)["blocks"])
