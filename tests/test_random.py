"""Random tests: the same under `make test` every time; in CI they look further and print what repeats a failure."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FAILING = """
from hypothesis import given, strategies as st

@given(st.lists(st.integers()))
def test_drawn(drawn):
    print("drew", drawn)
    assert sum(drawn) < 10**6

def test_by_chance(seed):
    assert seed is None
"""


@pytest.fixture
def run(tmp_path):
    """Run two tests that fail, with our own conftest, and give what is printed."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_failing.py").write_text(FAILING)

    def printed(**given):
        environment = {name: value for name, value in os.environ.items() if name not in {"CI", "SEED"}} | given
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(tmp_path)]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stdout

    return printed


def drawn(printed):
    return re.findall(r"drew .*", printed)


def test_random_tests__draw_the_same_twice__under_make_test(run):
    """A first run of the tests must not fail by chance."""
    first, second = run(), run()
    assert drawn(first) == drawn(second)
    assert "SEED=1\n" in first
    assert "@reproduce_failure(" in first


def test_random_tests__draw_anew_and_print_what_repeats_them__in_ci(run):
    """In CI they explore, and a failure has to be repeatable."""
    first, second = run(CI="true"), run(CI="true")
    assert drawn(first) != drawn(second)
    assert "@reproduce_failure(" in first
    assert re.search(r"SEED=\d+", first)


def test_a_printed_seed__repeats_a_test_by_chance(run):
    assert "SEED=4711\n" in run(SEED="4711")
