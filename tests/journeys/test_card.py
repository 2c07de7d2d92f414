"""The card of one incident, in Slack: the bar in the colour of its state, what the alert said, the ways out."""

import pytest
from harbor import ALICE, PAYMENTS, harbor_at

SETTING = "FLASHDUTY_TEAMS__PAYMENTS__"
RUNBOOK = "https://wiki.example.com/runbooks/ledger"
LINKS = {SETTING + "CARDS_LINKS": "Runbook=labels.runbook_url", SETTING + "CARDS_LINK_HOSTS": "wiki.example.com"}


def raised(place, **given):
    return place.flashduty.raise_incident(title="Ledger is behind", severity="Warning", flashduty_channel=5001, **given)


def labelled(place, **labels):
    record = raised(place)
    place.flashduty.account.incidents[record["incident_id"]]["labels"] = labels
    return record


def colours(message):
    return [attachment["color"] for attachment in message.get("attachments", [])]


def buttons(message):
    (shown,) = (block for block in message["blocks"] if block["type"] == "actions")
    return {element["text"]["text"]: element for element in shown["elements"] if element["type"] == "button"}


async def chooses(place, message, label, user=ALICE):
    """Choose an entry of the card's menu."""
    accessories = [block.get("accessory", {}) for block in message["blocks"]]
    (more,) = (element for element in accessories if element.get("type") == "overflow")
    (entry,) = (option for option in more["options"] if option["text"]["text"] == label)
    await place.presses(message, more["action_id"], user, selected=entry["value"])


def newest(place):
    return place.slack.seen_by(ALICE, PAYMENTS)[-1]


async def test_the_bar__has_the_colour_of_the_state__and_goes_with_the_card(quay):
    record = raised(quay)
    message = await quay.types(f"/flashduty incident {record['incident_id']}")
    assert colours(message) == ["#e01e5a"]
    held = quay.flashduty.account.incidents[record["incident_id"]]
    held |= {"progress": "Closed", "close_time": held["start_time"] + 3600}
    await chooses(quay, message, "Refresh")
    assert colours(newest(quay)) == ["#2eb67d"]
    assert "*Closed* after 1 h" in newest(quay)["text"]
    held["channel_id"] = 5003
    await chooses(quay, newest(quay), "Refresh")
    assert "Ledger is behind" not in newest(quay)["text"]
    assert colours(newest(quay)) == []


async def test_a_description_and_labels__are_shown_as_the_alert_said_them(quay):
    record = labelled(quay, query="rate(errors{job=~`api.*`}[5m]) > 5", runbook=f"see {RUNBOOK}")
    said = "*panic*: `nil`\n  at <main>\n"
    quay.flashduty.account.incidents[record["incident_id"]]["description"] = said
    message = await quay.types(f"/flashduty incident {record['incident_id']}")
    description, labels = (block for block in message["blocks"] if block["type"] == "rich_text")
    (part,) = description["elements"]
    assert part["type"] == "rich_text_preformatted"
    assert part["elements"] == [{"type": "text", "text": said.rstrip()}]
    (part,) = labels["elements"]
    assert "".join(piece["text"] for piece in part["elements"]) == (
        f"query: rate(errors{{job=~`api.*`}}[5m]) > 5\nrunbook: see {RUNBOOK}"
    )
    assert {"type": "link", "url": RUNBOOK, "text": RUNBOOK} in part["elements"]


async def test_labels__are_those_of_the_settings__in_their_order():
    async with harbor_at(**{SETTING + "CARDS_LABELS": "host,missing,service"}) as place:
        record = labelled(place, service="ledger", region="eu", host="db-1")
        message = await place.types(f"/flashduty incident {record['incident_id']}")
    assert "host: db-1\nservice: ledger" in message["text"]
    assert "region" not in message["text"]


async def test_a_link_button__says_its_host__and_a_press_asks_for_nothing():
    async with harbor_at(**LINKS) as place:
        record = labelled(place, runbook_url=RUNBOOK)
        message = await place.types(f"/flashduty incident {record['incident_id']}")
        links = {name: one["url"] for name, one in buttons(message).items() if "url" in one}
        assert links == {"Runbook (wiki.example.com)": RUNBOOK}
        before = (len(place.slack.calls), len(place.flashduty.calls), place.slack.seen_by(ALICE, PAYMENTS))
        for element in buttons(message).values():
            if "url" in element:
                await place.presses(message, element["action_id"])
        assert (len(place.slack.calls), len(place.flashduty.calls), place.slack.seen_by(ALICE, PAYMENTS)) == before


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("https://wiki.example.com@evil.example/", ""),
        ("https://wiki.example.com.evil.example/", ""),
        ("http://wiki.example.com/", ""),
        (RUNBOOK, SETTING + "CARDS_LINK_HOSTS"),
    ],
)
async def test_an_address_of_elsewhere__is_no_button(address, without):
    async with harbor_at(**{name: value for name, value in LINKS.items() if name != without}) as place:
        record = labelled(place, runbook_url=address)
        message = await place.types(f"/flashduty incident {record['incident_id']}")
    assert [name for name, one in buttons(message).items() if "url" in one] == []
    assert "evil" not in str([element.get("url") for element in buttons(message).values()])


async def test_an_address_of_others__is_not_previewed(quay):
    """A shared card would show everybody a picture of an address that an alert names."""
    record = labelled(quay, runbook=RUNBOOK)
    message = await quay.types(f"/flashduty incident {record['incident_id']}")
    await chooses(quay, message, "Share in channel")
    sent = [call.params for call in quay.slack.calls if call.method in {"response_url", "chat.postMessage"}]
    assert len(sent) == 2
    assert all(params["unfurl_links"] is params["unfurl_media"] is False for params in sent)
