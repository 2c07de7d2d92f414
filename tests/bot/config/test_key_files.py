"""Keys that come from files: which of them follow their files, and what is said about it."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.config.key_files import KeyFiles
from bot.config.settings import Settings
from bot.runtime.redaction import HIDDEN

KEY = "FLASHDUTY_TEAMS__PAYMENTS__APP_KEY"
FIRST, SECOND = "first-made-up-key-0001", "second-made-up-key-0002"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-made-up-0001", "SLACK_APP_TOKEN": "xapp-made-up-0001"}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "secrets" / KEY
    path.parent.mkdir()
    path.write_text(f"{FIRST}\n")
    return path


@pytest.fixture
def settings(file):
    return Settings.load(SLACK, None, file.parent)


@pytest.fixture
def keys(settings):
    return KeyFiles(settings)


def in_use(keys, team="payments"):
    return keys.app_key(team).value.get_secret_value()


async def logged_by(keys):
    with capture_logs() as lines:
        await keys.reread()
    return lines


async def test_a_file__that_is_written_anew__gives_its_new_key_and_one_line_that_does_not_say_which(keys, file):
    file.write_text(f"\ufeff{SECOND}\n")
    assert await logged_by(keys) == [{"event": "keys.reread", "changed": 1, "log_level": "info"}]
    assert in_use(keys) == SECOND
    assert await logged_by(keys) == []


async def test_a_file__that_another_one_takes_the_place_of__is_found_by_its_name(keys, file, tmp_path):
    (tmp_path / "new").write_text(SECOND)
    (tmp_path / "new").replace(file)
    await keys.reread()
    assert in_use(keys) == SECOND


async def test_a_file__in_a_mount_of_kubernetes__is_followed_when_its_links_are_swapped(tmp_path):
    for version, value in (("..2026_01_01", FIRST), ("..2026_01_02", SECOND)):
        (tmp_path / version).mkdir()
        (tmp_path / version / KEY).write_text(value)
    (tmp_path / "..data").symlink_to("..2026_01_01")
    (tmp_path / KEY).symlink_to(Path("..data") / KEY)
    keys = KeyFiles(Settings.load(SLACK, None, tmp_path))
    assert in_use(keys) == FIRST
    (tmp_path / "..new").symlink_to("..2026_01_02")
    (tmp_path / "..new").replace(tmp_path / "..data")
    await keys.reread()
    assert in_use(keys) == SECOND


async def test_a_file__named_by_a_setting__is_followed_too(tmp_path):
    named = tmp_path / "elsewhere"
    named.write_text(FIRST)
    keys = KeyFiles(Settings.load(SLACK | {f"{KEY}_FILE": str(named)}, None, None))
    named.write_text(SECOND)
    await keys.reread()
    assert in_use(keys) == SECOND


async def test_a_key__of_the_environment_or_of_env__stays_whatever_the_files_hold(tmp_path, file):
    env_file = tmp_path / ".env"
    env_file.write_text(f"{KEY}={FIRST}\n")
    for environ, dotenv in ((SLACK | {KEY: FIRST}, None), (SLACK, env_file)):
        keys = KeyFiles(Settings.load(environ, dotenv, file.parent))
        file.write_text(SECOND)
        assert await logged_by(keys) == []
        assert in_use(keys) == FIRST


async def test_a_key__after_an_empty_file__follows_the_file_that_it_came_from(tmp_path, file):
    (tmp_path / "empty").touch()
    keys = KeyFiles(Settings.load(SLACK | {f"{KEY}_FILE": str(tmp_path / "empty")}, None, file.parent))
    file.write_text(SECOND)
    await keys.reread()
    assert in_use(keys) == SECOND


BROKEN = {
    "gone": (lambda file: file.unlink(), "cannot be read (No such file or directory)"),
    "a directory": (lambda file: (file.unlink(), file.mkdir()), "cannot be read (Is a directory)"),
    "empty": (lambda file: file.write_text("\n"), "is empty"),
    "no text": (lambda file: file.write_bytes(b"\xff\xfe\x00"), "is not text"),
    "too large": (lambda file: file.write_bytes(b"k" * 70_000), "is too large to hold a setting"),
    "a token": (
        lambda file: file.write_text("xoxb-made-up-0002"),
        "is a bot token (it belongs in SLACK_BOT_TOKEN), not a Flashduty APP key",
    ),
    "half of one": (
        lambda file: file.write_text("sec"),
        "is too short to be a Flashduty APP key; was it copied whole?",
    ),
    "a placeholder": (
        lambda file: file.write_text("<the new key>"),
        "still holds a placeholder, which nobody has filled in",
    ),
}


@pytest.mark.parametrize(("breaks", "why"), BROKEN.values(), ids=BROKEN)
async def test_a_file__that_holds_no_key__keeps_the_old_one_and_is_warned_of_once(keys, file, breaks, why):
    breaks(file)
    (line,) = await logged_by(keys)
    assert (line["event"], line["log_level"]) == ("keys.file_unusable", "warning")
    assert (line["setting"], line["why"]) == (KEY, why)
    assert in_use(keys) == FIRST
    assert await logged_by(keys) == []


async def test_a_file__that_was_broken__is_used_once_it_holds_a_key_and_warned_of_again_after_that(keys, file):
    file.write_text("")
    assert [line["event"] for line in await logged_by(keys)] == ["keys.file_unusable"]
    file.write_text(SECOND)
    assert [line["event"] for line in await logged_by(keys)] == ["keys.reread"]
    assert in_use(keys) == SECOND
    file.write_text("")
    assert [line["event"] for line in await logged_by(keys)] == ["keys.file_unusable"]


async def test_a_broken_file__of_one_team__holds_up_no_other(file):
    other = file.with_name("FLASHDUTY_TEAMS__SEARCH__APP_KEY")
    other.write_text("made-up-key-of-search")
    keys = KeyFiles(Settings.load(SLACK, None, file.parent))
    file.unlink()
    other.write_text(SECOND)
    await keys.reread()
    assert (in_use(keys), in_use(keys, "search")) == (FIRST, SECOND)


async def test_secrets_of_webhooks__follow_their_file_and_are_hidden(file):
    secrets = file.with_name("FLASHDUTY_TEAMS__PAYMENTS__WEBHOOK_SECRET")
    secrets.write_text("first-webhook-secret")
    settings = Settings.load(SLACK, None, file.parent)
    keys = KeyFiles(settings)
    secrets.write_text("first-webhook-secret,second-webhook-secret")
    await keys.reread()
    in_use = [one.get_secret_value() for one in keys.webhook_secrets("payments").value]
    assert in_use == ["first-webhook-secret", "second-webhook-secret"]
    assert settings.redaction("it is second-webhook-secret") == f"it is {HIDDEN}"
    secrets.write_text(",")
    assert [line["why"] for line in await logged_by(keys)] == ["is not usable"]
    assert len(keys.webhook_secrets("payments").value) == 2


async def test_a_new_key__is_hidden_wherever_the_old_one_is(keys, settings, file):
    assert settings.redaction(SECOND) == SECOND
    file.write_text(SECOND)
    await keys.reread()
    for redaction in (settings.redaction, settings.key_redaction):
        assert redaction(f"{FIRST} then {SECOND}") == f"{HIDDEN} then {HIDDEN}"
