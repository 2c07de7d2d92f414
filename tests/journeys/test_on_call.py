"""Who is on call."""

from harbor import ALICE, CAROL


async def test_the_teams_schedules_are_told__with_now_and_next(harbor):
    message = await harbor.types("/flashduty oncall", CAROL)
    assert "On call now" in message["text"]
    assert "Next:" in message["text"]
    assert "nobody is on call" in message["text"]


async def test_a_part_of_a_name_chooses(quay):
    message = await quay.types("/flashduty on-call PRIM")
    assert "primary" in message["text"].lower()
    assert "backup" not in message["text"].lower()


async def test_an_unknown_name_lists_the_known_ones(quay):
    message = await quay.types("/flashduty oncall <!channel>")
    assert "No schedule has" in message["text"]
    assert not message.get("mentions")


async def test_the_menu_leads_there(quay):
    message = await quay.types("/flashduty")
    await quay.presses(message, "open:oncall")
    assert any("On call now" in text for text in quay.sees(ALICE))


async def test_me__names_everybody_who_was_paged(quay):
    message = await quay.types("/flashduty me")
    assert "You are *Alice Chen* in Flashduty" in message["text"]
    assert "Bob Müller paged" in message["text"]
