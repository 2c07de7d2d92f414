import pytest

from bot.cli.manifest import manifest
from bot.messages.views import Help, UnknownCommand
from handlers.lookup import read_command
from sandbox.demo_workspace import INITIAL_MESSAGES, LANGUAGES, demo_workspace


@pytest.mark.parametrize("language", LANGUAGES)
def test_app__is_the_one_of_the_manifest_in_that_language(language):
    app = demo_workspace(language).app
    features = manifest("socket", language=language)["features"]
    (described,) = features["slash_commands"]
    (command,) = app.commands
    assert (command.command, command.description, command.usage_hint) == (
        described["command"],
        described["description"],
        described["usage_hint"],
    )
    assert [(one.callback_id, one.kind, one.name) for one in app.shortcuts] == [
        (one["callback_id"], one["type"], one["name"]) for one in features["shortcuts"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_completion__proposes_words_the_bot_understands(language):
    (command,) = demo_workspace(language).app.commands
    for one in command.words:
        view = read_command(one.word)
        assert not isinstance(view, UnknownCommand), one
        assert isinstance(view, Help) == (one == command.words[-1]), one


def test_chinese_demo__begins_as_a_reader_of_chinese_in_the_same_workspace():
    english, chinese = (demo_workspace(language) for language in LANGUAGES)
    first, *_ = chinese.people.values()
    assert first.locale == "zh-CN"
    assert chinese.people.keys() == english.people.keys()
    assert chinese.channels.keys() == english.channels.keys()


def test_initial_messages__are_in_channels_that_their_authors_are_in():
    for language in LANGUAGES:
        workspace = demo_workspace(language)
        for user, channel, _ in INITIAL_MESSAGES[language]:
            assert workspace.is_member(user, channel), (language, user, channel)
