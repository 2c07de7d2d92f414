"""Attacks on the port from outside: small in `make test`, full with FULL_PROOF=1."""

import os

import pytest

from tests.proofs.bench.processes import child
from tests.proofs.chaos.http_attacks import ATTACKS, Scale, asking
from tests.proofs.chaos.memory import forget_peak, peak_mib, resident_mib

HOST = "127.0.0.1"
MIB = 1024 * 1024
SCALE = Scale() if os.environ.get("FULL_PROOF") == "1" else Scale(size=8 * MIB, crowd=600, seconds=1.5)
MOST_MIB = 16


@pytest.fixture(scope="module")
def server():
    """Guard and Bolt, served as the bot serves them, in a process of its own."""
    with child("tests.proofs.bench.servers", "guarded") as process:
        yield process.process.pid, int(process.first_line())


@pytest.mark.parametrize("name", ATTACKS)
async def test_strangers__whatever_they_send__take_little_memory_and_keep_no_command_from_its_answer(
    server, record_property, name
):
    """Headers without end and connections that never finish a head, before any signature is checked."""
    pid, port = server
    before = resident_mib(pid)
    forget_peak(pid)
    async with asking(HOST, port) as answers:
        outcome = await ATTACKS[name](HOST, port, SCALE)
    grown = peak_mib(pid) - before
    record_property("figures", f"{name}: {grown:+.1f} MiB, {outcome.sent // MIB} MiB sent, commands {dict(answers)}")
    assert set(answers) == {200}
    assert grown <= MOST_MIB
