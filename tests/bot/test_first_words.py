"""The first 100 characters of what is posted are the notification: what happened, to what, and what is wanted."""

import re
from dataclasses import replace

import pytest

from bot.messages.language import chinese
from tests.bot.every_surface import SURFACES, SURFACES_OF, drawn
from tests.bot.samples import ENGLISH_READERS, EVERYBODY

FIRST_WORDS = {
    "admins-archived": ("⚠️ *The digest of team payments for Tue 24 Nov was not posted in <#C0PAYMENTS>.*\n"),
    "admins-removed": ("⚠️ *The weekly report of team payments for Tue 24 Nov was not posted in <#C0PAYMENTS>.*\n"),
    "admins-chart": (
        "⚠️ *The chart of the weekly report of team payments for Tue 24 Nov was not posted in <#C0PAYMENTS>.*"
    ),
    "admins-final": ("⚠️ *The digest of team payments for Tue 24 Nov was not posted in <#C0PAYMENTS>.*\n"),
    "admins-shift": ("⚠️ *A handoff notice of team payments on Tue 24 Nov was not posted in <#C0PAYMENTS>.*\n"),
    "admins-reminder": "⚠️ *A shift reminder of team payments for Tue 24 Nov was not sent.*\n",
    "admins-mention": "⚠️ *A mention for an incident of team payments was not posted on Tue 24 Nov.*\n",
    "admins-nobody": (
        "⚠️ *&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example… of team payments can"
    ),
    "admins-on-call-nobody": (
        "⚠️ *&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example… is on call for team "
    ),
    "admins-on-call-no-address": ("⚠️ *Bob Müller is on call for team payments and cannot act in Slack.*\n"),
    "admins-on-call-not-verified": ("⚠️ *Bob Müller is on call for team payments and cannot act in Slack.*\n"),
    "admins-on-call-no-responder": (
        "⚠️ *&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example… is on call for team "
    ),
    "admins-on-call-soon": (
        "⚠️ *&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example… is soon on call for "
    ),
    "admins-no-channel": "⚠️ *The digest of team payments for Tue 24 Nov was not posted.*\n",
    "admins-somebody": "⚠️ *Somebody is on call for team payments and cannot act in Slack.*\n",
    "admins-other": (
        "⚠️ *A message about a user group of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\n"
    ),
    "admins-never-begun": "⚠️ *Not posted in time:*\n• the digest of team payments for Tue 24 Nov\n",
    "admins-never-begun-many": "⚠️ *Not posted in time:*\n• the digest of team team0 for Tue 24 Nov\n",
    "admins-cured-channel": "✅ *Messages are posted in <#C0PAYMENTS> again.*\n",
    "admins-cured-person": (
        "✅ *&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example… of team payments is r"
    ),
    "admins-cured-on-call": "✅ *Bob Müller of team payments can act in Slack now.*\n",
    "admins-cured-report": "✅ *The weekly report of team payments is posted again.*\n",
    "admins-cured-notices": "✅ *Messages of team payments are posted again.*\n",
    "database-away": "⚠️ *The bot's database has been unavailable since (07:58).*\n",
    "database-away-with-a-digest": "⚠️ *The bot's database has been unavailable since (07:58).*\n",
    "database-away-with-many": "⚠️ *The bot's database has been unavailable since (07:58).*\n",
    "database-back": "✅ *The bot's database is available again.*\n",
    "report": "69 incidents in 7 days (21 critical), 40 the week before\n",
    "report-with-chart": "69 incidents in 7 days (21 critical), 40 the week before\n",
    "report-of-a-quiet-week": "0 incidents in 7 days (0 critical), 40 the week before\n",
    "report-by-hand": "69 incidents in 7 days (21 critical), 40 the week before\n",
    "incidents-public": "2 open, 1 unacknowledged\n",
    "incidents-none-filtered": (
        "No incidents found\nNo critical, open incidents in the last 7 days.\nTeam *payments* · as of (08:00)"
    ),
    "card-closed": "🔴 *Critical* #000006 · CPU usage high on web-06\n",
    "card-chosen-labels": ("🔴 *Critical* #00000D · Checkout: payments fail with 502 on web-01 since the deploy\n"),
    "acknowledged-line": "✅ Alice Chen acknowledged #000001 · CPU usage high on web-01",
    "action-snoozed-line": "💤 Alice Chen snoozed #000015 · CPU usage high on web-21 until (09:00)",
    "action-snoozed-longer-line": "💤 Alice Chen snoozed #000015 · CPU usage high on web-21 until (10:00)",
    "action-acknowledged-and-snoozed-line": (
        "💤 Alice Chen acknowledged #000015 · CPU usage high on web-21 and snoozed it until (09:00)"
    ),
    "action-snoozed-hostile-line": "💤 Alice Chen snoozed #000017 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.ex",
    "action-added-six-responders-line": (
        "➕ Alice Chen added Alice Chen, Bob Müller, Carol Diaz, 王小明, Person 7998, Person 7999 to #000023 · "
    ),
    "action-custom-action-run-line": (
        "⚙️ Alice Chen ran the custom action “Restart” for #000015 · CPU usage high on web-21"
    ),
    "action-custom-action-hostile-line": (
        "⚙️ Alice Chen ran the custom action “&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://e"
    ),
    "action-woken-line": "⏰ Alice Chen ended the snooze of #000015 · CPU usage high on web-21",
    "action-closed-line": "✅ Alice Chen closed #000015 · CPU usage high on web-21",
    "action-closed-hostile-line": "✅ Alice Chen closed #000017 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.exa",
    "action-reopened-line": "🔁 Alice Chen reopened #000015 · CPU usage high on web-21, Flashduty pages again",
    "action-unacknowledged-line": "↩ Alice Chen unacknowledged #000015 · CPU usage high on web-21 – nobody is on it",
    "action-unacknowledged-shared-line": "↩ Alice Chen unacknowledged #000016 · CPU usage high on web-22",
    "action-reassigned-line": "📌 Alice Chen reassigned #00001F · CPU usage high on web-31 to Bob Müller",
    "action-reassigned-from-people-line": "📌 Alice Chen reassigned #00001F · CPU usage high on web-31 to Bob Müller",
    "action-reassigned-hostile-line": (
        "📌 Alice Chen reassigned #000020 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil"
    ),
    "action-reassigned-unread-line": "📌 Alice Chen reassigned #000022 · CPU usage high on web-34 to Person 7999",
    "action-escalated-line": (
        "⬆️ Alice Chen escalated #00001F · CPU usage high on web-31 to level 2: Bob Müller, Carol Diaz"
    ),
    "action-escalated-to-nobody-known-line": ("⬆️ Alice Chen escalated #00001F · CPU usage high on web-31 to level 3"),
    "action-added-responder-line": "➕ Alice Chen added 王小明 to #00001F · CPU usage high on web-31",
    "action-added-responder-with-card-line": "➕ Alice Chen added 王小明 to #00001F · CPU usage high on web-31",
    "undone-line": "↩ Alice Chen unacknowledged #000001 · CPU usage high on web-01 – nobody is on it",
    "digest": ("2 unacknowledged (1 critical) · on call: Alice Chen, 王小明 and 2 others · 1 schedule uncovered\n"),
    "digest-quiet-day": "No open incidents · on call: Alice Chen\n",
    "digest-bad-day": "102 or more unacknowledged (102 critical) · on call: Alice Chen, 王小明\n",
    "digest-hand-over-day": ("1 unacknowledged (1 critical) · on call: Alice Chen, 王小明, Carol Diaz and 1 other\n"),
    "digest-late": "No open incidents · on call: Alice Chen\n",
    "digest-without-analytics": "No open incidents · on call: Alice Chen\n",
    "digest-without-licence": "No open incidents · on call: Alice Chen\n",
    "digest-figures-failed": "No open incidents · on call: Alice Chen\n",
    "digest-40-schedules": "500 unacknowledged (500 critical) · on call: Alice Chen\n",
    "digest-chinese-names": "1 unacknowledged · on call: 王小明\n",
    "digest-acknowledged": "Nothing unacknowledged\n",
    "digest-no-schedules": "1 unacknowledged (1 critical) · on call could not be read\n",
    "digest-no-incidents": (
        "Open incidents could not be read · on call: Alice Chen, 王小明 and 2 others · 1 schedule uncovered\n"
    ),
    "on-call-in-public": ("On call now\n📟 *Payments primary*: *Alice Chen*, until (12:00)\nNext: *Bob Müller*, from"),
    "on-call-many": (
        "On call now\n📟 *Payments primary*: *Alice Chen*, until (12:00)\nNext: *Bob Müller*, from (12:00)\n📟 *Pa"
    ),
    "on-call-week-many": ("On call Tue 24 Nov – Mon 30 Nov\nTue 24. Payments primary: Alice Chen → 20:00 Bob Müller"),
    "group-proposal": ("*Keep @payments-oncall in sync with on-call?* Nothing has been changed yet.\nSchedules: "),
    "group-proposal-unknown": ("*Keep @payments-oncall in sync with on-call?* Nothing has been changed yet.\n"),
    "group-proposal-many": ("*Keep @payments-oncall in sync with on-call?* Nothing has been changed yet.\n"),
    "group-proposal-nobody": ("*Keep @payments-oncall in sync with on-call?* Nothing has been changed yet.\n"),
    "group-decided": "✅ *@payments-oncall is synced with on-call.* Approved by Alice Chen, ",
    "group-decided-trouble": ("⚠️ *Approved by Alice Chen, but the group could not be changed*: @payments-oncall, "),
    "group-declined": "*@payments-oncall is not synced with on-call.* Decided by Alice Chen, ",
    "group-changed-since": (
        "*Nothing was changed: the settings of team payments are different now.* A new proposal follows."
    ),
    "group-not-sure": ("*Approved by Alice Chen; the group will be changed within minutes*: @payments-oncall, "),
    "group-over": "✅ @payments-oncall is in sync with on-call again.",
    "group-trouble-schedules_unread": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\n"
    ),
    "group-trouble-schedule_not_known": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\n"
    ),
    "group-trouble-person_not_told": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\n"
    ),
    "group-trouble-slack_not_told": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\n"
    ),
    "group-trouble-invalid_users": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\n"
    ),
    "group-trouble": (
        "⚠️ *@payments-oncall is not in sync with the on-call schedules of team payments.*\nThe Slack app"
    ),
    "group-trouble-new": (
        "⚠️ *@&lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example|Sign in&gt; :\u2060tada: "
    ),
    "group-lacks": "⚠️ *@payments-oncall lacks people who are on call*: ",
    "topic-over": "✅ The topic of this channel shows who is on call for team payments again.",
    "topic-trouble": ("⚠️ *The topic of this channel does not show who is on call for team payments.*\nThe rest"),
    "taken-over": "🤝 Bob Müller covers Payments primary from (12:00) (said at (08:00)).",
    "taken-over-long-before": "🤝 Bob Müller covers Payments primary from (04:00) (said at (08:00)).",
    "taken-over-instead": "🤝 Bob Müller covers Payments primary from (12:00) instead of ",
    "taken-over-by-another": (
        "🤝 Bob Müller covers Payments primary from (08:00) (said at (08:00)).\n⚠️ Flashduty still pages"
    ),
    "shift-notice": "📟 Payments primary: Alice Chen → *Bob Müller*, until (16:00)",
    "shift-notice-covered": "📟 Payments primary: Alice Chen → *Bob Müller*, until (16:00)\n",
    "shift-notice-hostile": (
        "📟 &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example|Sign in&gt; :\u2060tada:: Al"
    ),
    "shift-notice-many": "📟 Rota 1: Alice Chen → *Bob Müller*, until (16:00)\n",
    "shift-reminder": "⏰ *Your Payments primary shift starts (09:00)*, until (16:00)\n",
    "shift-reminder-begun": "📟 *Your Payments primary shift started (09:00)*, until (16:00)\n",
    "schedules-unread": ("⚠️ *Flashduty did not return the schedules of team payments.* No handoff notices for now;"),
    "schedules-read-again": "✅ Flashduty returns the schedules of team payments again.",
    "admins-card-archived": ("⚠️ *The cards of team payments cannot be posted or updated in <#C0PAYMENTS>.*\n"),
    "admins-card-deleted": ("⚠️ *A card of team payments was deleted in <#C0PAYMENTS>.*\n"),
    "admins-card-final": ("⚠️ *A card of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\n"),
    "admins-card-final-hostile": ("⚠️ *A card of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\n"),
    "admins-card-final-long": ("⚠️ *A card of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\n"),
    "admins-card-final-nameless": ("⚠️ *A card of team payments was not posted in <#C0PAYMENTS> on Tue 24 Nov.*\n"),
    "admins-card-final-unknown": ("⚠️ *A card of team payments was not posted on Tue 24 Nov.*\n"),
    "admins-card-removed": ("⚠️ *The cards of team payments cannot be posted or updated in <#C0PAYMENTS>.*\n"),
    "admins-card-restricted": ("⚠️ *The cards of team payments cannot be posted or updated in <#C0PAYMENTS>.*\n"),
    "admins-card-token": ("⚠️ *The cards of team payments cannot be posted or updated in <#C0PAYMENTS>.*\n"),
    "admins-card-too-late": ("⚠️ *Slack does not let the bot update older cards of team payments in <#C0PAYMENTS>.*\n"),
    "admins-webhooks": ("⚠️ *Webhooks of team payments arrive, but no incident can be found in them.*\n"),
    "living-acknowledged": ("🔴 *Critical* #00000B · CPU usage high on web-11\n👤 *Acknowledged* by Bob Müller\n"),
    "living-grouped": ("🔴 *Critical* #000015 · CPU usage high on web-21\n❗ *Unacknowledged* · paged: Alice Chen\n"),
    "living-hostile": (
        "🔴 *Critical* #000008 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example¦Si"
    ),
    "living-long": "🔴 *Critical* #000009 · 数据库连接池耗尽",
    "living-long-not-refreshed": "🔴 *Critical* #000009 · 数据库连接池耗尽",
    "living-nameless": ("🔴 *Critical* #000001 · CPU usage high on web-01\n❗ *Unacknowledged* · paged: Person 7001\n"),
    "living-next-past": ("🔴 *Critical* #000001 · CPU usage high on web-01\n❗ *Unacknowledged* · paged: Alice Chen\n"),
    "living-next-unknown": (
        "🔴 *Critical* #000001 · CPU usage high on web-01\n❗ *Unacknowledged* · paged: Alice Chen\n"
    ),
    "living-not-refreshed": (
        "🔴 *Critical* #000001 · CPU usage high on web-01\n❗ *Unacknowledged* · paged: Alice Chen\n"
    ),
    "living-recovered": ("🔴 *Critical* #000005 · CPU usage high on web-05\n❗ *Unacknowledged* · alerts recovered\n"),
    "living-said": ("🔴 *Critical* #00000D · Checkout: payments fail with 502 on web-01 since the deploy\n"),
    "living-snoozed": (
        "🔴 *Critical* #000004 · CPU usage high on web-04\n❗ *Unacknowledged* · 💤 snoozed until (10:00), then"
    ),
    "living-strange": ("⬜ *Unknown severity* #000007 · untitled\n❔ *Unknown state*\n"),
    "living-triggered": ("🔴 *Critical* #000001 · CPU usage high on web-01\n❗ *Unacknowledged* · paged: Alice Chen\n"),
    "shrunk-closed": ("🔴 *Critical* #000006 · CPU usage high on web-06\n"),
    "shrunk-root-cause": ("🔴 *Critical* #000016 · CPU usage high on web-22\n✅ *Closed* after "),
    "shrunk-hostile": (
        "🔴 *Critical* #000017 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ ∗bold∗ &lt;https://evil.example¦Si"
    ),
    "shrunk-resolved": ("🔴 *Critical* #000016 · CPU usage high on web-22\n"),
    "mention-hostile": "📟 Assigned to <@U0BOB>: 🔴 *Critical* #000008 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ",
    "mention-many": "📟 Assigned to 20 people: 🔴 *Critical* #000008 · &lt;!channel&gt; &lt;@U0ALICE&gt; ˋrm -rfˋ",
    "mention-three": "📟 Assigned to 3 people: 🔶 *Warning* #000005 · Ledger is behind\n<@U0BOB>, <@U0CAROL>, ",
    "mention-one": "📟 Assigned to <@U0BOB>: 🔴 *Critical* #000001 · CPU usage high on web-01",
    "mention-several": "📟 Assigned to <@U0BOB>, <@U0CAROL>: 🔶 *Warning* #000005 · Ledger is behind",
    "storm-before-cards": (
        "🌪️ *14 incidents were open when cards were switched on*, (08:00)\n❗ 14 unacknowledged\n🔶 *Warning* 14\n"
    ),
    "storm-in-hand": ("🌪️ *Incident storm: 5 new incidents* since (08:00)\n❗ 2 unacknowledged · 👤 3 acknowledged\n"),
    "storm-one-closed": ("🌪️ *Incident storm over: 1 incident*, (08:00) to (08:09)\n✅ 1 closed"),
    "storm-over": ("🌪️ *Incident storm over: 44 incidents*, (08:00) to (08:09)\n❗ 14 unacknowledged · ✅ 30 closed\n"),
    "storm-not-refreshed": (
        "🌪️ *Incident storm: 41 new incidents* since (08:00)\n❗ 41 unacknowledged\n🔴 *Critical* 1 · "
    ),
    "storm-raging": ("🌪️ *Incident storm: 41 new incidents* since (08:00)\n❗ 41 unacknowledged\n🔴 *Critical* 1 · "),
    "storm-strange": ("🌪️ *Incident storm: 1 new incident* since (08:00)\n⬜ *Unknown severity* 1"),
}


# What follows in a thread notifies nobody but who has taken part in it.
_IN_THREAD = re.compile(r".*-thread-[0-9]+|story-.*|past-incident.*")


def test_every_message_that_is_posted__has_its_first_words_here():
    """A channel's are those that change with its language alone; what operators are sent is all of `delivery`."""
    in_chinese = drawn(replace(ENGLISH_READERS, everybody=replace(EVERYBODY, language=chinese())))
    in_channels = {name for name, shown in SURFACES.items() if shown.payload != in_chinese[name].payload}
    posted = {name for name in in_channels | set(SURFACES_OF["delivery"]) if not _IN_THREAD.fullmatch(name)}
    assert posted - set(FIRST_WORDS) == set()
    assert set(FIRST_WORDS) <= set(SURFACES)


@pytest.mark.parametrize("name", FIRST_WORDS)
def test_the_first_words__say_what_happened_to_what(name):
    words = FIRST_WORDS[name]
    assert len(words) <= 100
    assert _read(SURFACES[name].text).startswith(words)


def _read(text):
    """The text as a notification shows it: times by their time of day, links by their text."""
    text = re.sub(r"<!date\^[^|]*\|[^>]*?(\d\d:\d\d) UTC>", r"(\1)", text)
    return re.sub(r"<https://[^|>]*\|([^>]*)>", r"\1", text)
