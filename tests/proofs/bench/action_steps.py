"""How a person carries out each action on a card, and opens each form, in front of the pretend Slack."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tests.proofs.chaos.place import ALICE, PAYMENTS, Place

DANA: Final = "7005"
FIND_PERSON: Final = "find_person"
Opening = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Action:
    """In which state it is made, what is pressed in More, and what is done in the form that opens, if one does."""

    name: str
    state: str
    press: str
    then: str = ""


ACTIONS: Final = (
    Action("acknowledge", "triggered", "acknowledge:{}"),
    Action("acknowledge and snooze", "triggered", "form:acknowledge_and_snooze:{}", "snooze:60"),
    Action("snooze", "acknowledged", "form:snooze:{}", "snooze:60"),
    Action("wake", "snoozed", "wake:{}"),
    Action("close", "acknowledged", "close:{}"),
    Action("reopen", "closed", "form:reopen:{}", "submit"),
    Action("unacknowledge", "acknowledged", "unacknowledge:{}"),
    Action("reassign", "triggered", "form:reassign:{}", "reassign:0"),
    Action("escalate", "triggered", "form:escalate:{}", "escalate:2"),
    Action("add responder", "triggered", "form:add_responder:{}", "add_responder:anyway"),
    Action("custom action", "triggered", "custom_action:{custom}:{}"),
    Action("comment", "triggered", "open:comment:{}", "submit"),
)
# From a card, by a command, and from More, in the states that have them.
CARD_FORMS: Final = (
    ("triggered", "more:{}"),
    ("triggered", "form:acknowledge_and_snooze:{}"),
    ("acknowledged", "form:snooze:{}"),
    ("closed", "form:reopen:{}"),
)
TYPED_FORMS: Final = (
    ("acknowledged", "snooze"),
    ("closed", "reopen"),
    ("triggered", "assign"),
    ("triggered", "escalate"),
    ("triggered", "add"),
    ("triggered", "comment"),
)
MORE_FORMS: Final = (
    "form:close:{}",
    "form:reassign:{}",
    "form:escalate:{}",
    "form:add_responder:{}",
    "open:comment:{}",
)


class Actions:
    """Raises incidents, brings them into a state as a person does, and presses."""

    def __init__(self, place: Place, custom: int) -> None:
        self.place = place
        self._custom = custom
        self._by_state: dict[str, str] = {}

    def raised(self) -> str:
        """Raise an incident of the team; its id."""
        record = self.place.flashduty.raise_incident(title="Card payments fail", severity="Warning")
        incident: str = record["incident_id"]
        return incident

    async def card_of(self, incident: str) -> dict[str, Any]:
        """Ask for the card of an incident, which only the person sees."""
        before = {one["ts"] for one in self._seen()}
        await self.place.slack.command(ALICE, PAYMENTS, f"/flashduty incident {incident}")
        await self.place.slack.until(lambda: self._cards(incident, before), timeout=30)
        return self._cards(incident, before)[-1]

    async def prepare(self, action: Action) -> str:
        """Open More, and the form of the action in it; return what is pressed or done last."""
        incident = await self._made(action.state)
        await self._open_more(incident)
        press = action.press.format(incident, custom=self._custom)
        if not action.then:
            return press
        await self._press(press)
        await self.place.settled()
        if action.then.startswith("add_responder"):
            await self._choose_dana()
        return action.then

    async def finish(self, last: str) -> None:
        """Press what is left, or send the form."""
        if last != "submit":
            await self._press(last)
            return
        inputs = [block for block in self._view()["blocks"] if block["type"] == "input"]
        fields = [block for block in inputs if block["element"]["type"] == "plain_text_input"]
        values = {block["block_id"]: {block["element"]["action_id"]: "It is what it is"} for block in fields}
        await self.place.slack.submit(ALICE, self._view(), values)

    async def openings(self, number: int) -> list[Opening]:
        """Show what the forms are opened from; give a function that opens each, the one in More first."""
        slack = self.place.slack
        found: list[Opening] = []
        for state, press in CARD_FORMS:
            incident = await self._kept(state)
            card = await self.card_of(incident)
            found.append(partial(slack.press, ALICE, card, action_id=press.format(incident)))
        for state, verb in TYPED_FORMS:
            text = f"/flashduty {verb} {await self._kept(state)}"
            found.append(partial(slack.command, ALICE, PAYMENTS, text))
        incident = await self._kept("triggered" if number % len(MORE_FORMS) else "acknowledged")
        await self._open_more(incident)
        press = MORE_FORMS[number % len(MORE_FORMS)].format(incident)
        return [partial(slack.press, ALICE, self._view(), action_id=press), *found]

    async def _choose_dana(self) -> None:
        slack = self.place.slack
        await slack.suggest(ALICE, self._view(), action_id=FIND_PERSON, typed="dana")
        await slack.submit(ALICE, self._view(), {"person": {FIND_PERSON: DANA}})
        await self.place.settled()

    async def _open_more(self, incident: str) -> None:
        card = await self.card_of(incident)
        await self.place.slack.press(ALICE, card, action_id=f"more:{incident}")
        await self.place.settled()

    async def _press(self, action_id: str) -> None:
        await self.place.slack.press(ALICE, self._view(), action_id=action_id)

    async def _kept(self, state: str) -> str:
        """Return the one incident in a state in which forms are only opened."""
        if state not in self._by_state:
            self._by_state[state] = await self._made(state)
        return self._by_state[state]

    async def _made(self, state: str) -> str:
        incident = self.raised()
        for verb in {"acknowledged": ["ack"], "snoozed": ["ack", "snooze"], "closed": ["ack", "close"]}.get(state, []):
            words = " 1h" if verb == "snooze" else ""
            await self.place.slack.command(ALICE, PAYMENTS, f"/flashduty {verb} {incident}{words}")
            await self.place.settled()
        return incident

    def _view(self) -> dict[str, Any]:
        return self.place.slack.views(ALICE)[-1]

    def _seen(self) -> list[dict[str, Any]]:
        return list(self.place.slack.seen_by(ALICE, PAYMENTS))

    def _cards(self, incident: str, before: set[str]) -> list[dict[str, Any]]:
        new = (one for one in self._seen() if one["ts"] not in before)
        return [one for one in new if f"more:{incident}" in str(one["blocks"])]
