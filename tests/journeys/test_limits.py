"""Everything Slack limits, limited: posts by channel, new connections, and every method by its tier."""

import pytest
from harbor import ALICE, BOB, PAYMENTS, harbor_at


@pytest.fixture(params=["socket", "http"])
async def limited(request):
    async with harbor_at(socket_mode=request.param == "socket", prepare=lambda slack: slack.limit(is_on=True)) as place:
        yield place


async def test_a_burst_of_acknowledgements__is_told_to_the_channel_line_by_line(limited):
    """chat.postMessage takes about one message a second and channel."""
    listed = await limited.types("/flashduty incidents")
    menus = [block["accessory"] for block in listed["blocks"] if block.get("accessory", {}).get("type") == "overflow"]
    chosen = {
        menu["action_id"]: entry["value"]
        for menu in menus
        for entry in menu["options"]
        if entry["value"].startswith("acknowledge ")
    }
    assert len(chosen) > 6
    for action_id, value in chosen.items():
        await limited.slack.press(ALICE, listed, action_id=action_id, selected=value)
    await limited.slack.settled()
    lines = [text for text in limited.sees(BOB) if "acknowledged" in text.lower()]
    assert len(lines) == len(set(lines)) == len(chosen)
    assert "rate_limited" in {call.error for call in limited.slack.calls if call.method == "chat.postMessage"}


async def test_a_person_who_asks_again_and_again__is_answered_each_time(limited):
    for _ in range(12):
        assert (await limited.types("/flashduty help"))["text"]


async def test_a_bot__with_all_limits_on__posts_its_digest_and_answers(limited):
    assert (await limited.types("/flashduty digest post"))["text"]
    await limited.slack.settled()
    assert any("on call" in text.lower() for text in limited.sees(BOB, PAYMENTS))
