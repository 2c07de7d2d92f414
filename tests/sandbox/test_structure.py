"""How the sandbox hangs together: no circle of imports, between modules or between the folders beside one another."""

from tests.proofs.figures import tree

SOURCES = tree.sources("sandbox")
MODULES = frozenset(SOURCES)
# Each half has its own: calls that were made, refusals, what a field or a block may hold, a way to run alone.
MIRRORED = {"Call", "Refusal", "Check", "Fields", "boolean", "one_of", "text", "standalone"}
# Every program has one.
PROGRAMS = {"main"}


def graph():
    return {module: set(tree.imports(module, parsed, MODULES)) for module, parsed in SOURCES.items()}


def siblings(imports, container):
    """The modules and folders directly in a folder, each with those beside it that it imports."""
    depth = container.count(".") + 2
    beside = {}
    for module, targets in imports.items():
        if module.startswith(f"{container}."):
            name = ".".join(module.split(".")[:depth])
            near = {".".join(one.split(".")[:depth]) for one in targets if one.startswith(f"{container}.")}
            beside.setdefault(name, set()).update(near - {name})
    return beside


def circles(imports):
    """What is left when everything that imports nothing of the rest is taken away, again and again."""
    left = dict(imports)
    while ready := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in ready:
            del left[name]
    return sorted(left)


def test_no_modules_import_one_another__for_types_either():
    assert circles(graph()) == []


def test_no_folders_beside_one_another__import_one_another():
    imports = graph()
    containers = {module.rpartition(".")[0] for module in imports} - {""}
    found = {container: circles(siblings(imports, container)) for container in containers}
    assert {container: left for container, left in found.items() if left} == {}


def test_circles__are_found():
    imports = {"a.x": {"a.y.one"}, "a.y.one": {"a.z"}, "a.y.two": {"a.x"}, "a.z": set()}
    assert circles(imports) == []
    assert circles(siblings(imports, "a")) == ["a.x", "a.y"]
    assert circles({"a.x": {"a.y"}, "a.y": {"a.x"}, "a.z": set()}) == ["a.x", "a.y"]


def test_folders__hold_at_most_fifteen_modules():
    full = {name: count for name, count in tree.folders().items() if name.startswith("sandbox") and count > 15}
    assert full == {}


def test_names__have_one_meaning():
    twice = tree.names_defined_twice("sandbox")
    assert twice.keys() == MIRRORED | PROGRAMS
    halves = {"sandbox.flashduty", "sandbox.slack"}
    assert all({".".join(one.split(".")[:2]) for one in twice[name]} == halves for name in MIRRORED)
    assert all(len(twice[name]) == len(halves) for name in MIRRORED)


def test_modules_and_functions__are_short():
    assert [module for module, parsed in SOURCES.items() if tree.lines_of(parsed) > 300] == []
    functions = [(module, *one) for module, parsed in SOURCES.items() for one in tree.functions(parsed)]
    assert [f"{module}.{name}: {lines}" for module, name, lines in functions if lines > 45] == []
