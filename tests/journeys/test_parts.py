"""A defect in one part of a digest or a report costs that part alone."""

import json
import re
from datetime import timedelta

import pytest
from harbor import CAROL, harbor_at

# Where the defect is, and what people are told is missing; the headlines that must be there all the same.
PARTS = {
    "bot.digest.on_call.on_call": "who is on call",
    "bot.digest.on_call.handoffs": "who is on call",
    "bot.digest.on_call.check_coverage": "coverage of the next 14 days",
    "bot.digest.on_call.take_snapshot": "changes of the schedules",
    "bot.oncall.schedule_changes.Snapshot.as_json": "changes of the schedules",
    "bot.digest.gather.incoming_shifts": "today's handoffs",
    "bot.digest.gather.noise_query": "the noisiest checks",
    "bot.digest.gather.person_ids_to_look_up": "some names",
    "bot.digest.gather.link_profiles": "some names",
    "bot.digest.gather.compare_yesterday": "yesterday's figures",
    "bot.digest.gather.read_open_incidents": "open incidents",
    "bot.digest.messages.digest.schedule_lines": "who is on call",
    "bot.digest.messages.digest.coverage_lines": "coverage of the next 14 days",
    "bot.digest.messages.digest.incident_counts": "open incidents",
    "bot.digest.messages.digest.yesterday_line": "yesterday's figures",
    "bot.digest.messages.digest.handoff_lines": "today's handoffs",
    "bot.digest.messages.digest.noisiest_checks": "the noisiest checks",
}
HEADLINES = {
    "who is on call": "📟",
    "open incidents": "open incidents (last 31 days)",
    "yesterday's figures": "*Yesterday",
}


def written(message):
    """Everything it says; its `text` is cut where a screen reader has had enough."""
    return json.dumps(message["blocks"], ensure_ascii=False)


def break_(monkeypatch, where):
    def broken(*_given, **_named):
        raise OverflowError("an absurd number")

    monkeypatch.setattr(where, broken)


@pytest.mark.parametrize("where", PARTS)
async def test_a_digest_with_a_defect_in_one_part__is_posted_without_it_and_says_so(monkeypatch, capsys, where):
    async with harbor_at() as place:
        break_(monkeypatch, where)
        place.clock.shift(timedelta(minutes=30))
        await place.bot.tick()
        await place.slack.settled()
        (posted,) = [written(one) for one in place.shown(CAROL) if "Digest of team *payments*" in one["text"]]
    missing = PARTS[where]
    left_out = re.search(rf"Left out because of a defect in the bot: {missing} \(([0-9A-F]{{8}})\)", posted)
    assert left_out, posted
    assert left_out[1] in capsys.readouterr().out
    for part, headline in HEADLINES.items():
        assert (headline in posted) == (part != missing), posted


async def test_a_digest_without_a_defect__says_nothing_of_the_kind(quay):
    told = written(await quay.types("/flashduty digest"))
    assert "Left out" not in told
    assert all(headline in told for headline in HEADLINES.values())


async def test_a_digest_asked_for__with_a_defect_in_one_part__is_shown_without_it(quay, monkeypatch):
    break_(monkeypatch, "bot.digest.messages.digest.yesterday_line")
    told = written(await quay.types("/flashduty digest"))
    assert "Left out because of a defect in the bot: yesterday's figures" in told
    assert "📟" in told


@pytest.mark.parametrize(
    ("where", "missing"),
    [
        ("bot.report.messages._day", "the days"),
        ("bot.report.messages._sentences", "the totals"),
        ("bot.report.gather._before", "the week before"),
        ("bot.report.gather._day_from_figures", "the days"),
    ],
)
async def test_a_report_with_a_defect_in_one_part__is_posted_without_it(quay, monkeypatch, where, missing):
    break_(monkeypatch, where)
    told = written(await quay.types("/flashduty digest week"))
    assert "Left out because of a defect in the bot:" in told
    assert missing in told
    assert "Report of team *payments*" in told
    assert ("*Day by day*" in told) == (missing != "the days")
