"""`/flashduty incidents` and `/flashduty incident`, as a person meets them."""

import re
from datetime import timedelta

import pytest
from harbor import ALICE, CAROL, PAYMENTS, SEARCH

AGAIN_NEXT = "again:next"


def rows(message):
    return [block for block in message["blocks"] if block["type"] == "section" and block.get("accessory")]


def button_of(message, number):
    return next(row["accessory"] for row in rows(message) if f"#{number} " in row["text"]["text"])


async def test_the_list_is_private_and_most_urgent_first(harbor):
    message = await harbor.types("/flashduty incidents")
    assert message["ephemeral"]
    assert "unacknowledged" in message["blocks"][0]["text"]["text"]
    states = [block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"][1:]
    waiting = ["Unacknowledged" in state for state in states]
    assert waiting == sorted(waiting, reverse=True)
    assert len(rows(message)) == 10
    assert harbor.sees(CAROL) == []


async def test_the_list_has_pages__in_a_team_with_120_incidents(quay):
    message = await quay.types("/flashduty incidents", CAROL, SEARCH)
    assert message["blocks"][0]["text"]["text"].startswith("120 open")
    first = {row["text"]["text"] for row in rows(message)}
    await quay.presses(message, AGAIN_NEXT, CAROL)
    turned = quay.slack.seen_by(CAROL, SEARCH)[-1]
    assert "page 2 of 12" in turned["text"]
    assert first.isdisjoint(row["text"]["text"] for row in rows(turned))
    assert len(quay.slack.seen_by(CAROL, SEARCH)) == 1


async def test_filters_narrow_the_list(quay):
    message = await quay.types("/flashduty incidents critical triggered since:7d")
    assert all("Critical" in row["text"]["text"] for row in rows(message))
    body = quay.called("/incident/list")[-1].body
    assert (body["incident_severity"], body["progress"]) == ("Critical", "Triggered")
    assert quay.clock.now().timestamp() - body["start_time"] == 7 * 86400


async def test_five_hundred_chinese_characters_are_searched_for__shortened(quay):
    message = await quay.types("/flashduty incidents " + "数据库" * 170)
    assert "No open incidents" not in message["text"]
    assert "No open incident matches “数据库" in message["text"]
    assert len(quay.called("/incident/list")[-1].body["query"]) == 200


async def test_nothing_found__is_no_reassurance_and_leads_on(quay):
    message = await quay.types("/flashduty incidents sinse:7d")
    assert [call.path for call in quay.flashduty.calls] == ["/incident/list"]
    assert "No open incident matches “sinse:7d”." in message["text"]
    assert "Did you mean `since:7d`?" in message["text"]
    await quay.presses(message, "again:meant")
    assert "last 7 days" in quay.slack.seen_by(ALICE, PAYMENTS)[-1]["text"]


async def test_nothing_found__has_a_way_to_the_whole_list(quay):
    message = await quay.types("/flashduty incidents zzz")
    assert "Did you mean" not in message["text"]
    await quay.presses(message, "again:all")
    whole = quay.slack.seen_by(ALICE, PAYMENTS)[-1]
    assert re.match(r"\d+ open, \d+ unacknowledged", whole["text"])


async def test_closed_incidents__come_newest_closed_first__with_when(quay):
    message = await quay.types("/flashduty incidents closed")
    states = [block["elements"][0]["text"] for block in message["blocks"] if block["type"] == "context"][1:]
    closed = [int(re.search(r"\*Closed\* after .+ · <!date\^(\d+)", state)[1]) for state in states]
    assert len(closed) == 10
    assert closed == sorted(closed, reverse=True)


async def test_a_list_costs_two_calls(quay):
    await quay.types("/flashduty incidents")
    assert [call.path for call in quay.flashduty.calls] == ["/incident/list", "/person/infos"]


async def test_an_old_incident_that_is_still_open_is_found__when_asked_for(quay):
    message = await quay.types("/flashduty incidents since:60d page:2")
    assert "#0DDF00" in message["text"]
    assert "last 60 days" in message["text"]


async def test_only_the_teams_own_incidents_are_asked_for(quay):
    await quay.types("/flashduty incidents")
    assert {tuple(call.body["team_ids"]) for call in quay.called("/incident/list")} == {(4001,)}


async def test_hostile_titles_notify_nobody(quay):
    await quay.types("/flashduty incidents since:31d page:2")
    await quay.types("/flashduty incidents")
    for message in quay.slack.seen_by(ALICE, PAYMENTS):
        assert not message.get("mentions")


async def test_one_incident_is_shown__by_number(quay):
    wanted = quay.flashduty.raise_incident(title="Ledger is behind", severity="Warning", flashduty_channel=5001)
    message = await quay.types(f"/flashduty incident {wanted['num'].lower()}")
    assert "Ledger is behind" in message["text"]
    assert "Warning" in message["text"]


async def test_one_incident_is_shown__by_a_pasted_address(quay):
    wanted = quay.flashduty.raise_incident(title="Ledger is behind", severity="Warning", flashduty_channel=5001)
    message = await quay.types(f"/flashduty incident {wanted['detail_url']}")
    assert "Ledger is behind" in message["text"]


async def test_several_incidents_with_one_number_are_offered_as_a_choice(quay):
    numbers = [record["num"] for record in quay.flashduty.account.incidents.values()]
    shared = next(number for number in numbers if numbers.count(number) > 1)
    message = await quay.types(f"/flashduty incident {shared}")
    assert f"incidents have the number #{shared}" in message["text"]
    chosen = rows(message)[0]["accessory"]["action_id"]
    await quay.presses(message, chosen)
    assert len(quay.slack.seen_by(ALICE, PAYMENTS)) == 2


async def test_another_teams_incident_is_not_shown(quay):
    foreign = quay.flashduty.raise_incident(title="Search is slow", severity="Critical", flashduty_channel=5003)
    message = await quay.types(f"/flashduty incident {foreign['incident_id']}")
    assert "does not belong to team" in message["text"]
    assert "Search is slow" not in message["text"]


@pytest.mark.parametrize("number", ["0E83EF", "zzz", "<!channel>"])
async def test_an_unknown_number_is_said_so(quay, number):
    message = await quay.types(f"/flashduty incident {number}")
    assert "No incident #" in message["text"]


async def test_sharing_shows_the_list_to_the_channel(quay):
    message = await quay.types("/flashduty incidents critical")
    await quay.presses(message, "share")
    shared = quay.slack.seen_by(CAROL, PAYMENTS)[-1]
    assert not shared["ephemeral"]
    assert not any(
        element["action_id"].startswith(("share", "again:next"))
        for block in shared["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    )


async def test_refresh__looks_again_for_what_was_typed__with_markup_characters_in_it(quay):
    """Slack brings &, < and > of a button's value back as entities."""
    message = await quay.types("/flashduty incidents R&D <ledger>")
    await quay.presses(message, "again:refresh")
    first, again = [call.body["query"] for call in quay.called("/incident/list")][-2:]
    assert first == again == "R&D <ledger>"


@pytest.mark.parametrize(
    ("words", "age", "is_found"),
    [
        ("since:1m", 30, True),
        ("since:1m", 59, True),
        ("since:1m", 61, False),
        ("since:5m", 299, True),
        ("since:5m", 301, False),
        ("since:24h", 86_399, True),
        ("since:31d", 30, True),
    ],
)
async def test_since__counts_from_now(quay, words, age, is_found):
    """Counted from the end of the window, `since:5m` covers four minutes and `since:1m` none."""
    quay.flashduty.raise_incident(title="Card payments fail", severity="Critical", flashduty_channel=5001)
    quay.clock.shift(timedelta(seconds=age))
    message = await quay.types(f"/flashduty incidents {words} critical triggered")
    assert ("Card payments fail" in message["text"]) is is_found


async def test_the_default_and_a_month_cost_one_call_each(quay):
    await quay.types("/flashduty incidents critical triggered")
    await quay.types("/flashduty incidents critical triggered since:31d")
    await quay.types("/flashduty incidents critical triggered since:44639m")
    assert len(quay.called("/incident/list")) == 3
