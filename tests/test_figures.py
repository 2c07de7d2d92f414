"""The figures of the three packages stay within what was agreed; `python -m tests.proofs.figures` prints them."""

import ast
import re
from statistics import median, quantiles

from tests.proofs.figures import tree

SOURCES = tree.sources()
LENGTHS = {f"{module}.{name}": lines for module, parsed in SOURCES.items() for name, lines in tree.functions(parsed)}
# One each in the two pretend services, which import nothing from each other; and what starts a process.
TWICE_IN_THE_SANDBOX = {
    "Call",
    "Check",
    "Fields",
    "Refusal",
    "boolean",
    "main",
    "one_of",
    "standalone",
    "text",
}


def test_functions__are_short():
    assert {name: lines for name, lines in LENGTHS.items() if lines > 45} == {}
    assert median(LENGTHS.values()) <= 6
    assert quantiles(LENGTHS.values(), n=10)[-1] <= 16


def test_modules__are_about_one_thing():
    lengths = {module: tree.lines_of(parsed) for module, parsed in SOURCES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > 300} == {}


def test_folders__hold_fifteen_modules_at_most():
    assert {folder: count for folder, count in tree.folders().items() if count > 15} == {}


def test_a_public_name__is_defined_once():
    assert tree.names_defined_twice("bot", "handlers") == {}
    assert tree.names_defined_twice("sandbox").keys() == TWICE_IN_THE_SANDBOX


def test_imports__run_in_no_circle():
    assert tree.cycles() == []


def test_catching_everything__happens_in_three_places_at_most():
    assert len(tree.broad_excepts()) <= 3, tree.broad_excepts()


def events(parsed):
    """The literal events that a module logs."""
    for node in ast.walk(parsed):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "log"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.args[0].value


def test_log_events__are_dotted_names():
    dotted = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
    logged = {event for name, parsed in SOURCES.items() if not name.startswith("sandbox") for event in events(parsed)}
    assert {event for event in logged if not dotted.fullmatch(event)} == set()
    assert len(logged) > 40
