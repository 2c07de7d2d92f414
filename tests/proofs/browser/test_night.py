"""A night on call, on a phone: the twelve steps from being told to the truth afterwards."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

# The steps, and what the bot cannot do at them yet.
STEPS = {
    "told": None,
    "see": None,
    "read first": None,
    "acknowledge": None,
    "who else": None,
    "whom to call": None,
    "runbook": None,
    "comment": None,
    "snooze": None,
    "hand over": None,
    "close": None,
    "truth afterwards": None,
}
# The routes of a card's controls and of its menu. A new one is a step to write.
CARD = {"acknowledge", "form", "more", "menu"}
MENU = {"open", "again", "share"}


async def routes(controls, name):
    """What controls do."""
    return {
        re.split("[: ]", one)[0] for one in await controls.evaluate_all(f"all => all.map((one) => one.dataset.{name})")
    }


async def comments(desk, card, words):
    """Add a comment from a card, and leave the form."""
    await desk.taps(desk.control("more:", card))
    form = desk.page.get_by_role("dialog")
    await desk.taps(desk.control("open:comment", form))
    await form.locator("textarea").fill(words)
    await desk.taps(form.get_by_role("button", name="Add comment"))
    await expect(form).to_contain_text("Comment added to")
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def is_told(desk):
    """Raise an incident; return its card, which came into its channel by itself."""
    news = desk.page.locator("#news")
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.get_by_role("option", name="Critical"))
    await expect(news).to_contain_text("A new critical incident is in Flashduty")
    number = (await news.locator(".news-text").inner_text()).partition("#")[2][:6]
    await desk.taps(news.get_by_role("button", name="Its card is in #payments-incidents"))
    told = desk.messages.filter(has_text=f"#{number}")
    await expect(told).to_contain_text("paged: Alice Chen, Bob Müller")
    await desk.taps(told.locator(".thread-link"))
    await expect(desk.page.locator("#thread-messages .mention").first).to_have_text("@Alice Chen")
    await desk.taps(desk.page.get_by_role("button", name="Close the thread"))
    await desk.goes_to("payments-oncall")
    return told


async def tells_the_truth(desk, told):
    """Who did and said what is in the summary; the card that came by itself follows what others do in Flashduty."""
    await desk.taps(desk.control("menu:"))
    await desk.chooses("open")
    await expect(desk.newest).to_contain_text("restarting payments-api")
    await desk.goes_to("payments-incidents")
    await desk.makes_happen("#console")
    await desk.taps(desk.page.get_by_role("option").first)
    await desk.taps(desk.page.get_by_role("option", name="Close"))
    await expect(told).to_contain_text("Closed")
    await expect(told).to_contain_text("Alice Chen")


async def snoozes(desk, incident):
    """Snooze from the card, for two hours."""
    await desk.types(f"/flashduty {incident}")
    await desk.taps(desk.control("form:snooze"))
    form = desk.page.get_by_role("dialog")
    await desk.taps(desk.control("snooze:120", form))
    await expect(form).to_contain_text("You snoozed")
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def escalates(desk, incident):
    """Give it to the last level of its escalation rule, which names whom it pages."""
    await desk.types(f"/flashduty escalate {incident}")
    form = desk.page.get_by_role("dialog")
    await expect(form).to_contain_text("Level 3 pages Dana Okoye")
    await desk.taps(form.get_by_role("button", name="Escalate to level 3"))
    await expect(form).to_contain_text("to level 3. Paged: Dana Okoye.")
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def reassigns(desk, incident):
    """Give it to a person who is found by name."""
    await desk.types(f"/flashduty assign {incident}")
    form = desk.page.get_by_role("dialog")
    await form.locator("input[role=combobox]").fill("bob")
    await desk.taps(form.get_by_role("option", name="Bob Müller").first)
    await desk.taps(form.get_by_role("button", name="Reassign and page"))
    await expect(form).to_contain_text("Bob Müller. Flashduty pages them.")
    await desk.page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


async def closes(desk, incident):
    """Close from the card, which asks first."""
    await desk.types(f"/flashduty {incident}")
    await expect(desk.newest).to_contain_text("then Flashduty pages again")
    await desk.taps(desk.control("close:"))
    await desk.taps(desk.page.get_by_role("dialog").get_by_role("button", name="Close", exact=True))
    await expect(desk.message("You closed")).to_contain_text("Undo reopens it")


async def test_night_on_call__twelve_steps(phone):
    desk, page = phone, phone.page
    assert len(STEPS) == 12
    incident = "0E83EE"

    # 1 told: the card of a new incident comes into its channel by itself, and mentions whom Flashduty has paged.
    told, shown = await is_told(desk), await desk.messages.count()

    # 2 see: one tap, most severe first, with state and who was paged.
    await desk.types("/flashduty incidents")
    row = desk.newest.locator(".block.section", has_text=f"#{incident}")
    await expect(row).to_contain_text("Critical")
    await expect(desk.newest).to_contain_text("Unacknowledged")
    await expect(desk.newest).to_contain_text("paged: Alice Chen, Bob Müller")
    assert await desk.messages.count() == shown + 1

    # 3 read first: what the alert said, to the letter, and its labels.
    await desk.taps(desk.control("menu:", row))
    await desk.chooses("details")
    await expect(desk.newest).to_contain_text("p99 was 2.31 s for 10 minutes (threshold 2 s).")
    await expect(desk.newest).to_contain_text("resource: payments-api")
    assert await routes(desk.newest.locator("[data-action]"), "action") == CARD
    await desk.taps(desk.control("menu:"))
    assert await routes(page.locator(".menu [data-value]"), "value") == MENU
    await page.keyboard.press("Escape")

    # 4 acknowledge: told to everybody, and paging stops.
    await desk.taps(desk.control("acknowledge:"))
    await expect(desk.message("Flashduty stops paging for it")).to_contain_text("Only visible to you")
    await expect(desk.message(f"Alice Chen acknowledged #{incident}")).not_to_contain_text("Only visible to you")

    # 5 who else: who was paged for this one.
    await desk.types(f"/flashduty {incident}")
    await expect(desk.newest).to_contain_text("Acknowledged by Alice Chen")
    await expect(desk.newest).to_contain_text("Bob Müller, paged")
    number = await desk.newest.get_attribute("data-ts")
    card = page.locator(f'#messages article[data-ts="{number}"]')

    # 6 whom to call: who is on call now, and who is next.
    await desk.types("/flashduty oncall")
    await expect(desk.newest).to_contain_text("Payments primary")
    await expect(desk.newest).to_contain_text("Bob Müller")
    await expect(desk.newest).to_contain_text("Next: ")
    # A name that can be tapped opens the profile, with the ways to write and to call.
    await expect(desk.newest.locator(".mention").first).to_be_visible()

    # 7 runbook: the address the alert came with can be opened.
    await expect(card.get_by_role("link", name="https://wiki.harbor.example/payments/p99")).to_be_visible()

    # 8 comment: under one's own name in the timeline.
    await comments(desk, card, "restarting payments-api")
    written = page.locator("#wire-list .note", has_text="Alice Chen in Slack: restarting payments-api")
    await expect(written).to_have_count(1)

    # 9 snooze: two taps, and the card says until when.
    await snoozes(desk, incident)

    # 10 hand over: the form names whom each level pages, and a person is found by name.
    await escalates(desk, incident)
    await reassigns(desk, incident)

    # 11 close: a critical one asks first.
    await closes(desk, incident)

    # 12 truth afterwards: asked for again, a card says what is true and not what was drawn.
    await desk.types(f"/flashduty {incident}")
    await expect(desk.newest).to_contain_text("Closed after")
    await expect(desk.newest).to_contain_text("Alice Chen, acknowledged")
    await expect(desk.newest).not_to_contain_text("restarting payments-api")
    await tells_the_truth(desk, told)
