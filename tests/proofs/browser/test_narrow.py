"""The page in a window that has no room for a panel beside the conversation."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

# What would scroll sideways, by id and class; a table or a listing inside a message may.
SIDEWAYS = """() => [...document.querySelectorAll("body, body *")]
    .filter((node) => node.clientWidth > 0 && node.scrollWidth > node.clientWidth)
    .filter((node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowX))
    .filter((node) => !node.closest(".block.table, .fence"))
    .map((node) => `${node.id} ${node.className}`)"""


async def narrow(desk, width=760):
    """Open the page anew in a window of this width."""
    await desk.page.set_viewport_size({"width": width, "height": 880})
    await desk.page.reload()
    await expect(desk.page.locator("body.ready")).to_be_visible()


async def is_clear(locator):
    """Tell whether nothing lies over the middle of something."""
    return await locator.evaluate(
        """node => {
            const box = node.getBoundingClientRect();
            return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
        }"""
    )


async def opens_a_thread(desk):
    """Open the thread of what Carol said."""
    said = desk.message("checkout hangs")
    await said.hover()
    await said.get_by_role("button", name="Reply in thread").click()
    await expect(desk.page.locator("#thread")).to_be_visible()


async def test_narrow__begins_without_the_wire_however_it_was_left(desk):
    await expect(desk.page.locator("#wire")).to_be_visible()
    await desk.page.locator("#wire-close").click()
    await desk.page.locator("#wire-toggle").click()
    await narrow(desk)
    await expect(desk.page.locator("#wire")).to_be_hidden()
    await expect(desk.page.locator("#wire-toggle")).to_have_attribute("aria-expanded", "false")
    assert await is_clear(desk.box)


async def test_window_made_narrow__wire_makes_way_and_comes_back(desk):
    wire = desk.page.locator("#wire")
    await expect(wire).to_be_visible()
    await desk.page.set_viewport_size({"width": 1000, "height": 880})
    await expect(wire).to_be_hidden()
    await expect(desk.box).to_be_visible()
    await desk.page.set_viewport_size({"width": 1400, "height": 880})
    await expect(wire).to_be_visible()


async def test_narrow__thread_covers_the_channel_until_closed(desk):
    await narrow(desk)
    await opens_a_thread(desk)
    reply = desk.page.locator("#thread-composer textarea")
    await expect(reply).to_be_focused()
    assert await is_clear(reply)
    # Neither seen nor reached by Tab.
    await expect(desk.box).to_be_hidden()
    await reply.fill("Still slow?")
    await reply.press("Enter")
    await expect(desk.page.locator("#thread-messages article").last).to_contain_text("Still slow?")
    await desk.page.get_by_role("button", name="Close the thread").click()
    await expect(desk.box).to_be_visible()
    await expect(desk.message("checkout hangs").locator(".thread-link")).to_be_focused()


async def test_narrow__wire_covers_the_conversation_until_another_is_opened(desk):
    await narrow(desk)
    await opens_a_thread(desk)
    wire = desk.page.locator("#wire")
    await desk.page.locator("#wire-toggle").click()
    await expect(wire).to_be_visible()
    await expect(desk.page.locator("#thread")).to_be_hidden()
    await desk.page.locator("#wire-clear").focus()
    await desk.page.keyboard.press("Escape")
    await expect(wire).to_be_hidden()
    await expect(desk.page.locator("#wire-toggle")).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await expect(wire).to_be_visible()
    await desk.goes_to("general")
    await expect(wire).to_be_hidden()
    await expect(desk.box).to_be_focused()


async def test_room_for_one_panel__thread_takes_the_place_of_the_wire(desk):
    await desk.page.set_viewport_size({"width": 1200, "height": 880})
    wire, toggle = desk.page.locator("#wire"), desk.page.locator("#wire-toggle")
    await expect(wire).to_be_visible()
    await opens_a_thread(desk)
    await expect(wire).to_be_hidden()
    await expect(toggle).to_have_attribute("aria-expanded", "false")
    await expect(desk.box).to_be_visible()
    await desk.page.get_by_role("button", name="Close the thread").click()
    await expect(wire).to_be_visible()
    await opens_a_thread(desk)
    await toggle.click()
    await expect(wire).to_be_visible()
    await expect(desk.page.locator("#thread")).to_be_hidden()


@pytest.mark.parametrize("width", [760, 1000, 1001])
async def test_narrow__nothing_scrolls_sideways(desk, width):
    await narrow(desk, width)
    await desk.types("/flashduty incidents")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")
    await desk.page.locator("#nine").click()
    await expect(desk.message("Digest of team payments")).to_be_visible()
    assert await desk.page.evaluate(SIDEWAYS) == []
    await opens_a_thread(desk)
    assert await desk.page.evaluate(SIDEWAYS) == []
    await desk.page.locator("#wire-toggle").click()
    await expect(desk.page.locator("#wire")).to_be_visible()
    assert await desk.page.evaluate(SIDEWAYS) == []


async def test_as_narrow_as_a_phone_but_with_a_mouse__nothing_lies_over_the_message_box(desk):
    await narrow(desk, width=700)
    assert await is_clear(desk.box)
    await expect(desk.page.locator("#composer .composer-tools .quiet")).to_be_hidden()
    tools, box = [
        await desk.page.locator(one).bounding_box() for one in ("#composer .composer-tools", "#composer textarea")
    ]
    assert tools["x"] + tools["width"] <= box["x"]
