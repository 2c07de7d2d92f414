"""Help, and words that are no command."""

import pytest

ROWS = [f"open:{name}" for name in ("incidents", "ack", "comment", "oncall", "me", "digest")]


def controls(message):
    for block in message["blocks"]:
        for one in (block.get("accessory"), *block.get("elements", ())):
            if one and one.get("type") == "button":
                yield one["action_id"], one["text"]["text"]


async def test_help__has_a_button_for_each_row(quay):
    message = await quay.types("/flashduty")
    assert [action for action, _ in controls(message)] == ROWS
    assert message["text"].startswith("*Flashduty for team payments.* Press a button, or type `/flashduty`")
    assert message["text"].count("\n") == 8


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        ("open:incidents", "14 open, 10 unacknowledged"),
        ("open:oncall", "On call now"),
        ("open:ack", "Team *payments*"),
        ("open:me", "Alice Chen"),
        ("open:digest", "payments"),
    ],
)
async def test_a_button_of_help__does_what_its_row_says(quay, action, shown):
    message = await quay.types("/flashduty help")
    before = quay.sees()
    await quay.presses(message, action)
    assert shown in quay.sees()[len(before)]


async def test_an_unknown_word__has_the_nearest_command_and_help__and_no_menu(quay):
    message = await quay.types("/flashduty comit")
    assert message["text"] == "There is no command “comit”. Did you mean `comment`?"
    assert list(controls(message)) == [("open:nearest", "Add comment"), ("open:help", "Help")]
    await quay.presses(message, "open:help")
    assert quay.sees()[-1].startswith("*Flashduty for team payments.*")


async def test_a_word_like_none__has_help_alone(quay):
    message = await quay.types("/flashduty zzzz")
    assert message["text"] == "There is no command “zzzz”."
    assert list(controls(message)) == [("open:help", "Help")]


async def test_a_word_like_help__has_its_button_once(quay):
    message = await quay.types("/flashduty hlep")
    assert message["text"] == "There is no command “hlep”. Did you mean `help`?"
    assert list(controls(message)) == [("open:help", "Help")]
