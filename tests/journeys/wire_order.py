"""The order of what passes between the bot and both pretend services, for journeys that count and do not measure."""

import asyncio
from dataclasses import dataclass, field

# What a person sees of a press: the answer to them, the view they have open, the message they pressed in, the card.
SEEN = {"response_url", "chat.postEphemeral", "chat.update", "views.open", "views.publish", "views.update"}
ASKED, ANSWERED, SHOWN = "asked", "answered", "shown"


@dataclass
class WireOrder:
    """What was asked of Flashduty, what it answered, and what Slack was given to show, in their order."""

    events: list = field(default_factory=list)
    _asked: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, place):
        order = cls()
        place.flashduty.on_request = order._note_request
        place.flashduty.on_call = lambda call: order.events.append((ANSWERED, call.path))
        place.slack.journal.on_call = lambda call: order.events.append((SHOWN, call.method))
        return order

    def _note_request(self, path):
        self.events.append((ASKED, path))
        self._asked.set()

    def clear(self):
        self.events.clear()

    @property
    def _last_seen(self):
        return max(at for at, (kind, what) in enumerate(self.events) if kind == SHOWN and what in SEEN)

    @property
    def before_it_is_seen(self):
        """The calls that Flashduty has answered before the last thing that whoever pressed is shown."""
        return [what for kind, what in self.events[: self._last_seen] if kind == ANSWERED]

    async def asks(self, path, seconds=20):
        """Wait until a call is made, answered or not."""
        async with asyncio.timeout(seconds):
            while (ASKED, path) not in self.events:
                await self._asked.wait()
                self._asked.clear()

    def shown_before_asking(self, path):
        """What Slack was given before a call was made."""
        asked = self.events.index((ASKED, path))
        return {what for kind, what in self.events[:asked] if kind == SHOWN}

    def are_at_once(self, one, other):
        """Whether two calls, each made once, were both made before either was answered."""
        asked = max(self.events.index((ASKED, one)), self.events.index((ASKED, other)))
        return asked < min(self.events.index((ANSWERED, one)), self.events.index((ANSWERED, other)))

    @property
    def before_the_first_answer(self):
        """What Slack was given before Flashduty has answered anything."""
        first = next((at for at, (kind, _) in enumerate(self.events) if kind == ANSWERED), len(self.events))
        return [what for kind, what in self.events[:first] if kind == SHOWN]
