"""Details on every screen: timeline, who was reached, alerts and similar incidents, below one another and whole."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

PARTS = {
    "en": ("Responders", "Timeline", "Alerts", "Similar past incidents"),
    "zh": ("处理人员", "时间线", "告警", "相似的历史故障"),
}


async def test_details__from_more__have_every_part_and_lead_back(either):
    desk = either
    await desk.types("/flashduty 0E83EE")
    await expect(desk.control("more:")).to_be_visible()
    await desk.taps(desk.control("more:"))
    view = desk.page.get_by_role("dialog")
    await desk.taps(desk.control("incident_details:", view))
    for part in PARTS[desk.reader]:
        await expect(view.get_by_text(part, exact=True)).to_be_visible()
    await expect(view).to_contain_text("0E83EE")
    await desk.photographs("details", view, is_alone=True)
    assert await desk.page.evaluate("document.documentElement.scrollWidth") <= desk.page.viewport_size["width"]
    await desk.taps(desk.control("more:", view))
    await expect(desk.control("form:escalate", view)).to_be_visible()
