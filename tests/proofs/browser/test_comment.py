"""Add comment on the page, with the real bot: from the card to the timeline in Flashduty."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1400, 390])
async def test_add_comment__goes_from_the_card_to_flashduty(desk, width):
    await desk.page.set_viewport_size({"width": width, "height": 844})
    await desk.types("/flashduty incidents triggered")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("incidents")
    number = re.search(r"#([0-9A-F]{6})", await desk.newest.inner_text()).group(1)
    await desk.types(f"/flashduty incident {number}")
    await expect(desk.newest).to_contain_text(f"#{number}")
    await desk.control("more:").click()
    form = desk.page.get_by_role("dialog")
    await desk.control("open:comment", form).click()
    await expect(form).to_contain_text(f"#{number}")
    words = form.locator("textarea")
    await words.fill("x" * 1_100)
    await form.get_by_role("button", name="Add comment").click()
    await expect(form).to_contain_text("a comment holds 1,024")
    assert await form.evaluate("node => node.scrollWidth <= node.clientWidth")
    await words.fill("restarting the *database* 数据库")
    await form.get_by_role("button", name="Add comment").click()
    await expect(form).to_contain_text("💬 Comment added to")
    await expect(form).to_contain_text("restarting the")
    assert await form.evaluate("node => node.scrollWidth <= node.clientWidth")
    # What Flashduty got, as it is read there; the panel fills also where there is no room to show it.
    arrived = desk.page.locator("#wire-list .note", has_text="Alice Chen in Slack: restarting the *database* 数据库")
    await expect(arrived).to_have_count(1)
    await expect(arrived).to_contain_text("Notified: nobody")
