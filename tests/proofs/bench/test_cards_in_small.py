"""The lines of the benchmark about cards, each in a form so small that it measures nothing but proves that it works."""

from tests.proofs.bench import cards_at_rest, incident_storm, living

SMALL = living.Scale(live=(1, 4), samples=2, seconds=2.0, in_progress=4, known=40, settles=4.0)


async def test_living_cards_in_small__every_hint_ends_in_an_edit_in_both_arms():
    flat, slowest, sustained, memory = await living.measured(SMALL)
    assert flat.measured.count(" s with ") == len(SMALL.live)
    assert slowest.met is None
    assert "(0 over" not in sustained.measured
    assert "over 0 a second" not in sustained.measured
    assert "nan" not in memory.measured


def test_cards_at_rest_in_small__write_nothing_but_their_lease_and_when_they_were_read():
    counts = cards_at_rest.counted(3, before=90.0, seconds=120.0)
    assert set(counts.written) == {"leases", "sync_states"}
    assert set(counts.calls) <= {"/incident/list", "/incident/feed", "/channel/escalate/rule/list", "/person/infos"}
    assert counts.calls["/incident/list"]


async def test_a_storm_in_small__loses_nothing():
    found = await incident_storm.outcome(30, 3.0)
    assert found.cards + found.placed == 30
    assert found.messages < 30
