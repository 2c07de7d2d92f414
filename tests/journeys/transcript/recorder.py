"""Does what a scene says, waits until all of it has happened, and writes down what people see that is new."""

import difflib
import json
from dataclasses import dataclass, field
from datetime import timedelta

from tests.journeys.harbor import ALICE, PAYMENTS
from tests.journeys.transcript.drawing import controls, drawn, drawn_block, drawn_view, entries, labels

QUIET = 0.01
PATIENCE = 20
SHORT = 4
# Calls to Flashduty that change something there.
WRITES = {"/incident/ack", "/incident/unack", "/incident/comment"}


@dataclass
class Recorder:
    """One scene: the place where it happens, and the lines of its transcript."""

    place: object
    lines: list[str] = field(default_factory=list)
    requests: int = 0
    _steps: int = 0
    _known: dict = field(default_factory=dict)
    _before: dict = field(default_factory=dict)
    _state: dict = field(default_factory=dict)
    _writes: int = 0

    async def starts(self):
        """Write down what the bot does on start."""
        self.lines.append("== 0. The bot starts")
        await self._settled()

    # What people do

    async def types(self, words, user=ALICE, channel=PAYMENTS, *, twice=False):
        """Type `/flashduty words`; give the newest message the person sees."""
        typed = f"/flashduty {words}".strip()
        self._begin(f"{self._name(user)} types in {self._where(channel)}: {typed}", twice=twice)
        return await self._done(await self.place.slack.command(user, channel, typed), user, channel)

    async def says(self, words, user=ALICE, channel=PAYMENTS, *, thread=None, twice=False):
        """Say something as it is; a name of the bot in it is `@bot`."""
        told = words.replace("@bot", f"<@{self.place.slack.workspace.app.user_id}>")
        where = f"{self._where(channel)}{', in a thread' if thread else ''}"
        self._begin(f"{self._name(user)} says in {where}: {words}", twice=twice)
        thread_ts = thread["ts"] if thread else None
        return await self._done(await self.place.slack.say(user, channel, told, thread_ts=thread_ts), user, channel)

    async def presses(self, label, user=ALICE, channel=PAYMENTS, *, near="", of="", shown=None, twice=False):
        """Press the first control with this label, in the newest message that has one (with `of` in its text).

        An entry of a menu is a control as well.
        `near` stands in the text the control belongs to, or in what is read aloud of it.
        """
        message, block, element, entry = self.find(label, user, channel, near=near, of=of, shown=shown)
        return await self._press(message, block, element, user, label=label, near=near, twice=twice, entry=entry)

    async def presses_every(self, message, user=ALICE, *, without=()):
        """Press each control of a message once, as it was shown at first; of a menu, what it offers first."""
        for block, element in list(controls(message)):
            label, spoken = labels(element)
            if label not in without and not element.get("url"):
                await self._press(message, block, element, user, label=label, near=spoken, twice=False)

    def find(self, label, user=ALICE, channel=PAYMENTS, *, near="", of="", shown=None):
        """Find a control by its label and where it stands; raises LookupError with what is there."""
        messages = [shown] if shown else self.place.slack.seen_by(user, channel)[::-1]
        there = []
        for message in messages:
            if of and of not in message["text"]:
                continue
            for block, element in controls(message):
                belongs = "\n".join(drawn_block(block))
                _, spoken = labels(element)
                names = [(labels(element)[0], None), *((labels(entry)[0], entry) for entry in entries(element))]
                there += [f"{name} ({spoken})" for name, _ in names if name]
                for name, entry in names:
                    if name == label and (near in belongs or near in spoken):
                        return message, block, element, entry
        raise LookupError(f"no control {label!r} near {near!r} in {of!r}; there are {there}")

    def newest(self, words, user=ALICE, channel=PAYMENTS):
        """Find the newest message with these words that a person sees."""
        return next(one for one in self.place.slack.seen_by(user, channel)[::-1] if words in one["text"])

    async def minutes(self, minutes, words=""):
        """Let time pass, and let the bot do what that makes due."""
        self._begin(f"{words or f'{minutes} minutes'} later", is_request=False)
        self.place.clock.shift(timedelta(minutes=minutes))
        await self.place.bot.tick()
        await self._settled()

    # What goes wrong

    def flashduty_fails(self, fault, sentence, path="*", times=None):
        """Let calls to Flashduty go wrong until `mends`."""
        self.place.flashduty.fail(path, fault, times=times)
        self.note(sentence)

    def slack_fails(self, method, fault, sentence, times=None):
        """Let calls to Slack go wrong until `mends`."""
        self.place.slack.fail(method, fault, times)
        self.note(sentence)

    def mends(self):
        """Let everything work again."""
        self.place.flashduty.mend()
        self.place.slack.mend()
        self.note("Everything works again.")

    def note(self, sentence):
        """Write down something that is no request."""
        self.lines += ["", f"*** {sentence}"]

    # How it is written down

    def _begin(self, sentence, *, twice=False, is_request=True):
        self._steps += 1
        self.requests += (2 if twice else 1) if is_request else 0
        if twice:
            self.place.slack.deliver_twice(1)
            sentence += " (and Slack delivers it twice)"
        self.lines += ["", f"== {self._steps}. {sentence}"]

    async def _press(self, message, block, element, user, *, label, near, twice, entry=None):
        where = self._where(message["channel"])
        beside = f" ({near})" if near else ""
        selected = entry or next(iter(entries(element)), None)
        label = label or labels(selected)[0]
        self._begin(f"{self._name(user)} presses [{label}]{beside} in {where}", twice=twice)
        delivery = await self.place.slack.press(
            user, message, action_id=element["action_id"], block_id=block.get("block_id"), selected=selected
        )
        return await self._done(delivery, user, message["channel"])

    async def _done(self, delivery, user, channel):
        if delivery.shown_error:
            self.lines.append(f"-- {self._name(user)} is shown by Slack: {delivery.shown_error}")
        await self._settled()
        seen = self.place.slack.seen_by(user, channel)
        return seen[-1] if seen else None

    async def _settled(self):
        await self.place.slack.settled(PATIENCE, quiet=QUIET)
        before = len(self.lines)
        self._write_messages()
        self._write_views()
        self._write_changes()
        if len(self.lines) == before:
            self.lines.append("-- nothing is to be seen")

    def _write_messages(self):
        seen = self._everything_seen()
        told = []
        for address, (where, message) in seen.items():
            raw = json.dumps([message["text"], message["blocks"], message.get("files"), message.get("attachments")])
            old_raw, old = self._known.get(address, ("", None))
            if raw != old_raw:
                lines = drawn(message)
                self._known[address] = raw, lines
                if lines != old:
                    told.append((old is not None, where, lines, old, message))
        # Sorted: what is sent at the same time comes in any order.
        for was_there, where, lines, old, message in sorted(told, key=lambda one: one[:3]):
            self._write(f"{where} {'becomes' if was_there else 'reads'}", lines, old, message)
        for address in [one for one in self._known if one not in seen]:
            _, lines = self._known.pop(address)
            self.lines.append(f"-- gone: {lines[0] if lines else ''}")

    def _write(self, head, lines, old, message):
        names = [self._name(one) for one in message["mentions"]]
        called = f" (notifies {', '.join(names)})" if names else ""
        if old is not None:
            self.lines.append(f"-- {head}{called}")
            self.lines += [f"   {line[0]} {line[1:]}" for line in _changes(old, lines)]
            return
        same = self._before.setdefault(tuple(lines), self._steps)
        if same != self._steps and len(lines) > SHORT:
            self.lines.append(f"-- {head}{called}: the same as in {same}")
            return
        self.lines.append(f"-- {head}{called}")
        self.lines += [f"   {line}".rstrip() for line in lines]

    def _everything_seen(self):
        """Gather all messages anybody of the cast sees, by address, with where they are and who sees them."""
        seen = {}
        workspace = self.place.slack.workspace
        for channel in workspace.channels:
            for user in workspace.people:
                for message in self.place.slack.seen_by(user, channel):
                    if message["is_bot"]:
                        seen[channel, message["ts"]] = self._place_of(message, user), message
        return seen

    def _place_of(self, message, user):
        where = self._where(message["channel"])
        if message["thread_ts"] not in {None, message["ts"]}:
            where += ", in a thread"
        return f"{where}, only {self._name(user)} sees it:" if message["ephemeral"] else f"{where}:"

    def _write_views(self):
        for user in self.place.slack.workspace.people:
            home = self.place.slack.home(user)
            for view in [*self.place.slack.views(user), *([home] if home else [])]:
                lines = drawn_view(view)
                if self._state.get((user, view["id"])) != lines:
                    self._state[user, view["id"]] = lines
                    self.lines += [f"-- {self._name(user)} sees a {view['type']}", *(f"   {line}" for line in lines)]

    def _write_changes(self):
        """Write what else changed: topics, groups, and what was written to Flashduty."""
        workspace = self.place.slack.workspace
        now = {f"the topic of {self._where(one)} is": channel.topic for one, channel in workspace.channels.items()}
        now |= {
            f"the group @{one.handle} is": ", ".join(self._name(user) for user in one.users)
            for one in workspace.groups.values()
        }
        self.lines += [f"-- {name} {value}" for name, value in now.items() if self._state.get(name, value) != value]
        self._state |= now
        calls = self.place.flashduty.calls[self._writes :]
        self._writes += len(calls)
        for call in calls:
            if call.path in WRITES and isinstance(call.body, dict):
                ids = ", ".join(call.body.get("incident_ids", []))
                self.lines.append(f"-- Flashduty is asked: {call.path} {ids}, and says {call.code or call.status}")

    def _name(self, user):
        person = self.place.slack.workspace.people.get(user)
        return person.real_name if person else user

    def _where(self, channel):
        one = self.place.slack.workspace.channels[channel]
        if not one.is_im:
            return f"#{one.name}"
        (person,) = [user for user in one.members if user in self.place.slack.workspace.people]
        return f"the direct message with {self._name(person)}"


def _changes(old, new):
    """Give the lines that went, and those that came."""
    _, _, *lines = difflib.unified_diff(old, new, n=0, lineterm="")
    return [line for line in lines if not line.startswith("@@")]
