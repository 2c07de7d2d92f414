"""The shortcut "Open incidents": from anywhere to one's teams' incidents, an acknowledgement, and back."""

import json

from harbor import ALICE, CAROL, GINA

from sandbox.faults import Fault


async def opened(place, user=ALICE):
    delivery = await place.slack.shortcut(user, "incidents")
    assert delivery.acked
    await place.slack.settled()
    return place.slack.views(user)[-1]


def raised(place, title="Card payments fail"):
    return place.flashduty.raise_incident(title=title, severity="Critical", flashduty_channel=5001)


async def presses(place, view, action, user=ALICE, **given):
    delivery = await place.slack.press(user, view, action_id=action, **given)
    assert delivery.acked
    await place.slack.settled()
    return place.slack.views(user)[-1]


async def test_the_shortcut__shows_what_is_open__and_acknowledges_it(harbor):
    record = raised(harbor)
    view = await opened(harbor)
    assert view["title"]["text"] == "Open incidents"
    assert "Card payments fail" in json.dumps(view["blocks"])
    view = await presses(harbor, view, f"acknowledge:{record['incident_id']}")
    assert harbor.flashduty.account.incidents[record["incident_id"]]["progress"] == "Processing"
    assert "You acknowledged" in json.dumps(view["blocks"])
    view = await presses(harbor, view, "again:back")
    assert "Card payments fail" in json.dumps(view["blocks"])
    assert f"acknowledge:{record['incident_id']}" not in json.dumps(view["blocks"])
    assert [one for one in harbor.sees(CAROL) if "Alice Chen acknowledged" in one]


async def test_a_loading_view__is_there_before_anybody_is_looked_up(quay):
    raised(quay)
    await opened(quay)
    methods = [call.method for call in quay.slack.calls]
    assert methods.index("views.open") < methods.index("users.info")


async def test_a_team_that_cannot_be_read__is_said(quay):
    quay.flashduty.fail("*", Fault.code("InternalError"), times=None)
    view = await opened(quay)
    assert "could not be read" in json.dumps(view["blocks"])


async def test_a_guest__is_refused_in_the_view(quay):
    view = await opened(quay, GINA)
    assert "Card payments" not in json.dumps(view["blocks"])
    assert "guest" in json.dumps(view["blocks"]).lower()
