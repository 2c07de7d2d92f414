"""The first 100 characters of what is posted are the notification: what happened, to what, and what is wanted."""

import re

import pytest

from tests.bot.every_surface import SURFACES

FIRST_WORDS = {
    "on-call-in-public": "On call now\n📟 *Payments primary*: *Alice Chen*, until (12:00)\nNext: *Bob Müller*, from",
    "on-call-week-many": "On call Tue 24 Nov – Mon 30 Nov\nTue 24. Payments primary: Alice Chen → 20:00 Bob Müller",
    "taken-over": "🤝 Bob Müller covers Payments primary from (12:00) (said at (08:00)).",
    "taken-over-by-another": (
        "🤝 Bob Müller covers Payments primary from (08:00) (said at (08:00)).\n⚠️ Flashduty still pages"
    ),
    "taken-over-instead": "🤝 Bob Müller covers Payments primary from (12:00) instead of ",
    "shift-notice": "📟 Payments primary: Alice Chen → *Bob Müller*, until (16:00)",
    "shift-reminder": "⏰ *Your Payments primary shift starts (09:00)*, until (16:00)\n",
    "shift-reminder-begun": "📟 *Your Payments primary shift started (09:00)*, until (16:00)\n",
    "schedules-unread": "⚠️ *Flashduty did not return the schedules of team payments.* No handoff notices for now;",
    "schedules-read-again": "✅ Flashduty returns the schedules of team payments again.",
    "group-proposal": "*Keep @payments-oncall in sync with on-call?* Nothing has been changed yet.\nSchedules: ",
    "group-decided": "✅ *@payments-oncall is synced with on-call.* Approved by Alice Chen, ",
    "group-decided-trouble": "⚠️ *Approved by Alice Chen, but the group could not be changed*: @payments-oncall, ",
    "group-not-sure": "*Approved by Alice Chen; the group will be changed within minutes*: @payments-oncall, ",
    "group-declined": "*@payments-oncall is not synced with on-call.* Decided by Alice Chen, ",
    "group-trouble": "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\nThe Slack app",
    "group-lacks": "⚠️ *@payments-oncall lacks people who are on call*: ",
    "group-over": "✅ @payments-oncall is in sync with on-call again.",
    "topic-trouble": "⚠️ *The topic of this channel does not show who is on call for team payments.*\nThe rest",
    "topic-over": "✅ The topic of this channel shows who is on call for team payments again.",
}


@pytest.mark.parametrize("name", FIRST_WORDS)
def test_the_first_words__say_what_happened_to_what(name):
    words = FIRST_WORDS[name]
    assert len(words) <= 100
    assert _read(SURFACES[name].text).startswith(words)


def _read(text):
    """The text as a notification shows it, times by their time of day."""
    return re.sub(r"<!date\^[^|]*\|[^>]*?(\d\d:\d\d) UTC>", r"(\1)", text)
