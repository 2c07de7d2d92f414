"""People who press at random: what they are shown at that moment, what they press of it, and what they hear."""

import asyncio
import json
import re
from dataclasses import dataclass, field

from harbor import ALICE, BOB, CAROL, PAYMENTS

from sandbox.slack.conversation.controls import controls
from sandbox.slack.conversation.messages import all_blocks
from sandbox.slack.people.forms import Incomplete

XIAOMING = "U0XIAOMING"
# Carol reads the channel and may not act.
NAMES = {ALICE: "Alice Chen", BOB: "Bob Müller", XIAOMING: "王小明", CAROL: "Carol Diaz"}
# What a control may change, by the beginning of its name; Undo and Retry have the names of what they do.
DEEDS = {
    "acknowledge": {"acknowledge"},
    "undo_acknowledge": {"unacknowledge"},
    "unacknowledge": {"unacknowledge"},
    "snooze": {"acknowledge", "snooze"},
    "wake": {"wake"},
    "close": {"close"},
    "reopen": {"reopen"},
    "reassign": {"assign"},
    "escalate": {"assign"},
    "add_responder": {"add_responder"},
    "custom_action": {"custom_action"},
    "comment": {"comment"},
}
# These open what is pressed next; what only looks is proven elsewhere.
OPENS = ("more", "form", "open")
IDS = re.compile(r"[0-9a-f]{24}")
UNDER_WAY = re.compile(r"(…|\.\.\.)\W*$")
TYPED = {
    "ack {}": {"acknowledge"},
    "unack {}": {"unacknowledge"},
    "snooze {} 45": {"snooze"},
    "snooze {} 0": set(),
    "wake {}": {"wake"},
    "close {}": {"close"},
    "close {} Rolled back.": {"close"},
    "comment {} Looking.": {"comment"},
    "解决 {}": {"close"},
    "认领 {}": {"acknowledge"},
}


@dataclass(kw_only=True)
class Press:
    """What somebody asked for, between which calls of Flashduty, and what they saw before."""

    who: str
    incident: str
    deeds: frozenset
    began: int
    saw: dict = field(repr=False)
    what: str = ""
    ended: int | None = None
    was_refused: bool = False
    shown_error: str = ""
    is_cut_off: bool = False
    is_lost: bool = False
    has_heard: bool = False

    def may_have_made(self, booked):
        is_within = self.began <= booked.position and (self.ended is None or booked.position < self.ended)
        return is_within and booked.incident == self.incident and booked.deed in self.deeds


class Crowd:
    """The people in the channel, and everything that they have pressed."""

    def __init__(self, place, chance):
        self.place, self.chance = place, chance
        self.presses, self.seen, self.typed = [], [], 0
        # Cards as they were drawn earlier: the buttons of those that Slack has not yet drawn again are still pressed.
        self.stale = {}

    def sees(self, who):
        """Everything that a person alone can read now, by where it stands."""
        messages = {
            (channel, one["ts"]): json.dumps([one["text"], all_blocks(one)], ensure_ascii=False)
            for channel in (PAYMENTS, f"D{who[1:]}")
            for one in self.place.slack.seen_by(who, channel)
            if one["ephemeral"] or channel != PAYMENTS
        }
        views = self.place.slack.views(who)
        return messages | {one["id"]: json.dumps(one["blocks"], ensure_ascii=False) for one in views}

    def begins(self, who, incident, deeds, what):
        calls = len(self.place.flashduty.calls)
        press = Press(who=who, incident=incident, deeds=frozenset(deeds), began=calls, saw=self.sees(who), what=what)
        self.presses.append(press)
        return press

    def is_told(self, press):
        """Whether a person was told an end: anything new about the incident that does not say "wait"."""
        new = [text for where, text in self.sees(press.who).items() if press.saw.get(where) != text]
        # What only looks, or is typed wrong, need not be answered with a number.
        number = press.incident[-6:].upper() if press.deeds else ""
        return press.was_refused or any(number in one and not is_under_way(one) for one in new)

    def is_waiting(self, who):
        """Whether something that a person pressed is still under way."""
        return any(press.who == who and press.ended is None for press in self.presses)

    async def acts(self, who, url):
        """Press something of what a person is shown, and give what was pressed; None where there was nothing."""
        views = self.place.slack.views(who)
        if views and self.chance.random() < 0.8:
            return await self.in_view(who, views[-1], url)
        # Nobody closes a form that they are just sending.
        for view in views[::-1] if not self.is_waiting(who) else ():
            await self.place.slack.close_view(who, view)
        for way in self.chance.choices((self.on_card, self.in_private, self.types), weights=(6, 3, 2), k=3):
            if (press := await way(who, url)) is not None:
                return press
        return None

    async def on_card(self, who, url):
        cards = [one for one in self.place.shown(who) if not one["ephemeral"] and "overflow" not in str(one["blocks"])]
        shown = self.chance.choice(cards) if cards else None
        if shown is None:
            return None
        before = self.stale.setdefault(shown["ts"], [])
        if shown not in before:
            before.append(shown)
        return await self.presses_some(who, shown if self.chance.random() < 0.7 else self.chance.choice(before), url)

    async def in_private(self, who, url):
        here = [*self.place.slack.seen_by(who, PAYMENTS), *self.place.slack.seen_by(who, f"D{who[1:]}")]
        found = [one for one in here if one["ephemeral"] or one["channel"] != PAYMENTS][-4:]
        with_buttons = [one for one in found if self.pressable(one)]
        return await self.presses_some(who, self.chance.choice(with_buttons), url) if with_buttons else None

    async def in_view(self, who, view, url):
        if view["submit"] and self.chance.random() < 0.6:
            return await self.submits(who, view, url)
        return await self.presses_some(who, view, url)

    def pressable(self, shown):
        """The buttons that act on an incident, or open what does: control and incident."""
        found = []
        for _, one in controls(all_blocks(shown)):
            route = one["action_id"].partition(":")[0]
            named = IDS.findall(f"{one['action_id']} {one.get('value', '')}")
            is_button = one["type"] == "button" and not one.get("url")
            if is_button and named and (route in DEEDS or route in OPENS):
                found.append((one["action_id"], named[0]))
        return found

    async def presses_some(self, who, shown, url):
        found = self.pressable(shown)
        if not found:
            return None
        action, incident = self.chance.choice(found)
        deeds = DEEDS.get(action.partition(":")[0], set())
        press = self.begins(who, incident, deeds, f"{NAMES[who]} presses {action}")
        return await self.ends(press, self.place.slack.press(who, shown, action_id=action), url)

    async def submits(self, who, view, url):
        (incident, *_) = IDS.findall(view["private_metadata"]) or [""]
        if not incident:
            return None
        deeds = DEEDS.get(view["callback_id"].partition(":")[0], set())
        press = self.begins(who, incident, deeds, f"{NAMES[who]} sends {view['callback_id']}")
        values = {
            one["block_id"]: await self.filled(who, view, one) for one in view["blocks"] if one["type"] == "input"
        }
        given = {name: value for name, value in values.items() if value}
        return await self.ends(press, self.place.slack.submit(who, view, given), url)

    async def filled(self, who, view, block):
        """What a person puts into a field."""
        element = block["element"]
        kind, action = element["type"], element["action_id"]
        if kind.endswith("external_select"):
            offered = (await self.place.slack.suggest(who, view, action_id=action, typed="")).answer
            options = [one["value"] for one in (offered or {}).get("options", ())]
            if not options:
                return None
            several = sorted({*self.chance.choices(options, k=2)})
            return {action: several if kind.startswith("multi") else several[0]}
        if kind != "plain_text_input":
            return None
        self.typed += 1
        if block["block_id"] == "until":
            return {action: self.chance.choice(("30", "2h", "0", "soon"))}
        return {action: f"Rolled back, {self.typed}."}

    async def types(self, who, url):
        incident = self.chance.choice(self.seen) if self.seen else None
        if incident is None:
            return None
        typed, deeds = self.chance.choice(list(TYPED.items()))
        text = typed.format(incident[-6:].upper())
        press = self.begins(who, incident, deeds, f"{NAMES[who]} types {text}")
        return await self.ends(press, self.place.slack.command(who, PAYMENTS, f"/flashduty {text}"), url)

    async def ends(self, press, delivery, url):
        """Deliver to one replica, and note what Slack itself says."""
        print(f"{self.place.clock.now():%H:%M:%S} {press.what}")  # noqa: T201 - shown where a test fails
        self.place.slack.deliver_to(f"{url}/slack/events")
        try:
            done = await delivery
        except (LookupError, Incomplete):
            # What was pressed is not there any more, or Slack keeps the form open.
            self.presses.remove(press)
            return None
        answer = done.answer if isinstance(done.answer, dict) else {}
        press.shown_error = done.shown_error or ""
        press.was_refused = answer.get("response_action") == "errors"
        return press


def is_under_way(text):
    """Whether all that is said is that something is under way."""
    said = re.findall(r'"text": "([^"]*)"', text)
    return bool(said) and all(UNDER_WAY.search(one) for one in said[:1])


async def at_once(*acts):
    """Let several people act at the same time; each is delivered before the next begins."""
    tasks = []
    for act in acts:
        tasks.append(asyncio.create_task(act))
        await asyncio.sleep(0)
    return [one for one in await asyncio.gather(*tasks) if one is not None]
