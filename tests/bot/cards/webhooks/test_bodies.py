"""What is believed of a webhook's body."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.webhooks.bodies import Delivery, read_delivery

ID = "69da451ef77b1b51f40e83ee"
UNREADABLE, ANY = Delivery(), Delivery(poll_now=True)


def body(**given):
    return json.dumps({"event_id": "e1", "event_type": "i_ack", "event_time": 1795507200123, **given}).encode()


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (body(incident={"incident_id": ID}), Delivery(incident_id=ID)),
        (body(event_type="i_of_tomorrow", incident={"incident_id": ID}), Delivery(incident_id=ID)),
        (body(event_type=None, incident={"incident_id": ID, "event_id": "e0"}), Delivery(incident_id=ID)),
        (b"\n" + body(incident={"incident_id": ID, "title": "支付 🔥"}), Delivery(incident_id=ID)),
        (body(event_type="i_merge", incident={"incident_id": ID}), Delivery(incident_id=ID, poll_now=True)),
        (body(event_type="a_new", alert={"alert_id": ID, "incident": {"incident_id": ID}}), ANY),
        (body(event_type="a_close", alert={}), ANY),
        (body(event_type="a_new"), UNREADABLE),
        (body(alert={"alert_id": ID}), UNREADABLE),
        (body(), UNREADABLE),
        (body(incident_id=ID), UNREADABLE),
        (body(incident=ID), UNREADABLE),
        (body(incident=[{"incident_id": ID}]), UNREADABLE),
        (body(incident={"incident_id": ID.upper()}), UNREADABLE),
        (body(incident={"incident_id": f"{ID} "}), UNREADABLE),
        (body(incident={"incident_id": f"{ID}\n"}), UNREADABLE),
        (body(incident={"incident_id": ID + "0"}), UNREADABLE),
        (body(incident={"incident_id": int(ID[:9], 16)}), UNREADABLE),
        (body(incident={"incident_id": "{{.incident_id}}"}), UNREADABLE),
        (body(incident={"incident_id": None}), UNREADABLE),
        (b"", UNREADABLE),
        (b"null", UNREADABLE),
        (f'["{ID}"]'.encode(), UNREADABLE),
        (b"incident_id=" + ID.encode(), UNREADABLE),
        (body(incident={"incident_id": ID}).decode().encode("utf-16"), UNREADABLE),
        (body(incident={"incident_id": ID})[:-1], UNREADABLE),
        (b"[" * 500_000, UNREADABLE),
        (b'{"incident":' * 200_000, UNREADABLE),
        (b'{"event_time": ' + b"9" * 500_000 + b"}", UNREADABLE),
    ],
    ids=lambda given: repr(given)[:60],
)
def test_an_incident__is_read_from_its_documented_place_alone(raw, read):
    assert read_delivery(raw) == read


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ID, "incident", "a_new"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["incident", "incident_id", "alert", "x"]), inner),
    max_leaves=10,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body__is_read_as_an_id_or_as_none(raw):
    assert read_delivery(raw).incident_id in {None, ID}
