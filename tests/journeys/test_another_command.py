"""A bot whose slash command has another name: COMMAND=/oncall."""

import ast
import re
from pathlib import Path

import pytest
from harbor import ALICE, CAROL, PAYMENTS, harbor_at

from sandbox.slack.workspace import Command

ROOT = Path(__file__).parents[2]


def named_oncall(slack):
    slack.workspace.app.commands = (Command("/oncall", "", ""), Command("/flashduty", "", ""))


@pytest.fixture(params=["socket", "http"])
async def place(request):
    socket_mode = request.param == "socket"
    async with harbor_at(socket_mode=socket_mode, prepare=named_oncall, COMMAND="/oncall") as found:
        yield found


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("incident", "for example `/oncall incident 0E83EE`"),
        ("oncall at:yesterday", "Try `/oncall oncall at:+6h`"),
        ("", "type `/oncall` with these words"),
    ],
)
async def test_every_hint__names_the_command_as_it_is_typed_there(place, words, told):
    message = await place.types(f"/oncall {words}".strip(), CAROL)
    assert told in message["text"]
    assert "/flashduty" not in message["text"]


async def test_the_usual_name__is_another_command_there(place):
    message = await place.types("/flashduty help")
    assert message["text"].startswith("This bot answers /oncall, not /flashduty.")


async def test_the_digest__names_the_command_as_it_is_typed_there(place):
    await place.bot.tick()
    await place.slack.command(ALICE, PAYMENTS, "/oncall digest post")
    await place.slack.settled()
    shown = "\n".join(message["text"] for message in place.slack.seen_by(ALICE, PAYMENTS))
    assert "Today's digest is in" in shown
    assert "/flashduty" not in shown


def _without_names(words):
    """Leave out what has the same beginning: the bot's own names, and the path of Flashduty's webhooks."""
    return re.sub(r"/flashduty(-bot|_bot|/webhook)", "", words)


def test_no_sentence_of_ours__has_the_name_of_the_command_in_it():
    """The default of the setting is the only literal; docstrings may say how something is usually asked for."""
    found = []
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]):
        tree = ast.parse(path.read_text())
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
            if "/flashduty" in _without_names(node.value)
        ]
    assert [place.partition(":")[0] for place in found] == ["bot/config/slash_command.py"], found
