"""The three packages as syntax trees, and what is counted in them."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("bot", "handlers", "sandbox")
# What every module may have of its own: its logger, and what Alembic looks for in a revision.
NOT_NAMES = frozenset({"log", "revision", "down_revision", "upgrade", "downgrade", "branch_labels", "depends_on"})
TYPE_VARIABLE = re.compile(r"[A-Z](_co|_contra)?|[A-Z][a-z]*_(co|contra)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*packages: str) -> dict[str, ast.Module]:
    """Parse every module of the packages; the keys are dotted names."""
    return {
        _dotted(path): ast.parse(path.read_text())
        for package in packages or PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def path_of(module: str) -> Path:
    """Find a module's file."""
    plain = ROOT.joinpath(*module.split("."))
    return plain / "__init__.py" if plain.is_dir() else plain.with_suffix(".py")


def lines_of(tree: ast.Module) -> int:
    """Count the lines up to the end of the last statement."""
    return (tree.body[-1].end_lineno or 0) if tree.body else 0


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give each function's name and its lines, from the definition to the last, its docstring left out."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1 - _docstring_lines(node)


def folders() -> dict[str, int]:
    """Count the modules of each folder, its `__init__` left out."""
    counts: dict[str, int] = defaultdict(int)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            counts[path.parent.relative_to(ROOT).as_posix()] += path.name != "__init__.py"
    return counts


def names_defined_twice(*packages: str) -> dict[str, list[str]]:
    """Find public names that stand at the top of two modules of one package."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module, tree in sources(*packages).items():
        for name in _top_names(tree):
            homes[name].append(module)
    return {name: modules for name, modules in sorted(homes.items()) if len(modules) > 1}


def imports(module: str, tree: ast.Module, known: frozenset[str]) -> Iterator[str]:
    """Give the modules of ours that a module imports when it is itself imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found = name if name in known else str(node.module)
                if found != module:
                    yield found


def cycles() -> list[list[str]]:
    """Find the circles of imports: sets of modules each of which reaches every other."""
    trees = sources()
    known = frozenset(trees)
    graph = {module: sorted(set(imports(module, tree, known))) for module, tree in trees.items()}
    return [sorted(group) for group in _components(graph) if len(group) > 1]


def broad_excepts() -> list[str]:
    """Find the places that catch everything and do not raise it again."""
    return [
        f"{module}:{node.lineno}"
        for module, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise)
        if node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type))
    ]


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _docstring_lines(node: Function) -> int:
    first = node.body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring and len(node.body) > 1 else 0


def _top_names(tree: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | Function):
            found.add(node.name)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {
        name
        for name in found
        if not name.startswith("_") and name not in NOT_NAMES and not TYPE_VARIABLE.fullmatch(name)
    }


def _components(graph: dict[str, list[str]]) -> Iterator[set[str]]:
    """Give the strongly connected components, by reachability there and back."""
    left = set(graph)
    backwards: dict[str, list[str]] = {module: [] for module in graph}
    for module, targets in graph.items():
        for target in targets:
            backwards[target].append(module)
    while left:
        start = min(left)
        group = (_reached(start, graph) & _reached(start, backwards)) | {start}
        left -= group
        yield group


def _reached(start: str, graph: dict[str, list[str]]) -> set[str]:
    seen, stack = set(), [start]
    while stack:
        for target in graph[stack.pop()]:
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen
