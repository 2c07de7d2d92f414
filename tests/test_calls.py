"""No call passes more than three arguments by position to a function or class of ours.

ruff's PLR0917 reads definitions; a definition may take five arguments by position while every call names the fourth and
the fifth. This reads the calls.
"""

import ast
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "handlers", "sandbox")
MOST = 3


@dataclass(frozen=True)
class Definition:
    """What can be called: how many parameters it names, and whether `*args` takes the rest."""

    name: str
    named: int
    takes_rest: bool

    def counted(self, call):
        """How many arguments of a call fill a named parameter by position; `*values` may fill all that are left."""
        plain = [one for one in call.args if not isinstance(one, ast.Starred)]
        if self.takes_rest:
            return min(len(plain), self.named)
        return len(plain) if len(plain) == len(call.args) else max(len(plain), self.named)


@dataclass
class Module:
    """What a module defines, and what its imports bind."""

    name: str
    tree: ast.Module
    objects: dict[str, tuple[str, str]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    functions: dict[str, Definition] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)


def of_function(node, *, is_method=False):
    """Describe a function; a method's first parameter is the instance or the class."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    is_static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
    bound = 1 if is_method and not is_static else 0
    return Definition(node.name, len(arguments) - bound, node.args.vararg is not None)


def methods_of(node):
    """The functions in a class's body."""
    return {
        one.name: of_function(one, is_method=True)
        for one in node.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def bind(module, node, names):
    """Note what a `from … import …` binds: a module of ours, something in one, or something from outside."""
    for one in node.names:
        bound, whole = one.asname or one.name, f"{node.module}.{one.name}"
        if (node.module or "").partition(".")[0] not in OURS:
            module.outside.add(bound)
        elif whole in names:
            module.modules[bound] = whole
        else:
            module.objects[bound] = (node.module, one.name)


def read(name, source, names):
    """Read one module; `names` are all modules of ours."""
    module = Module(name, ast.parse(source))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            bind(module, node, names)
        elif isinstance(node, ast.Import):
            for one in node.names:
                module.outside.add((one.asname or one.name).partition(".")[0])
        elif isinstance(node, ast.ClassDef):
            module.classes[node.name] = node
    inside = {id(one) for node in module.classes.values() for one in node.body}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) not in inside:
            module.functions[node.name] = of_function(node)
    return module


class Tree:
    """All modules of ours, and what a call in them calls."""

    def __init__(self, sources):
        self.modules = {name: read(name, source, sources) for name, source in sources.items()}
        classes = [node for module in self.modules.values() for node in module.classes.values()]
        self.methods: dict[str, list[Definition]] = {}
        for node in classes:
            for name, method in methods_of(node).items():
                self.methods.setdefault(name, []).append(method)

    def found(self, module_name, name):
        """The function or class of a name, wherever it was defined."""
        module = self.modules.get(module_name)
        if module is None:
            return None
        if name in module.functions:
            return module.functions[name]
        if name in module.classes:
            return self.constructor(module, module.classes[name])
        return self.found(*module.objects[name]) if name in module.objects else None

    def class_node(self, module_name, name):
        """The class of a name and its module, wherever it was defined."""
        module = self.modules.get(module_name)
        if module is None or name in module.classes:
            return module and (module, module.classes[name])
        return self.class_node(*module.objects[name]) if name in module.objects else None

    def constructor(self, module, node):
        """What calling a class takes: its `__init__`, or the fields of a dataclass or of a named tuple."""
        method = self.method(module, node, "__init__") or self.method(module, node, "__new__")
        if method is not None:
            return Definition(node.name, method.named, method.takes_rest)
        fields = sum(isinstance(one, ast.AnnAssign) for one in node.body)
        return Definition(node.name, fields, takes_rest=False)

    def method(self, module, node, name):
        """A method of a class, or of one of ours that it is made from."""
        if (own := methods_of(node).get(name)) is not None:
            return own
        for base in node.bases:
            above = self.class_node(module.name, base.id) if isinstance(base, ast.Name) else None
            if above is not None and (inherited := self.method(*above, name)) is not None:
                return inherited
        return None

    def called(self, module, call, within):
        """What a call may call: exactly, where the name says so, or every method of ours of that name."""
        function = call.func
        if isinstance(function, ast.Name):
            if function.id == "cls" and within is not None:
                return [self.constructor(module, within)]
            return [one] if (one := self.found(module.name, function.id)) is not None else []
        if not isinstance(function, ast.Attribute):
            return []
        owner = function.value.id if isinstance(function.value, ast.Name) else None
        if owner in module.modules:
            return [one] if (one := self.found(module.modules[owner], function.attr)) is not None else []
        if owner in module.outside:
            return []
        if owner in {"self", "cls"} and within is not None:
            own = self.method(module, within, function.attr)
        else:
            above = self.class_node(module.name, owner) if owner else None
            own = self.method(*above, function.attr) if above else None
        return [own] if own is not None else self.methods.get(function.attr, [])

    def long_calls(self):
        """Every call that passes too many by position: module, line, what is called, how many."""
        for module in self.modules.values():
            yield from self._long_calls(module, module.tree, None)

    def _long_calls(self, module, node, within):
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.ClassDef) else within
            if isinstance(child, ast.Call):
                counts = [one.counted(child) for one in self.called(module, child, within)]
                # Where it may be one of several, only what is too many for each of them.
                if counts and min(counts) > MOST:
                    yield module.name, child.lineno, ast.unparse(child.func), min(counts)
            yield from self._long_calls(module, child, inner)


def our_sources():
    """Every module of the three packages with its text."""
    sources = {}
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            sources[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text()
    return sources


def test_calls__pass_at_most_three_arguments_by_position():
    found = [f"{module}:{line} {name}() gets {count}" for module, line, name, count in Tree(our_sources()).long_calls()]
    assert not found, "\n".join(found)


LIBRARY = """
from dataclasses import dataclass
class Plain:
    def __init__(self, a, b, c, d): ...
    def method(self, a, b, c, d): ...
    @classmethod
    def of(cls, *parts): ...
@dataclass
class Value:
    a: int
    b: int
    c: int
    d: int
class Heir(Plain): ...
def function(a, b, c, d=0): ...
def loose(a, *rest): ...
def short(a, b, c): ...
"""


@pytest.mark.parametrize(
    "call",
    [
        "function(1, 2, 3, 4)",
        "again(1, 2, 3, 4)",
        "exported(1, 2, 3, 4)",
        "library.function(1, 2, 3, 4)",
        "Plain(1, 2, 3, 4)",
        "Heir(1, 2, 3, 4)",
        "Value(1, 2, 3, 4)",
        "Value(*many)",
        "function(*many)",
        "somebody.method(1, 2, 3, 4)",
        "Plain.method(somebody, 1, 2, 3, 4)",
        "own(1, 2, 3, 4)",
    ],
)
def test_the_check__finds_a_call_with_four(call):
    source = f"def own(a, b, c, d): ...\nfrom bot.library import {IMPORTED}\nfrom bot import library\n"
    source += f"from bot.library import function as again\nfrom bot.shop import exported\n{call}\n"
    tree = Tree({"bot.library": LIBRARY, "bot.shop": "from bot.library import function as exported", "bot.m": source})
    assert [(module, name) for module, _, name, _ in tree.long_calls()] == [("bot.m", call.partition("(")[0])]


IMPORTED = "Plain, Heir, Value, function, loose, short"


@pytest.mark.parametrize(
    "call",
    [
        "function(1, 2, 3, d=4)",
        "loose(1, 2, 3, 4, 5)",
        "short(*many)",
        "Plain.of(1, 2, 3, 4)",
        "print(1, 2, 3, 4)",
        "outside.method(1, 2, 3, 4)",
        "somebody.nothing_of_ours(1, 2, 3, 4)",
    ],
)
def test_the_check__lets_other_calls_be(call):
    source = f"import outside\nfrom bot.library import {IMPORTED}\n{call}\n"
    assert not list(Tree({"bot.library": LIBRARY, "bot.m": source}).long_calls())


def test_the_check__finds_a_call_inside_a_class():
    source = "class One:\n    def a(self, a, b, c, d): ...\n    def b(self):\n        self.a(1, 2, 3, 4)\n"
    source += "    @classmethod\n    def c(cls):\n        cls.a(1, 2, 3, 4)\n"
    source += "class Two:\n    a: int\n    b: int\n    @classmethod\n    def of(cls):\n        return cls(1, 2, 3, 4)\n"
    found = [name for _, _, name, _ in Tree({"bot.m": source}).long_calls()]
    assert found == ["self.a", "cls.a", "cls"]
