"""What can be done about an incident, as a person sees it: the card in each state, More, and the forms."""

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

NOTES = {
    "en": ("The release of 02:10 broke the token exchange.", "Rolled back; 502s are gone."),
    "zh": ("从库磁盘写满，复制线程停止。", "已扩容磁盘，延迟恢复到 1 秒以内。"),
}


async def new_card(desk):
    """Raise a critical incident; return its card."""
    await desk.goes_to("payments-incidents")
    await desk.makes_happen("#raise")
    await desk.taps(desk.page.locator('.menu [data-value="Critical"]'))
    news = desk.page.locator("#news .news-text")
    await expect(news).not_to_be_empty()
    number = (await news.inner_text()).partition("#")[2][:6]
    await desk.taps(desk.page.get_by_role("button", name="Hide this line"))
    told = desk.messages.filter(has_text=number).first
    # Who was assigned is mentioned, and the most similar past incident is there.
    await expect(told.locator(".thread-link")).to_contain_text("2 replies")
    ts = await told.get_attribute("data-ts")
    return desk.page.locator(f'#messages article[data-ts="{ts}"]')


def form_of(desk):
    return desk.page.locator("dialog.view")


async def opens(desk, card, route):
    """Open More on the card, and a form from it."""
    await desk.taps(desk.control("more:", card))
    await desk.taps(desk.control(route, form_of(desk)))


async def leaves(desk):
    """Leave the form that is open."""
    await desk.page.keyboard.press("Escape")
    await expect(form_of(desk)).to_have_count(0)


async def is_whole(shown):
    """Nothing of a card or a form is wider than it."""
    assert await shown.evaluate("node => node.scrollWidth <= node.clientWidth")


async def test_the_card__in_each_state__and_what_it_opens(either):
    desk, form = either, form_of(either)
    card = await new_card(desk)
    await is_whole(card)
    await desk.photographs("card", card)

    await desk.taps(desk.control("acknowledge:", card))
    await expect(desk.control("close:", card)).to_be_visible()
    await desk.photographs("card-acknowledged", card, is_alone=True)

    await desk.taps(desk.control("form:snooze", card))
    await expect(desk.control("snooze:120", form)).to_be_visible()
    await is_whole(form)
    await desk.photographs("snooze", form, is_alone=True)
    await desk.taps(desk.control("snooze:120", form))
    await expect(desk.control("wake:", form)).to_be_visible()
    await leaves(desk)
    await expect(desk.control("wake:", card)).to_be_visible()
    await desk.photographs("card-snoozed", card, is_alone=True)

    await desk.taps(desk.control("more:", card))
    await expect(desk.control("form:escalate", form)).to_be_visible()
    await is_whole(form)
    await desk.photographs("more", form, is_alone=True)
    await desk.taps(desk.control("form:close", form))
    # Root cause, resolution, and the description as it is.
    await expect(form.locator("textarea")).to_have_count(3)
    for index, words in enumerate(NOTES[desk.reader]):
        await form.locator("textarea").nth(index).fill(words)
    await is_whole(form)
    await desk.photographs("close", form, is_alone=True)
    await desk.taps(form.locator("button[type=submit]"))
    await expect(form.locator("textarea")).to_have_count(0)
    await expect(desk.control("menu:", card)).to_be_visible()
    await leaves(desk)
    await desk.photographs("card-closed", card, is_alone=True)


async def test_the_other_forms__on_a_phone_in_chinese(chinese_phone):
    """Those of the reading of the Chinese that the READMEs do not show."""
    desk, form = chinese_phone, form_of(chinese_phone)
    card = await new_card(desk)
    await opens(desk, card, "form:escalate")
    await expect(desk.control("escalate:", form).first).to_be_visible()
    await is_whole(form)
    await desk.photographs("escalate")
    await leaves(desk)
    await opens(desk, card, "form:reassign")
    await expect(desk.control("reassign:", form).first).to_be_visible()
    await is_whole(form)
    await desk.photographs("reassign")
    await leaves(desk)
    await opens(desk, card, "form:add_responder")
    await form.locator("input[role=combobox]").fill("carol")
    await desk.taps(form.get_by_role("option", name="Carol Diaz").first)
    await form.locator("input[role=combobox]").blur()
    await is_whole(form)
    await desk.photographs("add-responder")
    await desk.taps(form.locator("button[type=submit]"))
    await expect(desk.control("add_responder:anyway", form)).to_be_visible()
    await is_whole(form)
    await desk.photographs("off-shift")
    await leaves(desk)
    await desk.breaks_flashduty("Slow")
    await desk.taps(desk.control("acknowledge:", card))
    await expect(desk.message("正在认领")).to_be_visible()
    await desk.photographs("under-way")
    await expect(desk.control("close:", card)).to_be_visible()
    await desk.mends_flashduty()
    await desk.taps(desk.control("close:", card))
    await desk.photographs("close-asks")
    await desk.taps(desk.page.locator("dialog.confirm .dialog-foot .button").last)
    await desk.taps(desk.control("menu:", card))
    await desk.taps(desk.page.locator('.menu [data-value^="form "]'))
    await form.locator("textarea").fill("又出现了：延迟回到 90 秒以上。")
    await is_whole(form)
    await desk.photographs("reopen")
