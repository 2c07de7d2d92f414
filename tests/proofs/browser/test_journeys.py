import os
import re
import signal
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser


async def test_incidents__completed_and_sent(desk):
    await desk.box.press_sequentially("/fl")
    await expect(desk.page.get_by_role("option", name="/flashduty")).to_be_visible()
    await desk.box.press("Tab")
    await desk.box.press_sequentially("inc")
    await expect(desk.page.get_by_role("option")).to_have_count(2)
    await desk.box.press("Enter")
    await expect(desk.box).to_have_value("/flashduty incidents ")
    await desk.box.press("Enter")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")
    await expect(desk.newest).to_contain_text("Only visible to you")
    await expect(desk.page.locator("#wire-list")).to_contain_text("/incident/list")


async def test_acknowledge__told_to_channel_and_taken_back(desk):
    await desk.types("/flashduty incidents")
    await desk.newest.get_by_role("button", name=re.compile("^Acknowledge ")).first.click()
    line = desk.message("Alice Chen acknowledged")
    await expect(line).not_to_contain_text("Only visible to you")
    undo = desk.page.get_by_role("button", name=re.compile("^Undo "))
    await expect(undo).to_be_visible()
    await undo.click()
    await expect(desk.message("unacknowledged #")).to_contain_text("nobody is on it")
    await expect(undo).to_have_count(0)


async def test_proxy_answers_for_flashduty__sentence_and_try_again(desk):
    await desk.breaks_flashduty("HTML 502")
    await desk.types("/flashduty incidents")
    again = desk.newest.get_by_role("button", name="Try again")
    await expect(again).to_be_visible()
    await desk.mends_flashduty()
    await again.click()
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")


async def test_flashduty_hangs__told_within_five_seconds(desk):
    await desk.breaks_flashduty("Hang")
    await desk.types("/flashduty oncall")
    await expect(desk.newest.get_by_role("button", name="Try again")).to_be_visible(timeout=6_000)


async def test_nine_in_the_morning__digest_comes(desk):
    await desk.page.locator("#nine").click()
    digest = desk.message("Digest of team payments")
    await expect(digest).to_be_visible()
    await expect(desk.page.locator("#clock")).to_contain_text("09:00")
    await expect(digest.get_by_role("button", name=re.compile("^Acknowledge ")).first).to_be_visible()
    await expect(desk.message("Report of team payments")).to_be_visible()


async def test_nine_in_the_morning__the_weeks_chart_is_in_the_report(desk):
    await desk.page.locator("#nine").click()
    report = desk.message("Report of team payments")
    chart = report.locator(".block.image img")
    await expect(chart).to_have_attribute("alt", re.compile("^Chart of incidents by severity"))
    await expect(chart).to_have_js_property("complete", value=True)
    assert await chart.evaluate("image => image.naturalWidth") > 0


async def test_user_group__proposed_agreed_to_and_changed(desk):
    proposal = desk.message("Keep @payments-oncall in sync")
    await expect(proposal).to_contain_text("Removed: Carol Diaz")
    group = desk.page.locator("#groups li", has_text="@payments-oncall")
    await expect(group).to_contain_text("Carol Diaz")
    await proposal.get_by_role("button", name="Keep in sync").click()
    await expect(desk.message("@payments-oncall is synced with on-call.")).to_contain_text("Approved by Alice Chen")
    await expect(group).not_to_contain_text("Carol Diaz")


async def test_next_hand_over__told_in_the_channel_and_the_topic(desk):
    before = await desk.page.locator("#channel-topic").inner_text()
    await desk.page.locator("#hand-over").click()
    notice = desk.messages.filter(has_text="📟").filter(has_not_text="Digest of team").last
    await expect(notice).to_contain_text("until")
    await expect(desk.page.locator("#channel-topic")).not_to_have_text(before)
    await expect(desk.page.locator(".toast")).to_have_count(0)
    await notice.get_by_role("button", name=re.compile("^I have")).first.click()
    await expect(notice.get_by_role("button", name=re.compile("repl"))).to_be_visible()


async def test_whoever_takes_over__is_reminded_directly(desk):
    await desk.page.locator("#hand-over").click()
    notice = desk.messages.filter(has_text="📟").filter(has_not_text="Digest of team").last
    await expect(notice).to_contain_text("until")
    coming = re.search(r"→ (.+?), ", await notice.inner_text()).group(1)
    taken_over = await desk.page.locator("#clock .clock-time").inner_text()
    await desk.acts_as(coming)
    await desk.page.locator(".conversation", has_text="Flashduty").click()
    reminder = desk.message("shift starts")
    await expect(reminder).to_be_visible()
    hour = int(re.search(r"(\d\d):00", taken_over).group(1))
    written = await reminder.locator("time").first.get_attribute("datetime")
    assert datetime.fromisoformat(written).astimezone(ZoneInfo("Europe/Berlin")).hour == (hour - 1) % 24


async def test_who_is_on_call__all_schedules_of_the_team(desk):
    await desk.types("/flashduty oncall")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("On call now")


async def test_guest__refused(desk):
    await desk.acts_as("Gina Park")
    await desk.types("/flashduty incidents")
    await expect(desk.newest).to_contain_text("you are a guest here")


async def test_plain_member__looks_and_may_not_act(desk):
    await desk.acts_as("Carol Diaz")
    await desk.types("/flashduty incidents")
    await desk.newest.locator("[data-action^='menu:']").first.click()
    await expect(desk.page.get_by_role("option")).to_have_text(["Show incident", "More", "Open in Flashduty"])
    await desk.page.keyboard.press("Escape")
    await expect(desk.newest.get_by_role("button", name=re.compile("^Acknowledge "))).to_have_count(0)
    await desk.types("/flashduty digest post")
    await expect(desk.message("Only its responders")).to_contain_text("Only visible to you")


async def test_private_answer__not_seen_by_somebody_else(desk):
    await desk.types("/flashduty oncall")
    await expect(desk.message("On call now")).to_be_visible()
    await desk.acts_as("Bob Müller")
    await expect(desk.messages.filter(has_text="On call now")).to_have_count(0)


async def test_raised_incident__says_what_will_be_seen_and_shows_it(desk):
    await desk.goes_to("general")
    await desk.page.locator("#raise").click()
    await desk.page.get_by_role("option", name="Critical").click()
    news = desk.page.locator("#news")
    await expect(news).to_contain_text("A new critical incident is in Flashduty: #")
    await expect(news).to_contain_text("Type /flashduty incidents to see it.")
    number = re.search(r"#(\w+)", await news.inner_text()).group(1)
    await news.get_by_role("button", name="Type /flashduty incidents").click()
    # In the channel of the team it belongs to, wherever it was raised.
    await expect(desk.page.locator("#channel-name")).to_contain_text("payments-oncall")
    await expect(desk.newest).to_contain_text(number)
    await expect(news).to_be_empty()
    await expect(desk.box).to_be_focused()


async def test_let_things_happen__until_stopped(desk):
    live = desk.page.locator("#live")
    await live.click()
    await expect(live).to_have_attribute("aria-pressed", "true")
    await expect(live).to_contain_text("Stop what happens")
    await expect(desk.page.locator("#news")).to_contain_text("A new warning incident is in Flashduty: #")
    await live.click()
    await expect(live).to_have_attribute("aria-pressed", "false")
    await expect(live).to_contain_text("Let things happen")


async def test_hostile_titles__are_text(desk):
    for page in ("1", "2"):
        await desk.types(f"/flashduty incidents page:{page}")
        await expect(desk.newest.get_by_role("button", name="Refresh")).to_be_visible()
    texts = " ".join(await desk.messages.all_inner_texts())
    assert "<!channel>" in texts
    answers = desk.page.locator("#messages article.private")
    await expect(answers.locator(".mention")).to_have_count(0)
    links = await answers.locator("a").evaluate_all("links => links.map((link) => link.hostname)")
    assert {host for host in links if "evil" in host} == set()


async def test_thread__slash_refused_and_mention_answered(desk):
    await desk.types("Is somebody on this?")
    said = desk.message("Is somebody on this?")
    await said.hover()
    await said.get_by_role("button", name="Reply in thread").click()
    reply = desk.page.locator("#thread-composer textarea")
    await reply.fill("/flashduty oncall")
    await reply.press("Enter")
    replies = desk.page.locator("#thread-messages article")
    await expect(replies.last).to_contain_text("/flashduty is not supported in threads. Sorry!")
    await reply.fill("@Flashduty oncall")
    await reply.press("Escape")
    await reply.press("Enter")
    await expect(replies.last).to_contain_text("On call now")


async def test_bot_stands_still__failure_shown_as_slack_shows_it(desk):
    os.kill(desk.bot, signal.SIGSTOP)
    try:
        await desk.types("/flashduty incidents")
        failure = desk.message("/flashduty failed with the error")
        await expect(failure).to_contain_text("operation_timeout")
        await expect(failure).to_contain_text("Only visible to you")
    finally:
        os.kill(desk.bot, signal.SIGCONT)


async def first_seen(desk):
    """The first message of which the conversation shows something."""
    return await desk.messages.evaluate_all(
        """messages => {
            const top = document.getElementById("messages-pane").getBoundingClientRect().top;
            return messages.find((message) => message.getBoundingClientRect().bottom > top + 1)?.dataset.ts;
        }"""
    )


@pytest.mark.parametrize("button", ["#nine", "#hand-over"])
async def test_moved_clock__conversation_goes_to_the_first_new_message(desk, button):
    known = await desk.messages.count()
    pane = desk.page.locator("#messages-pane")
    await pane.evaluate("pane => pane.scrollTo(0, 0)")
    await desk.page.locator(button).click()
    await expect(desk.page.locator(".toast")).to_contain_text(re.compile("The digest is due|hands"))
    await expect(desk.page.locator(button)).not_to_have_attribute("aria-busy", "true")
    new = desk.messages.nth(known)
    await expect(new).to_be_in_viewport(ratio=0.9)
    # On a day without a digest what is new is less than a screen, and stands at the end.
    is_at_end = await pane.evaluate("pane => pane.scrollHeight - pane.scrollTop - pane.clientHeight <= 1")
    assert is_at_end or await first_seen(desk) == await new.get_attribute("data-ts")


async def test_new_messages_below__said_where_it_covers_nothing(desk):
    pane = desk.page.locator("#messages-pane")
    for _ in range(2):
        await desk.types("/flashduty oncall")
        await expect(desk.newest).to_contain_text("On call now")
    await pane.evaluate("pane => pane.scrollTo(0, 0)")
    said = await desk.page.request.post(
        f"{desk.page.url}sandbox/type", data={"user": "U0BOB", "channel": "C0PAYMENTS", "text": "Is it better now?"}
    )
    assert said.ok
    below = desk.page.get_by_role("button", name="New messages below")
    await expect(below).to_be_visible()
    chip, shown = await below.bounding_box(), await pane.bounding_box()
    assert chip["y"] >= shown["y"] + shown["height"]
    await below.click()
    await expect(below).to_be_hidden()
    await expect(desk.message("Is it better now?")).to_be_in_viewport()
    await expect(pane).to_be_focused()


async def test_bot_removed_from_the_channel__its_admin_is_told_the_cure(desk):
    await expect(desk.page.locator("#channel-members")).to_have_text("6 members")
    await desk.breaks_flashduty("Remove the bot")
    await expect(desk.page.locator("#break")).to_contain_text("The bot is removed")
    await expect(desk.page.locator("#channel-members")).to_have_text("5 members")
    await desk.page.locator("#nine").click()
    await expect(desk.page.locator(".toast").last).to_contain_text("Alice Chen got a direct message")
    await desk.page.locator(".conversation", has_text="Flashduty").click()
    # One cause is told once: by the digest, or by the hand-over that is due at the same time.
    told = desk.messages.filter(has_text=re.compile("was not (posted|told) in #payments-oncall"))
    await expect(told).to_have_count(1)
    await expect(told).to_contain_text("/invite @Flashduty there")
    await desk.goes_to("payments-oncall")
    await expect(desk.messages.filter(has_text="Digest of team")).to_have_count(0)
    await desk.mends_flashduty()
    await expect(desk.page.locator("#channel-members")).to_have_text("6 members")


async def test_unread__marked_until_opened(desk):
    await desk.goes_to("general")
    await desk.page.locator("#nine").click()
    entry = desk.page.locator(".conversation", has_text="payments-oncall")
    await expect(entry).to_have_class(re.compile("unread"))
    await desk.goes_to("payments-oncall")
    await expect(entry).not_to_have_class(re.compile("unread"))


async def test_keyboard_alone__acknowledges(desk):
    keyboard = desk.page.keyboard
    await expect(desk.box).to_be_focused()
    await keyboard.type("/fl")
    await expect(desk.page.get_by_role("option")).to_have_count(1)
    await keyboard.press("Tab")
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await keyboard.press("Enter")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")
    for _ in range(60):
        await keyboard.press("Shift+Tab")
        if "Acknowledge" in await desk.page.evaluate("document.activeElement.innerText ?? ''"):
            break
    await keyboard.press("Enter")
    await expect(desk.message("Alice Chen acknowledged")).to_be_visible()
    assert await desk.page.evaluate("Boolean(document.activeElement.closest('article'))"), "the focus was lost"


async def test_dark_system__dark_look_until_switched(dark_desk):
    desk = dark_desk
    await desk.types("/flashduty incidents")
    await expect(desk.newest.get_by_role("heading")).to_contain_text("unacknowledged")
    look = desk.page.locator("html")
    await expect(look).to_have_attribute("data-look", "dark")
    await desk.page.get_by_role("button", name="Light look").click()
    await expect(look).to_have_attribute("data-look", "light")


async def test_suggestions__fill_the_box_and_are_ticked(desk):
    await desk.page.locator(".hint-card", has_text="Ask who is on call").click()
    await expect(desk.box).to_have_value("/flashduty oncall")
    await desk.box.press("Enter")
    await expect(desk.page.locator(".hint-card", has_text="Ask who is on call").get_by_label("done")).to_be_visible()
