"""Any life of incidents, with faults on every side: after quiet each open incident has one card or one place."""

import random
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from harbor import BOB, PAYMENTS, replica_of
from living import SETTING, Later, cards, cards_at

from sandbox.faults import Fault

STEPS = 40
STATES = {"Triggered": "*Unacknowledged*", "Processing": "*Acknowledged*", "Closed": "*Closed*"}
PEOPLE = ("Alice Chen", "Bob Müller", "Carol Diaz")
IN_SLACK = {7001: "<@U0ALICE>", 7002: "<@U0BOB>", 7004: "<@U0CAROL>"}


class Life:
    """Random things that happen, and what must be true afterwards."""

    def __init__(self, place, chance, later):
        self.place, self.chance, self.later = place, chance, later
        self.console = place.flashduty.console
        self.raised, self.bots = [], [place.bot]
        self.deleted = set()

    def record(self, incident):
        return self.place.flashduty.account.incidents[incident]

    def some(self, *states):
        found = [one for one in self.raised if self.record(one)["progress"] in states]
        return self.chance.choice(found) if found else None

    def begin(self):
        if len(self.raised) < 8:
            number = len(self.raised)
            severity = self.chance.choice(("Critical", "Warning", "Info"))
            alerts = self.chance.choice((1, 1, 7))
            record = self.place.flashduty.raise_incident(
                title=f"Host {number} is gone", severity=severity, flashduty_channel=5001, alerts=alerts
            )
            self.raised.append(record["incident_id"])

    def acknowledge(self):
        if one := self.some("Triggered"):
            self.console.acknowledge(one, by=self.chance.choice(PEOPLE))

    def close(self):
        if one := self.some("Triggered", "Processing"):
            self.console.close(one, by=self.chance.choice(PEOPLE), resolution="Rolled back.")

    def reopen(self):
        if one := self.some("Closed"):
            self.console.reopen(one)

    def severity(self):
        if one := self.some("Triggered", "Processing"):
            self.console.severity(one, severity=self.chance.choice(("Critical", "Warning", "Info")))

    def add(self):
        if one := self.some("Triggered", "Processing"):
            self.console.add_responders(one, to=[self.chance.choice(PEOPLE)], by=self.chance.choice(PEOPLE))

    def reassign(self):
        if one := self.some("Triggered", "Processing"):
            self.console.reassign(one, to=self.chance.sample(PEOPLE, 2), by=self.chance.choice(PEOPLE))

    def comment(self):
        if one := self.some("Triggered", "Processing"):
            self.console.comment(one, text="Looking at it.")

    def slack_fails(self):
        method = self.chance.choice(("chat.update", "chat.postMessage"))
        fault = self.chance.choice(
            (Fault.rate_limited(1), Fault.lost_answer(), Fault.reset(), Fault.error("fatal_error"))
        )
        self.place.slack.fail(method, fault, 1)

    def flashduty_fails(self):
        path = self.chance.choice(("/incident/list", "/incident/list-by-ids", "/incident/alert/list", "/person/infos"))
        self.place.flashduty.fail(path, self.chance.choice((Fault.reset(), Fault.html(), Fault.half_body())), 1)

    def delete(self):
        found = [one for one in cards(self.place, "Host") if one["text"].split("#")[1][:6] not in self.deleted]
        if found:
            card = self.chance.choice(found)
            self.deleted.add(card["text"].split("#")[1][:6])
            self.place.slack.delete_message(PAYMENTS, card["ts"])

    async def look(self):
        await self.chance.choice(self.bots).cards.look()

    async def step(self):
        act = self.chance.choices(
            (self.begin, self.acknowledge, self.close, self.reopen, self.severity, self.comment,
             self.add, self.reassign, self.slack_fails, self.flashduty_fails, self.delete, self.look),
            weights=(5, 4, 3, 2, 3, 2, 2, 2, 2, 2, 1, 8),
        )[0]  # fmt: skip
        done = act()
        if done is not None:
            await done
        self.place.clock.shift(timedelta(seconds=self.chance.choice((0, 1, 20))))

    async def quiet(self):
        self.place.slack.mend()
        self.place.flashduty.mend()
        for _ in range(4):
            # Past every pause after a failure.
            self.later.ahead += 40
            self.place.clock.shift(timedelta(minutes=16))
            for bot in self.bots:
                await bot.cards.look()
            await self.place.slack.settled(30)

    def places(self):
        """The incidents in the message of a storm, by the storm."""
        path = self.place.settings.database_url.get_secret_value().partition("///")[2]
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT storm, incident_id FROM cards WHERE storm IS NOT NULL").fetchall()
        found = {}
        for storm, incident in rows:
            if incident in self.raised:
                found.setdefault(storm, []).append(incident)
        return found

    def holds(self):
        placed = self.places()
        storms = [one["text"] for one in self.place.shown(BOB) if one["text"].startswith("🌪️ *Incident storm")]
        assert len(storms) == len(placed)
        assert sorted(map(self.counted, placed.values())) == sorted(map(heads, storms))
        for incident in self.raised:
            found = [one for one in cards(self.place, "Host") if f"#{incident[-6:].upper()}" in one["text"]]
            if any(incident in members for members in placed.values()):
                assert found == []
            else:
                self.holds_of_card(incident, found)

    def mentions_hold(self):
        """Nobody is mentioned more often than an incident was assigned to them."""
        said = [one["text"] for one in self.place.slack.seen_by(BOB, PAYMENTS) if one["text"].startswith("📟")]
        for incident in self.raised:
            here = [one for one in said if f"#{incident[-6:].upper()}" in one]
            entries = self.place.flashduty.account.timeline.of(self.record(incident))
            assigned = [one.detail["to"] for one in entries if one.what in {"i_assign", "i_a_rspd"}]
            for person, mention in IN_SLACK.items():
                assert sum(mention in one for one in here) <= sum(person in people for people in assigned), incident

    def counted(self, incidents):
        """What the message of a storm says of its incidents."""
        states = [self.record(one)["progress"] for one in incidents]
        words = (
            ("Triggered", "❗ {} unacknowledged"),
            ("Processing", "👤 {} acknowledged"),
            ("Closed", "✅ {} closed"),
        )
        told = " · ".join(word.format(states.count(state)) for state, word in words if state in states)
        return f"{len(states)} {told}"

    def holds_of_card(self, incident, found):
        record, number = self.record(incident), incident[-6:].upper()
        is_open = record["progress"] != "Closed"
        assert len(found) <= 1, number
        assert found or not is_open or number in self.deleted, number
        for card in found:
            assert STATES[record["progress"]] in card["text"], number
            assert f"*{record['incident_severity']}*" in card["text"].split("\n")[0], number


def heads(text):
    """The number of incidents and their states, of the message of a storm."""
    first, states, *_ = text.split("\n")
    return f"{re.search(r'[0-9]+', first)[0]} {states}"


@pytest.mark.parametrize(("seed", "storm", "lag"), [(0, 100, 0.0), (1, 100, 3.0), (2, 2, 0.0), (3, 2, 3.0)])
async def test_after_quiet__every_open_incident_has_one_card_or_place__equal_to_it(seed, storm, lag):
    later = Later()
    settings = {SETTING + "CARDS_STORM": str(storm), SETTING + "CARDS_MENTION": "thread", "monotonic": later}
    async with cards_at(**settings) as place, replica_of(place, monotonic=later) as other:
        # Flashduty may return a state from before a change, and hands out pages of any size.
        place.flashduty.habits = replace(place.flashduty.habits, lag=lag, page_size=4)
        life = Life(place, random.Random(seed), later)
        life.bots.append(other)
        for _ in range(STEPS):
            await life.step()
        await life.quiet()
        life.holds()
        life.mentions_hold()
