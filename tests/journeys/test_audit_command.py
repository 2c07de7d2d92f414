"""`/flashduty audit`: the trail for the people of ADMINS, on screen and as a file, and for nobody else."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from harbor import ALICE, BOB, SEARCH, harbor_at

from bot.__main__ import main
from sandbox.faults import Fault

ADMINS = {"ADMINS": ALICE}
HERE = "D0ALICE"


@pytest.fixture
async def place(tmp_path):
    async with harbor_at(DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", **ADMINS) as place:
        yield place


def raised(place, **given):
    given = {"title": "Card payments fail", "severity": "Critical", "flashduty_channel": 5001, **given}
    return place.flashduty.raise_incident(**given)["incident_id"]


async def acknowledged(place, incident, user=ALICE):
    await place.presses(await place.types("/flashduty incidents", user), f"acknowledge:{incident}", user)


async def asked(place, words, user=ALICE, channel=None):
    message = await place.types(words, user, **({"channel": channel} if channel else {}))
    await place.slack.settled()
    return message["text"]


def files(place):
    """The files that the bot uploaded, as their content, and where to."""
    shared = [call.params for call in place.slack.calls if call.method == "files.completeUploadExternal"]
    uploads = place.slack._world.uploads.held  # noqa: SLF001 - what was uploaded
    return [(one["channel_id"], uploads[one["files"][0]["id"]].content) for one in shared]


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_an_administrator__sees_the_newest_and_gets_all_of_it_as_a_file(place):
    incident = raised(place)
    await acknowledged(place, incident, BOB)
    number = f"#{incident[-6:].upper()}"
    shown = await asked(place, "/flashduty audit")
    assert shown.startswith("*Audit trail of team payments: 1 entry.*")
    assert f"Bob Müller · Acknowledge {number} · done" in shown
    ((channel, content),) = files(place)
    assert channel == HERE
    assert content.startswith("\ufeffat,team,action".encode())
    (row,) = table(content)
    assert (row["person_id"], row["person_name"], row["incident_number"]) == (BOB, "Bob Müller", number)
    assert (row["result"], row["old"], row["new"]) == ("done", "Triggered", "Processing")
    assert any("1 entry as a CSV file" in text for text in place.sees(ALICE, HERE))
    assert not any("Audit trail" in text for text in place.sees(BOB))


async def test_a_period_a_person_and_a_number__narrow_it(place):
    first, second = raised(place), raised(place, title="Ledger is behind")
    await acknowledged(place, first)
    place.clock.shift(timedelta(days=2))
    await acknowledged(place, second, BOB)
    assert ": 2 entries." in await asked(place, "/flashduty audit")
    assert ": 1 entry." in await asked(place, "/flashduty audit 24h")
    assert ": 1 entry." in await asked(place, "/flashduty audit 7d @bob")
    assert ": 1 entry." in await asked(place, f"/flashduty audit <@{BOB}>")
    assert ": 1 entry." in await asked(place, f"/flashduty audit #{first[-6:].upper()} 1w")
    assert ": no entries." in await asked(place, f"/flashduty audit #{first[-6:].upper()} @bob")
    assert ": no entries." in await asked(place, "/flashduty audit team:search", channel=SEARCH)


async def test_in_chinese__the_screen_is_chinese__and_the_file_is_the_same(place):
    await acknowledged(place, raised(place))
    await asked(place, "/flashduty language 中文")
    shown = await asked(place, "/flashduty 审计 7天")
    assert shown.startswith("*团队 payments 的审计记录：1 条。*")
    assert "认领" in shown
    (row,) = table(files(place)[-1][1])
    assert (row["action"], row["result"]) == ("acknowledge", "done")


async def test_anybody_else__is_told_whom_to_ask__and_gets_no_file(place):
    await acknowledged(place, raised(place))
    assert await asked(place, "/flashduty audit", BOB) == (
        f"The audit trail is for the bot's administrators. Ask <@{ALICE}>."
    )
    assert files(place) == []
    async with harbor_at() as nobody:
        assert "`ADMINS`" in await asked(nobody, "/flashduty audit")


async def test_help__names_it_to_administrators_only(place):
    assert "`audit 7d`" in await asked(place, "/flashduty help")
    assert "audit" not in await asked(place, "/flashduty help", BOB)


async def test_a_file_that_slack_does_not_take__is_told_in_its_place(place):
    await acknowledged(place, raised(place))
    place.slack.fail("files.getUploadURLExternal", Fault.error("missing_scope"), times=None)
    assert ": 1 entry." in await asked(place, "/flashduty audit")
    (told,) = [text for text in place.sees(ALICE, HERE) if "audit" in text.lower()]
    assert "could not be sent" in told
    assert "`files:write`" in told


async def test_names_that_are_formulas__are_harmless_in_the_file(place):
    person = place.slack.workspace.people[ALICE]
    person.name = person.real_name = '=HYPERLINK("https://evil.example","x")'
    await acknowledged(place, raised(place))
    await asked(place, "/flashduty audit")
    (row,) = table(files(place)[0][1])
    assert row["person_name"] == """'=HYPERLINK("https://evil.example","x")"""
    assert row["person_id"] == ALICE


async def test_the_command_line__prints_the_same_rows__the_oldest_first(tmp_path, monkeypatch, capsysbinary):
    monkeypatch.chdir(tmp_path)
    async with harbor_at(datetime.now(UTC), DATABASE_URL=f"sqlite:///{tmp_path}/bot.db", **ADMINS) as place:
        first, second = raised(place), raised(place, title="Ledger is behind")
        await asked(place, f"/flashduty ack {first}")
        await asked(place, f"/flashduty ack {second}")
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-made-up-0001",
        "SLACK_APP_TOKEN": "xapp-made-up-0001",
        "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY": "made-up-key-0001",
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }

    capsysbinary.readouterr()

    async def printed(*words):
        code = await asyncio.to_thread(main, ["audit", *words], environ)
        return code, capsysbinary.readouterr()

    code, shown = await printed("--since", "7d", "--team", "payments", "--format", "csv")
    assert code == 0
    assert [row["incident_id"] for row in table(shown.out)] == [first, second]
    code, shown = await printed("--format", "jsonl")
    assert [json.loads(line)["incident_id"] for line in shown.out.splitlines()] == [first, second]
    code, shown = await printed("--team", "nowhere")
    assert (code, shown.out) == (2, b"")
    assert b"There is no team nowhere" in shown.err
    monkeypatch.setitem(environ, "DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    code, shown = await printed()
    assert code == 1
    assert b"another version" in shown.err
    assert not (tmp_path / "other.db").exists()
