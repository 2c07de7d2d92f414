"""Every recipe of CONTRIBUTING.md is done in a copy of the tree, and the tests it names pass there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
# What goes along with every change is not counted: tests, words about it, and examples of settings.
BESIDE = re.compile(r"(tests/.*|.*\.md|\.env\.example)")
RECIPE = re.compile(r"^### (?P<name>[^\n]+)\n(?P<body>.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
LIMIT = re.compile(r"At most (?P<files>\d+) files")
BLOCK = re.compile(
    r"^```\w+ (?P<path>\S+)(?: (?P<where>after|instead of) `(?P<line>[^`]+)`)?\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
RUN = re.compile(r"^Run: `(?P<tests>[^`]+)`$", re.MULTILINE)

RECIPES = {found["name"]: found["body"] for found in RECIPE.finditer(TEXT) if LIMIT.search(found["body"])}
LIMITS = {
    "A subcommand": 3,
    "A button": 4,
    "An action on an incident": 5,
    "A call to Flashduty": 2,
    "A setting": 3,
    "A periodic job": 2,
}


def test_recipes__are_those_with_their_limits():
    assert {name: int(LIMIT.search(body)["files"]) for name, body in RECIPES.items()} == LIMITS


def followed(body, tree):
    """Do what a recipe says, in a tree; give the files it touches."""
    touched = set()
    for block in BLOCK.finditer(body):
        path = tree / block["path"]
        touched.add(block["path"])
        if block["where"] is None:
            assert not path.exists(), f"{block['path']} is there already"
            path.write_text(block["code"])
            continue
        text = path.read_text()
        lines = [line for line in text.splitlines(keepends=True) if line.strip() == block["line"]]
        assert len(lines) >= 1, f"{block['path']} has no line {block['line']}"
        kept = lines[0] if block["where"] == "after" else ""
        path.write_text(text.replace(lines[0], kept + block["code"], 1))
    return touched


def copy_of_the_tree(folder):
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")  # noqa: S603 - our own words
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe__followed_to_the_letter__works_and_touches_no_more_files(name, tmp_path):
    tree = copy_of_the_tree(tmp_path)
    touched = followed(RECIPES[name], tree)
    assert len([path for path in touched if not BESIDE.fullmatch(path)]) <= LIMITS[name]
    tests = RUN.search(RECIPES[name])["tests"].split()
    for command in (["-m", "ruff", "check", "."], ["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]):
        run = subprocess.run([sys.executable, *command], cwd=tree, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        assert run.returncode == 0, run.stdout[-3000:]
