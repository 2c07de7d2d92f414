"""Something else answers where Slack or Flashduty should: a proxy, a mesh, another service, or nobody."""

from sandbox.faults import Fault
from tests.bot.cli.worlds.world import failing, slack_failing, wrong

NOT_SLACK = ("✘ SLACK_BOT_TOKEN", "something else, a proxy perhaps, is at that address", "SLACK_API_URL")
NOT_FLASHDUTY = ("✘ APP key", "The reply was not from Flashduty", "FLASHDUTY_API_URL")
CANNOT_START = ("What answers at SLACK_API_URL is not Slack",)

OF_ANYBODY = {
    "a proxy's page": Fault.html(200),
    "a mesh's 503": Fault.html(503),
    "a list": Fault.says('["ok"]'),
    "text": Fault.says("ok", content_type="text/plain"),
}
FOR_SLACK = OF_ANYBODY | {
    "JSON of another service": Fault.says('{"ok": true, "version": "1.2"}'),
    "a redirect": Fault.redirect(),
}
FOR_FLASHDUTY = OF_ANYBODY | {"JSON of another service": Fault.says('{"data": {"version": "1.2"}}')}
ENDS_A_START = ("a proxy's page", "a mesh's 503", "JSON of another service")


def for_one_method(line, method, answer, **team):
    return wrong(line, "something else", prepare=slack_failing(method, answer), **team)


SLACK = {
    **{
        f"{name} for Slack": wrong(*NOT_SLACK, prepare=slack_failing("auth.test", answer))
        for name, answer in FOR_SLACK.items()
    },
    "Flashduty for Slack": wrong(*NOT_SLACK, SLACK_API_URL="{flashduty}/api/"),
    "an empty answer about a channel": for_one_method(
        "✘ channel C0PAYMENTS", "conversations.info", Fault.says('{"ok": true}'), slack_channels="C0PAYMENTS"
    ),
    "an empty answer about people": for_one_method(
        "✘ responder U0BOB", "users.info", Fault.says('{"ok": true, "user": 7}'), responders="U0BOB"
    ),
    "an empty answer about groups": for_one_method(
        "✘ responder S0RESPOND", "usergroups.list", Fault.says('{"ok": true}'), responders="S0RESPOND"
    ),
    "a page for one method only": for_one_method(
        "✘ channel C0PAYMENTS", "conversations.info", Fault.html(200), slack_channels="C0PAYMENTS"
    ),
    "nobody at Slack's address": wrong("cannot be reached from this machine", SLACK_API_URL="http://127.0.0.1:9/api/"),
}

A_START = {
    **{
        f"a start with {name} for Slack": wrong(
            *CANNOT_START, command="run", prepare=slack_failing("auth.test", FOR_SLACK[name])
        )
        for name in ENDS_A_START
    },
    "a start with another service for Slack": wrong(*CANNOT_START, command="run", SLACK_API_URL="{flashduty}/api/"),
}

FLASHDUTY = {
    **{
        f"{name} for Flashduty": wrong(*NOT_FLASHDUTY, prepare=failing("/member/info", answer))
        for name, answer in FOR_FLASHDUTY.items()
    },
    "Slack for Flashduty": wrong(*NOT_FLASHDUTY, FLASHDUTY_API_URL="{slack}"),
    "nobody at Flashduty's address": wrong("✘ APP key", "FLASHDUTY_API_URL", FLASHDUTY_API_URL="http://127.0.0.1:9"),
    "half an answer of Flashduty": wrong("✘ APP key", prepare=failing("/member/info", Fault.half_body())),
}
