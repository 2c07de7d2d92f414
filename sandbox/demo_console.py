"""The console of Flashduty on the demo page: what the person one acts as does to an incident there."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from aiohttp import web

from sandbox.flashduty import PretendFlashduty
from sandbox.flashduty.console import Console
from sandbox.flashduty.incidents.record import is_open
from sandbox.flashduty.seed.organisation import CAROL, CHECKOUT, DANA, PAYMENTS_API, XIAOMING
from sandbox.flashduty.wire.checks import Record
from sandbox.slack import PretendSlack

MOST_SHOWN: Final = 20
_TITLE: Final = 70
_CHANNELS: Final = (PAYMENTS_API, CHECKOUT)
_REASON: Final = "The number is switched off"
_COMMENT: Final = "The connection pool is full, I am restarting payments-api."
_RESOLUTION: Final = "Rolled back to the release of yesterday"
# What those write who write Chinese.
_COMMENTS: Final[Mapping[int, str]] = {XIAOMING: "连接池已满，正在重启 payments-api。"}
_RESOLUTIONS: Final[Mapping[int, str]] = {XIAOMING: "已回滚到昨天的版本"}

# What can be done: the change, and what it says of whom and which incident.
ConsoleAct = Callable[["DemoConsole", str, int], Record]
CONSOLE_ACTS: Final[Mapping[str, tuple[ConsoleAct, str]]] = {
    "acknowledge": (lambda at, one, by: at.console.acknowledge(one, by=by), "{who} acknowledged #{num}."),
    "unacknowledge": (lambda at, one, by: at.console.unacknowledge(one, by=by), "{who} left #{num} to others."),
    "comment": (lambda at, one, by: at.comment(one, by), "{who} commented on #{num}."),
    "snooze": (lambda at, one, by: at.console.snooze(one, minutes=30, by=by), "{who} snoozed #{num} for 30 minutes."),
    "wake": (lambda at, one, by: at.console.wake(one, by=by), "{who} ended the snooze of #{num}."),
    "Critical": (lambda at, one, by: at.severity(one, "Critical", by), "{who} made #{num} critical."),
    "Info": (lambda at, one, by: at.severity(one, "Info", by), "{who} made #{num} an info."),
    "escalate": (lambda at, one, by: at.console.escalate(one, by=by), "{who} escalated #{num} to the next level."),
    "reassign": (lambda at, one, by: at.console.reassign(one, to=[CAROL], by=by), "{who} gave #{num} to Carol Diaz."),
    "add": (lambda at, one, by: at.console.add_responders(one, to=[DANA], by=by), "{who} called Dana Okoye to #{num}."),
    "page": (lambda at, one, _: at.console.page(one, failed_reason=_REASON), "A call about #{num} failed."),
    "alerts": (lambda at, one, _: at.console.alert(one, count=5), "Five more alerts joined #{num}."),
    "merge": (lambda at, one, by: at.merge(one, by), "{who} merged the newest other incident into #{num}."),
    "close": (lambda at, one, by: at.close(one, by), "{who} closed #{num}."),
    "recover": (lambda at, one, _: at.console.recover(one), "The alerts of #{num} have recovered: it is closed."),
    "reopen": (lambda at, one, by: at.console.reopen(one, by=by), "{who} reopened #{num}."),
}  # fmt: skip


class DemoConsole:
    """The routes of the console."""

    def __init__(self, slack: PretendSlack, flashduty: PretendFlashduty) -> None:
        self._slack = slack
        self._flashduty = flashduty
        self.console: Console = flashduty.console
        slack.web_app.add_routes([web.get("/demo/incidents", self._incidents), web.post("/demo/console", self._change)])

    def merge(self, incident: str, by: int) -> Record:
        """Merge the newest other open incident into this one; raises ValueError where there is none."""
        target = self._flashduty.account.incident_named(incident)
        others = [one for one in self._newest() if is_open(one) and one is not target]
        if not others:
            raise ValueError("there is no other open incident")
        return self.console.merge(incident, sources=[others[0]["incident_id"]], by=by)

    def comment(self, incident: str, by: int) -> Record:
        """Comment in the language of the person."""
        return self.console.comment(incident, text=_COMMENTS.get(by, _COMMENT), by=by)

    def close(self, incident: str, by: int) -> Record:
        """Close with a resolution."""
        return self.console.close(incident, by=by, resolution=_RESOLUTIONS.get(by, _RESOLUTION))

    def severity(self, incident: str, severity: str, by: int) -> Record:
        """Set a severity by hand."""
        return self.console.severity(incident, severity=severity, by=by)

    def _newest(self) -> list[Record]:
        """Return the payments team's incidents, open ones first, the newest first."""
        found = [one for one in self._flashduty.account.incidents.values() if one["channel_id"] in _CHANNELS]
        return sorted(found, key=lambda one: (is_open(one), one["start_time"], one["incident_id"]), reverse=True)

    async def _incidents(self, _: web.Request) -> web.Response:
        shown = ("incident_id", "num", "title", "incident_severity", "progress")
        newest = self._newest()[:MOST_SHOWN]
        rows = [{name: one[name] for name in shown} | {"title": one["title"][:_TITLE]} for one in newest]
        return web.json_response({"ok": True, "incidents": rows})

    async def _change(self, request: web.Request) -> web.Response:
        """Take `user` (of Slack), `incident` and `change`."""
        given = await request.json()
        person = self._slack.workspace.people.get(str(given.get("user")))
        act, sentence = CONSOLE_ACTS.get(str(given.get("change")), (None, ""))
        if act is None or person is None:
            return _refused("There is no such change.")
        try:
            by = self._flashduty.account.person_named(person.email.partition("@")[0])
            changed = act(self, str(given.get("incident")), by)
        except (LookupError, ValueError) as wrong:
            return _refused(f"Nothing was changed in Flashduty: {wrong}.")
        told = f"In Flashduty: {sentence.format(who=person.real_name, num=changed['num'])}"
        return web.json_response({"ok": True, "sentence": told})


def _refused(sentence: str) -> web.Response:
    refusal = {"ok": False, "error": "bad_change", "sentence": sentence}
    return web.json_response(refusal, status=HTTPStatus.BAD_REQUEST)
