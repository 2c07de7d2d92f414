"""Catch me up on a phone: the summary of a busy incident is one screen, in both languages."""

import pytest
from playwright.async_api import expect

from bot.messages.language import ENGLISH, chinese
from tests.bot.cards.summary_surfaces import summary_surfaces
from tests.bot.samples import readers
from tests.proofs.browser.test_living import CHANNEL, NARROW, page_of

pytestmark = pytest.mark.browser

# Of 844, what the head of the page and the box to write in leave.
ROOM = 720


@pytest.mark.parametrize("language", [ENGLISH, chinese()], ids=["en", "zh"])
async def test_the_summary_of_a_busy_incident__fits_on_one_screen(browser, language):
    summary = summary_surfaces(readers(language))["catch-up"]
    async with page_of(browser, NARROW) as (_, client, page):
        await client.chat_postMessage(channel=CHANNEL, **summary.payload)
        article = page.locator("#messages article").last
        await expect(article.get_by_role("button").last).to_be_visible()
        box = await article.bounding_box()
        assert box["width"] <= 390
        assert box["height"] <= ROOM
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
