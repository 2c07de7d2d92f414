"""A catalogue that is missing or damaged costs the translation, and nothing else."""

import shutil

import pytest
import structlog

from bot.messages import language

CATALOGUE = language.LOCALES / "zh_CN" / "LC_MESSAGES" / "bot.mo"


@pytest.fixture
def locales(tmp_path, monkeypatch):
    """A place for catalogues of its own; gives the path of the Chinese one."""
    folder = tmp_path / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    language.chinese.cache_clear()
    yield folder / "bot.mo"
    language.chinese.cache_clear()


@pytest.mark.parametrize(
    "content",
    [None, b"", b"no catalogue at all", CATALOGUE.read_bytes()[:64], CATALOGUE.read_bytes()[:-2000]],
    ids=["missing", "empty", "other", "head", "cut"],
)
def test_chinese__without_its_catalogue__is_said_in_english_and_logged_once(locales, content):
    if content is not None:
        locales.write_bytes(content)
    with structlog.testing.capture_logs() as logged:
        shown = [language.language_of("zh-CN").say("No open incidents") for _ in range(3)]
    assert shown == ["No open incidents"] * 3
    (line,) = logged
    assert (line["event"], line["log_level"], line["language"]) == ("language.catalogue_unusable", "error", "zh-CN")


def test_chinese__with_its_catalogue__is_said_in_chinese(locales):
    shutil.copy(CATALOGUE, locales)
    with structlog.testing.capture_logs() as logged:
        assert language.language_of("zh_TW").label("No open incidents") != "No open incidents"
    assert logged == []
