"""The README in two languages: the same structure, the same facts in code, and every link leads somewhere."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = "README.md", "README.zh.md"
NAMES = (ENGLISH, CHINESE)
CODE_BLOCK = re.compile(r"^( *)```\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")
ITEM = re.compile(r"^(?:\*|\d+\.) ", re.MULTILINE)
INLINE = re.compile(r"`[^`\n]+`")
HAN = r"[\u4e00-\u9fff]"
# GitHub scales a picture down; one that is larger costs whoever reads on a phone.
MAX_PICTURE_BYTES = 120_000
# Every clone carries them.
MAX_PICTURES_BYTES = 4_000_000
SURFACES = {"list", "details", "acknowledge", "comment", "on-call", "week", "home", "help", "digest", "report"} | {
    "card",
    "card-acknowledged",
    "card-snoozed",
    "card-closed",
    "more",
    "snooze",
    "close",
    "card-thread",
    "storm",
    "storm-over",
}


@dataclass(frozen=True)
class Section:
    """One heading with all below it, up to the next heading."""

    level: int
    title: str
    text: str


def text_of(name):
    return (ROOT / name).read_text()


def blocks_of(name):
    """Return the code blocks; a remark behind the code is in the language of the README."""
    return [re.sub(r" {2,}# .*$", "", block[2], flags=re.MULTILINE) for block in CODE_BLOCK.finditer(text_of(name))]


def prose_of(name):
    return CODE_BLOCK.sub("", text_of(name))


def sections(name):
    prose = prose_of(name)
    found = list(HEADING.finditer(prose))
    ends = [*(one.start() for one in found[1:]), len(prose)]
    return [
        Section(level=len(one[1]), title=one[2], text=prose[one.end() : end])
        for one, end in zip(found, ends, strict=True)
    ]


def tables(text):
    """Return for each table its number of cells, row by row."""
    runs = re.findall(r"(?:^\|.*\|$\n?)+", text, flags=re.MULTILINE)
    return [[len(re.findall(r"(?<!\\)\|", row)) - 1 for row in run.splitlines()] for run in runs]


def fixed_words(text):
    """Return what code says the same in both languages: settings, scopes, addresses, commands to type in a shell."""
    spans = {span.strip("`") for span in INLINE.findall(text)}
    return {span for span in spans if re.search(r"[A-Z_]{4,}|:|make |\.venv|\.py|--|://", span)}


def anchor(title):
    """Return the name GitHub gives a heading: lower case, dashes for spaces, no other punctuation."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


PAIRS = list(zip(sections(ENGLISH), sections(CHINESE), strict=False))


def test_headings__are_as_many_on_the_same_levels():
    assert [one.level for one in sections(ENGLISH)] == [one.level for one in sections(CHINESE)]


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[english.title for english, _ in PAIRS])
def test_a_section__has_the_same_tables_lists_links_and_words_of_code_in_both(english, chinese):
    assert tables(english.text) == tables(chinese.text)
    assert len(ITEM.findall(english.text)) == len(ITEM.findall(chinese.text))
    assert len(LINK.findall(english.text)) == len(LINK.findall(chinese.text))
    assert fixed_words(english.text) == fixed_words(chinese.text)


def test_code__is_the_same_in_both_but_for_remarks():
    assert blocks_of(ENGLISH) == blocks_of(CHINESE)


def test_pictures__are_of_the_same_surfaces_each_in_the_language_of_its_readme():
    english, chinese = ([path for _, path in PICTURE.findall(text_of(name))] for name in NAMES)
    assert english
    assert [path.replace("-en-", "-zh-") for path in english] == chinese
    assert all("-en-" in path for path in english)


@pytest.mark.parametrize("name", NAMES)
def test_pictures__are_there_small_and_described(name):
    for described, path in PICTURE.findall(text_of(name)):
        assert described, path
        assert (ROOT / path).stat().st_size <= MAX_PICTURE_BYTES, path


def test_pictures__of_each_surface_are_in_each_readme_on_a_phone_and_at_a_desk():
    for name, language in ((ENGLISH, "en"), (CHINESE, "zh")):
        shown = [path for _, path in PICTURE.findall(text_of(name))]
        wanted = {f"docs/images/{one}-{language}-{screen}.png" for one in SURFACES for screen in ("phone", "desk")}
        assert set(shown) == wanted, name
        assert len(shown) == len(wanted), name


def test_pictures__are_all_used_and_few():
    there = sorted((ROOT / "docs" / "images").iterdir())
    shown = {path for name in NAMES for _, path in PICTURE.findall(text_of(name))}
    assert {str(one.relative_to(ROOT)) for one in there} == shown | reviewed()
    assert sum(one.stat().st_size for one in there) <= MAX_PICTURES_BYTES


def reviewed():
    """The pictures that the reading of the Chinese leads to."""
    return {f"docs/{target}" for target in LINK.findall(text_of("docs/zh-review.md"))}


def test_the_reading_of_the_chinese__shows_each_surface():
    shown = {f"docs/images/{one}-zh-{screen}.png" for one in SURFACES for screen in ("phone", "desk")}
    assert shown <= reviewed()
    assert all((ROOT / one).is_file() for one in reviewed())


@pytest.mark.parametrize("name", NAMES)
def test_links__lead_to_a_heading_or_a_file(name):
    anchors = {anchor(one.title) for one in sections(name)}
    for target in LINK.findall(text_of(name)):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif "://" not in target:
            assert (ROOT / target).is_file(), target


def test_each_readme__begins_with_a_link_to_the_other():
    assert f"({CHINESE})" in text_of(ENGLISH).split("\n\n")[1]
    assert f"({ENGLISH})" in text_of(CHINESE).split("\n\n")[1]


def test_chinese__has_full_width_punctuation_and_a_space_beside_latin():
    prose = INLINE.sub("`x`", LINK.sub("", PICTURE.sub("", prose_of(CHINESE))))
    found = re.findall(rf".{{0,12}}(?:{HAN}[,;:!?()]|[,;:!?]{HAN}|{HAN}[A-Za-z0-9`]|[A-Za-z0-9`]{HAN}).{{0,12}}", prose)
    assert found == []
