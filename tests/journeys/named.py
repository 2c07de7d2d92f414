"""What the channel says of incidents and of who did what, compared with what Flashduty booked and whose it was."""

import re
from collections import Counter

from booked import OWNER
from harbor import BOB, PAYMENTS
from pressing import NAMES

IN_FLASHDUTY = {7001: "Alice Chen", 7002: "Bob Müller", 7003: "王小明", 7004: "Carol Diaz", OWNER: "Dana Okoye"}
STATES = {"Triggered": "*Unacknowledged*", "Processing": "*Acknowledged*", "Closed": "*Closed*"}
DID = {
    "acknowledged": "acknowledge",
    "unacknowledged": "unacknowledge",
    "snoozed": "snooze",
    "cancelled the snooze": "wake",
    "ended the snooze": "wake",
    "closed": "close",
    "reopened": "reopen",
    "reassigned": "assign",
    "escalated": "assign",
    "assigned": "assign",
    "added": "add_responder",
    "ran the custom action": "custom_action",
}
WHO_DID = re.compile(rf"({'|'.join(IN_FLASHDUTY.values())}) ({'|'.join(DID)})\b")
ENTRIES = {
    "i_ack": "acknowledge",
    "i_unack": "unacknowledge",
    "i_snooze": "snooze",
    "i_wake": "wake",
    "i_rslv": "close",
    "i_reopen": "reopen",
    "i_assign": "assign",
    "i_a_rspd": "add_responder",
    "i_custom": "custom_action",
}
NUMBER = re.compile(r"#([0-9A-F]{6})\b")


def channel_is_true(place, incidents, owners):
    """Compare each card with its incident, and each sentence about a person with what they did."""
    account = place.flashduty.account
    records = {one[-6:].upper(): account.incidents[one] for one in incidents}
    by_entry = {id(change.entry): NAMES[who] for change, who in owners.items()}
    entries = [entry for record in records.values() for entry in account.timeline.of(record)]
    public = [one for one in place.slack.seen_by(BOB, PAYMENTS) if not one["ephemeral"]]
    cards = {NUMBER.search(one["text"])[1]: one for one in public if is_card(one)}
    for number, record in records.items():
        assert number in cards or record["progress"] == "Closed", number
        if number in cards:
            card_is_equal(cards[number]["text"], record, made_by(record, account, by_entry), place.clock.now())
    threads_are_true(public, cards, entries, by_entry)
    lines_are_true(public, owners)


def is_card(message):
    return bool(re.match(r"(🔴|🔶|🔹) \*[A-Z][a-z]+\* <", message["text"])) and not is_reply(message)


def is_reply(message):
    return message.get("thread_ts") not in {None, message["ts"]}


def name_of(entry, by_entry):
    return by_entry.get(id(entry)) or IN_FLASHDUTY.get(entry.person_id, "")


def made_by(record, account, by_entry):
    """Whoever did each thing last to an incident in the name of the owner of the key."""
    made = [one for one in account.timeline.of(record) if one.person_id == OWNER]
    return {one.what: name_of(one, by_entry) for one in made}


def card_is_equal(text, record, last, now):
    """Compare a card with what Flashduty has, drawn here by hand."""
    title, state, *_ = text.split("\n")
    progress = record["progress"]
    assert title.endswith(f" · {record['title']}>"), text
    assert f" *{record['incident_severity']}* <" in title, text
    assert STATES[progress] in state, (text, progress)
    if progress != "Closed":
        assert ("💤" in state) is (record["snoozed_before"] > now.timestamp()), text
    if progress == "Processing":
        named = state.partition("*Acknowledged* by ")[2].partition(" · ")[0]
        has = [one["person_id"] for one in record["responders"] if one["acknowledged_at"]]
        expected = {last["i_ack"] if one == OWNER else IN_FLASHDUTY[one] for one in has}
        assert {one for one in IN_FLASHDUTY.values() if one in named} == expected, (text, expected)
    if progress == "Closed" and record["closer_id"]:
        closer = last["i_rslv"] if record["closer_id"] == OWNER else IN_FLASHDUTY[record["closer_id"]]
        assert f"by {closer}" in state, (text, closer)


def threads_are_true(public, cards, entries, by_entry):
    """Say of nobody in a thread what they did not do, and nothing more often than they did."""
    roots = {card["ts"]: number for number, card in cards.items()}
    told = Counter(
        (roots[one["thread_ts"]], DID[did], who)
        for one in public
        if is_reply(one) and one["thread_ts"] in roots
        for who, did in WHO_DID.findall(one["text"])
    )
    done = Counter((one.incident_id[-6:].upper(), ENTRIES.get(one.what), name_of(one, by_entry)) for one in entries)
    assert told <= done, ("told in a thread, and not done", told - done)


def lines_are_true(public, owners):
    """Say of nobody in the channel what they did not do there."""
    told = Counter()
    for one in public:
        if not is_card(one) and not is_reply(one) and (numbers := set(NUMBER.findall(one["text"]))):
            told.update((numbers.copy().pop(), DID[did], who) for who, did in WHO_DID.findall(one["text"])[:1])
    done = Counter((change.incident[-6:].upper(), change.deed, NAMES[who]) for change, who in owners.items())
    assert told <= done, ("told in the channel, and not done", told - done)
