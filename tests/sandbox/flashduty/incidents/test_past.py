import pytest

PAST = "/incident/past/list"


@pytest.fixture
def alike(desk):
    """An open incident, and a closed one of its channel with the same title."""
    first, second = list(desk.account.incidents.values())[:2]
    first.update(progress="Triggered", title="Disk full on db-01", channel_id=5001)
    second.update(progress="Closed", title="Disk full on db-02", channel_id=5001, resolution="deleted old logs")
    return first, second


async def test_past_incidents__are_closed_ones_of_the_channel_with_words_in_common(desk, alike):
    first, second = alike
    items = (await desk.ask(PAST, {"incident_id": first["incident_id"], "limit": 1})).data["items"]
    assert [(one["incident_id"], one["resolution"]) for one in items] == [(second["incident_id"], "deleted old logs")]
    assert 0 < items[0]["score"] < 1


async def test_an_incident_without_a_channel__is_refused(desk, alike):
    first, _ = alike
    first["channel_id"] = 0
    assert (await desk.ask(PAST, {"incident_id": first["incident_id"]})).code == "InvalidParameter"
