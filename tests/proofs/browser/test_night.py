"""A night on call, on a phone: the twelve steps from being told to the truth afterwards, each within a few taps."""

import re

import pytest
from playwright.async_api import expect

from tests.proofs.browser.conftest import PHONE, READERS, desk_of
from tests.proofs.browser.hands import Hand

pytestmark = pytest.mark.browser

# How many taps a step may take, from where the one before left off; "hand over" is done twice, in two ways.
STEPS = {
    "told": 1,
    "see": 3,
    "read first": 0,
    "acknowledge": 3,
    "who else": 5,
    "whom to call": 5,
    "runbook": 1,
    "comment": 5,
    "snooze": 3,
    "hand over": 5,
    "close": 5,
    "truth afterwards": 5,
}
# The routes of the controls of a card, before and after somebody acknowledged it: a new one is a step to write.
UNACKNOWLEDGED = {"acknowledge", "form", "more"}
ACKNOWLEDGED = {"form", "close", "more"}

SAYS = {
    "en": {
        "me": "Alice Chen",
        "severity": "Critical",
        "waits": "Unacknowledged",
        "paged": "paged: Alice Chen, Bob Müller",
        "description": "18 % declined for 5 minutes (threshold 2 %).",
        "runbook": "https://wiki.harbor.example/payments/502",
        "label": "card-gateway",
        "taken": "Acknowledged by Alice Chen",
        "stops": "Flashduty stops paging for it",
        "was paged": "Bob Müller",
        "next": "Next: ",
        "commented": "Comment added to",
        "comment": "restarting the gateway",
        "snoozed": "You snoozed",
        "pages again": "then Flashduty pages again",
        "names": "Level 3 pages Dana Okoye",
        "escalated": "to level 3. Paged: Dana Okoye.",
        "level": "level 3",
        "reassigned": "Flashduty pages them.",
        "cause": "a bad release, rolled back",
        "closed by me": "You closed",
        "closed": "Closed",
        "closed by": "by Alice Chen",
        "attributed": (
            "Acknowledged from Slack by Alice Chen",
            "Snoozed from Slack by Alice Chen",
            "Escalated from Slack by Alice Chen",
            "Reassigned from Slack by Alice Chen",
            "Closed from Slack by Alice Chen",
        ),
    },
    "zh": {
        "me": "王小明",
        "severity": "严重",
        "waits": "待处理",
        "paged": "已通知：Alice Chen、Bob Müller",
        "description": "主从延迟 96 秒，已持续 5 分钟（阈值 30 秒）。",
        "runbook": "https://wiki.harbor.example/payments/replication",
        "label": "db-payments-01",
        "taken": "已认领：王小明",
        "stops": "Flashduty 不再通知",
        "was paged": "Bob Müller",
        "next": "下一位：",
        "commented": "添加评论。",
        "comment": "正在重启网关",
        "snoozed": "暂缓至",
        "pages again": "届时 Flashduty 会再次通知",
        "names": "第 3 级，将通知：Dana Okoye",
        "escalated": "已通知：Dana Okoye。",
        "level": "第 3 级",
        "reassigned": "Flashduty 会通知他们。",
        "cause": "发布有误，已回滚",
        "closed by me": "你已关闭",
        "closed": "已关闭",
        "closed by": "王小明",
        "attributed": (
            "由 王小明 在 Slack 中认领",
            "由 王小明 在 Slack 中暂缓",
            "由 王小明 在 Slack 中升级",
            "由 王小明 在 Slack 中重新分派",
            "由 王小明 在 Slack 中关闭",
        ),
    },
}


async def routes(controls, name):
    """What controls do."""
    return {
        re.split("[: ]", one)[0] for one in await controls.evaluate_all(f"all => all.map((one) => one.dataset.{name})")
    }


class Night:
    """One night with one incident, whose card came by itself."""

    def __init__(self, hand):
        self.hand = hand
        self.desk = hand.desk
        self.page = hand.desk.page
        self.says = SAYS[hand.desk.reader]
        self.form = self.page.locator("dialog.view")
        self.card = None
        self.number = ""

    def step(self, name):
        return self.hand.step(name, at_most=STEPS[name])

    async def from_more(self, route):
        """Open More on the card, and press one of its buttons."""
        await self.hand.presses(self.desk.control("more:", self.card))
        await self.hand.presses(self.desk.control(route, self.form))

    async def submits(self):
        await self.hand.presses(self.form.locator("button[type=submit]"))

    async def is_told(self):
        """The card of a new incident comes into its channel by itself, and mentions whom Flashduty has paged."""
        await self.desk.makes_happen("#raise")
        await self.desk.taps(self.page.locator('.menu [data-value="Critical"]'))
        news = self.page.locator("#news")
        await expect(news).to_contain_text("A new critical incident is in Flashduty")
        self.number = (await news.locator(".news-text").inner_text()).partition("#")[2][:6]
        await self.hand.begins()
        async with self.step("told"):
            await self.hand.presses(news.get_by_role("button", name="Its card is in #payments-incidents"))
            self.card = self.desk.messages.filter(has_text=f"#{self.number}").first
            await expect(self.card).to_contain_text(self.says["paged"])
        ts = await self.card.get_attribute("data-ts")
        self.card = self.page.locator(f'#messages article[data-ts="{ts}"]')

    async def sees(self):
        """What is open, most severe first, with state and who was paged: from anywhere, in two taps."""
        async with self.step("see"):
            await self.hand.presses(self.page.get_by_role("button", name="Shortcuts"))
            await self.hand.chooses(self.page.locator('.menu [role="option"]').first)
            title = self.form.locator(".block", has_text=f"#{self.number}").first
            await expect(title).to_contain_text(self.says["severity"])
            await expect(self.form).to_contain_text(self.says["paged"])
            await self.hand.leaves(self.form)

    async def reads(self):
        """What the alert said, to the letter, and its labels."""
        async with self.step("read first"):
            for said in ("severity", "waits", "description", "label"):
                await expect(self.card).to_contain_text(self.says[said])
        assert await routes(self.card.locator("[data-action]"), "action") == UNACKNOWLEDGED

    async def acknowledges(self):
        """One tap; everybody sees it on the card, and paging stops."""
        async with self.step("acknowledge"):
            await self.hand.presses(self.desk.control("acknowledge:", self.card))
            await expect(self.card).to_contain_text(self.says["taken"])
            await expect(self.desk.message(self.says["stops"])).to_have_class(re.compile("private"))
        assert await routes(self.card.locator("[data-action]"), "action") == ACKNOWLEDGED

    async def finds_others(self):
        """Who was paged for this one."""
        async with self.step("who else"):
            await self.hand.presses(self.desk.control("more:", self.card))
            await self.hand.presses(self.form.locator('[data-action*="details:"]'))
            await expect(self.form).to_contain_text(self.says["was paged"])
            await self.hand.leaves(self.form)

    async def finds_whom_to_call(self):
        """Who is on call now and next; a name that can be tapped leads to the profile, with the ways to call."""
        async with self.step("whom to call"):
            await self.desk.types("/flashduty oncall")
            await expect(self.desk.newest).to_contain_text("Payments primary")
            await expect(self.desk.newest).to_contain_text(self.says["next"])
            await expect(self.desk.newest.locator(".mention").first).to_be_visible()

    async def follows_the_runbook(self):
        """The address that the alert came with can be opened."""
        async with self.step("runbook"):
            link = self.card.get_by_role("link", name=self.says["runbook"])
            await expect(link).to_have_attribute("href", self.says["runbook"])

    async def comments(self):
        """Under one's own name in the timeline."""
        async with self.step("comment"):
            await self.from_more("open:comment")
            await self.hand.types(self.says["comment"], self.form.locator("textarea"))
            await self.submits()
            await expect(self.form).to_contain_text(self.says["commented"])
            await self.hand.leaves(self.form)
        await self.is_written(f"{self.says['me']} in Slack: {self.says['comment']}")

    async def snoozes(self):
        """For two hours; the card says until when, and that Flashduty pages again."""
        async with self.step("snooze"):
            await self.hand.presses(self.desk.control("form:snooze", self.card))
            await self.hand.presses(self.desk.control("snooze:120", self.form))
            await expect(self.form).to_contain_text(self.says["snoozed"])
            await self.hand.leaves(self.form)
            await expect(self.card).to_contain_text(self.says["pages again"])

    async def hands_over(self):
        """To a level that names whom it pages, and to whoever is on call."""
        async with self.step("hand over"):
            await self.from_more("form:escalate")
            await expect(self.form).to_contain_text(self.says["names"])
            await self.hand.presses(self.desk.control("escalate:", self.form).last)
            await expect(self.form).to_contain_text(self.says["escalated"])
            await self.hand.leaves(self.form)
            await expect(self.card).to_contain_text(self.says["level"])
        async with self.step("hand over"):
            await self.from_more("form:reassign")
            await self.hand.presses(self.desk.control("reassign:", self.form).first)
            await expect(self.form).to_contain_text(self.says["reassigned"])
            await self.hand.leaves(self.form)
            await expect(self.card).not_to_contain_text(self.says["level"])

    async def closes(self):
        """With what it was, for the next one who has it."""
        async with self.step("close"):
            await self.from_more("form:close")
            await self.hand.types(self.says["cause"], self.form.locator("textarea").first)
            await self.submits()
            await expect(self.form).to_contain_text(self.says["closed by me"])
            await self.hand.leaves(self.form)
            await expect(self.card).to_contain_text(self.says["closed"])

    async def is_the_truth(self):
        """The card, its thread and Flashduty's timeline name who did it."""
        async with self.step("truth afterwards"):
            await expect(self.card).to_contain_text(self.says["closed by"])
            await self.hand.presses(self.card.locator(".thread-link"))
            thread = self.page.locator("#thread-messages")
            await expect(thread).to_contain_text(self.says["cause"])
            await expect(thread).to_contain_text(self.says["me"])
        for said in self.says["attributed"]:
            await self.is_written(said)

    async def is_written(self, said):
        """A comment is in Flashduty."""
        await expect(self.page.locator("#wire-list .note", has_text=said)).to_have_count(1)


@pytest.fixture(params=[f"{reader}-{hand}" for reader in READERS for hand in ("finger", "keyboard")])
async def hand(chromium, request):
    """A reader of each language with a phone, by touch and with the keyboard alone."""
    reader, _, hand = request.param.partition("-")
    async with desk_of(chromium, screen=PHONE, reader=reader) as opened:
        yield Hand(opened, has_keyboard=hand == "keyboard")


async def test_night_on_call__twelve_steps(hand):
    night = Night(hand)
    await night.is_told()
    await night.sees()
    await night.reads()
    await night.acknowledges()
    await night.finds_others()
    await night.finds_whom_to_call()
    await night.follows_the_runbook()
    await night.comments()
    await night.snoozes()
    await night.hands_over()
    await night.closes()
    await night.is_the_truth()
    assert len(STEPS) == 12
    assert hand.taps.keys() == STEPS.keys()
