"""What people see in the scenes is what the recorded transcript says.

`UPDATE_GOLDEN=1` writes the transcripts anew; a person reads the difference, which
`python -m tests.journeys.transcript diff` prints as well.
"""

import difflib
import os

import pytest

from tests.journeys.transcript.__main__ import RECORDED, main
from tests.journeys.transcript.scenes import SCENES

FEWEST_REQUESTS = 200


@pytest.mark.parametrize("name", SCENES)
async def test_what_people_see__is_what_was_recorded(name):
    text, _ = await SCENES[name].record()
    path = RECORDED / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    expected = path.read_text(encoding="utf-8")
    assert [*difflib.unified_diff(expected.splitlines(), text.splitlines(), "recorded", "now", n=2, lineterm="")] == []


async def test_through_http__people_see_the_same():
    text, _ = await SCENES["acknowledging"].over_http().record()
    assert text == (RECORDED / "acknowledging.txt").read_text(encoding="utf-8")


def test_the_transcript__is_of_every_scene_and_of_many_requests():
    recorded = {path.stem: path.read_text(encoding="utf-8") for path in RECORDED.glob("*.txt")}
    assert set(recorded) == set(SCENES)
    asked = [line for text in recorded.values() for line in text.splitlines() if line.startswith("== ")]
    assert sum(" later" not in line and "The bot starts" not in line for line in asked) >= FEWEST_REQUESTS


def test_no_transcript_holds_what_a_control_carries():
    for path in RECORDED.glob("*.txt"):
        assert '"v":1' not in path.read_text(encoding="utf-8")


def test_the_difference_of_two_recordings__is_printed_and_is_an_error(tmp_path, capsys):
    for folder, word in (("old", "acknowledged"), ("new", "Acknowledged")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "scene.txt").write_text(f"You {word} it.\n", encoding="utf-8")
    assert main(["diff", str(tmp_path / "old"), str(tmp_path / "old")]) == 0
    assert main(["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 1
    assert "-You acknowledged it.\n+You Acknowledged it." in capsys.readouterr().out
