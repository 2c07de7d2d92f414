"""Controls of the demo: incidents, a broken Flashduty, nine o'clock, a handoff."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox.clock import Clock
from sandbox.demo_console import DemoConsole
from sandbox.demo_incidents import GROUPED, PAYMENTS_CHANNEL, DemoIncidents
from sandbox.demo_workspace import INITIAL_MESSAGES, Language
from sandbox.faults import Fault
from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.seed.organisation import PAYMENTS
from sandbox.handoff import next_handoff
from sandbox.slack import PretendSlack

PAYMENTS_ZONE: Final = ZoneInfo("Europe/Berlin")
NINE: Final = time(9)
SATURDAY: Final = 5
# The bot's default of SHIFT_REMINDER.
REMINDER_LEAD: Final = timedelta(hours=1)
REMOVED: Final = "removed"
OVER: Final = "The storm is over: {count} incidents have recovered. The bot says so after five quiet minutes."

FAULTS: Final[Mapping[str, tuple[Callable[[], Fault], str]]] = {
    "hang": (Fault.hang, "Flashduty takes requests and never answers."),
    "reset": (Fault.reset, "Flashduty drops every connection."),
    "slow": (lambda: Fault.delay(2), "Flashduty answers two seconds late."),
    "429": (lambda: Fault.rate_limited(retry_after=3), "Flashduty answers 429: too many requests."),
    "AccessDenied": (lambda: Fault.code("AccessDenied"), "The key's owner may not do this any more."),
    "Unauthorized": (lambda: Fault.code("Unauthorized"), "Flashduty does not know the APP Key any more."),
    "html": (lambda: Fault.html(502), "A proxy answers with a web page instead of Flashduty."),
}


class FollowsClock(Protocol):
    """The part of the bot that the controls use."""

    async def move_clock(self, seconds: float) -> None:
        """Move the bot's clock by seconds, and run the jobs that are due."""


def next_nine(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next nine in the morning of a weekday in a zone, after `now`."""
    day = now.astimezone(zone).date()
    while True:
        nine = datetime.combine(day, NINE, zone)
        if nine > now and day.weekday() < SATURDAY:
            return nine.astimezone(UTC)
        day += timedelta(days=1)


class DemoControls:
    """The `/demo/*` routes of the pretend Slack."""

    def __init__(
        self, slack: PretendSlack, flashduty: PretendFlashduty, clock: Clock, *, language: Language = "en"
    ) -> None:
        self._slack = slack
        self._flashduty = flashduty
        self._clock = clock
        self._fault: str | None = None
        self._language: Language = language
        self._incidents = DemoIncidents(slack, flashduty, clock, language=language)
        self.bot: FollowsClock | None = None
        DemoConsole(slack, flashduty)
        slack.web_app.on_cleanup.append(lambda _: self._incidents.halt())
        slack.web_app.add_routes(
            [
                web.post("/demo/raise", self._raise),
                web.post("/demo/live", self._live),
                web.post("/demo/break", self._break),
                web.post("/demo/mend", self._mend),
                web.post("/demo/nine", self._nine),
                web.post("/demo/hand-over", self._hand_over),
                web.get("/demo/state", self._state),
            ]
        )

    async def post_initial_messages(self) -> None:
        """Post what people have said before the demo begins."""
        for user, channel, text in INITIAL_MESSAGES[self._language]:
            await self._slack.say(user, channel, text)

    async def _raise(self, request: web.Request) -> web.Response:
        """Take `severity`, or one of `grouped`, `storm` and `calm`."""
        severity = (await _body(request)).get("severity", "Critical")
        if severity == "storm":
            return _done("", news=self._incidents.storm())
        if severity == "calm":
            closed = self._incidents.end_storm()
            return _done(OVER.format(count=closed) if closed else "There is no storm.")
        if severity == "grouped":
            return _done("", news=self._incidents.start("Critical", alerts=GROUPED))
        if not isinstance(severity, str) or not self._incidents.has_severity(severity):
            return _refused("unknown_severity", "There is no such severity.")
        return _done("", news=self._incidents.start(severity))

    async def _live(self, request: web.Request) -> web.Response:
        """Take `on`: whether incidents live by themselves."""
        if (await _body(request)).get("on", True):
            self._incidents.go()
            return _done(
                "Incidents start, change and close by themselves, something every 10 seconds, for about six minutes."
            )
        await self._incidents.halt()
        return _done("Nothing happens by itself any more.")

    async def _break(self, request: web.Request) -> web.Response:
        name = (await _body(request)).get("fault")
        if name != REMOVED and (not isinstance(name, str) or name not in FAULTS):
            return _refused("unknown_fault", "There is no such fault.")
        self._mend_all()
        self._fault = name
        if name == REMOVED:
            self._slack.take_out(self._slack.workspace.app.user_id, PAYMENTS_CHANNEL)
            return _done("The bot is not in #payments-oncall any more: what it posts there next fails.")
        build, sentence = FAULTS[name]
        self._flashduty.fail("*", build(), times=None)
        return _done(sentence)

    async def _mend(self, _: web.Request) -> web.Response:
        was_removed = self._fault == REMOVED
        self._mend_all()
        if was_removed:
            return _done("The bot is in #payments-oncall again. What it could not post comes within minutes.")
        return _done("Flashduty works again.")

    def _mend_all(self) -> None:
        self._flashduty.mend()
        if self._fault == REMOVED:
            self._slack.let_in(self._slack.workspace.app.user_id, PAYMENTS_CHANNEL)
        self._fault = None

    async def _nine(self, _: web.Request) -> web.Response:
        letters = self._letters()
        nine = next_nine(self._clock.now(), PAYMENTS_ZONE)
        await self._let_it_be(nine)
        return _done(f"It is {_local_time(nine)}. The digest is due.{self._written_to_since(letters)}")

    async def _hand_over(self, _: web.Request) -> web.Response:
        found = next_handoff(self._flashduty.account.schedules.values(), PAYMENTS, self._clock.now())
        if found is None:
            return _refused("no_hand_over", "Nobody hands over in Payments during the next 45 days.")
        letters = self._letters()
        # The incoming person is reminded first.
        if found.at - self._clock.now() > REMINDER_LEAD:
            await self._let_it_be(found.at - REMINDER_LEAD)
        await self._let_it_be(found.at)
        verb = "changes" if len(found.schedules) == 1 else "change"
        changed = f"{' and '.join(found.schedules)} {verb} hands."
        return _done(f"It is {_local_time(found.at)}: {changed}{self._written_to_since(letters)}")

    def _letters(self) -> Counter[str]:
        """Count the bot's direct messages to each person, by name."""
        workspace = self._slack.workspace
        written: Counter[str] = Counter()
        for person in workspace.people.values():
            im = workspace.im_with(person.id)
            seen = self._slack.seen_by(person.id, im.id) if im else []
            written[person.real_name] = sum(message["is_bot"] for message in seen)
        return written

    def _written_to_since(self, before: Counter[str]) -> str:
        names = list(self._letters() - before)
        if not names:
            return ""
        return f" {' and '.join(names)} got {'a direct message' if len(names) == 1 else 'direct messages'}."

    async def _let_it_be(self, instant: datetime) -> None:
        before = self._clock.now()
        self._slack.move_clock(instant)
        if self.bot is not None:
            await self.bot.move_clock((instant - before).total_seconds())

    async def _state(self, _: web.Request) -> web.Response:
        is_live, is_ready = self._incidents.is_going, self.bot is not None
        return _done("", fault=self._fault, zone=PAYMENTS_ZONE.key, is_ready=is_ready, live=is_live)


async def _body(request: web.Request) -> dict[str, object]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _local_time(instant: datetime) -> str:
    return f"{instant.astimezone(PAYMENTS_ZONE):%A, %H:%M}"


def _done(sentence: str, **more: object) -> web.Response:
    return web.json_response({"ok": True, "sentence": sentence, **more})


def _refused(error: str, sentence: str) -> web.Response:
    return web.json_response({"ok": False, "error": error, "sentence": sentence}, status=400)
