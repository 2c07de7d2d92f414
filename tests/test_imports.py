"""What the contracts of import-linter cannot say about imports and sentences."""

import ast

import pytest

from tests.proofs.figures import tree

SOURCES = tree.sources("bot", "handlers")
# Which arguments of a function or method are a sentence.
SENTENCES = {
    "mrkdwn": (0,),
    "counted": (1, 2),
    "N_": (0,),
    "say": (0,),
    "label": (0,),
    "counted_label": (1, 2),
}
# Where sentences are handed on.
HAND_ON = {"bot.messages.text", "bot.messages.language", "bot.messages.audience"}


def is_of_messages(module):
    return any(part == "messages" or part.endswith("_messages") for part in module.split(".")[1:])


def imported(module_tree):
    for node in ast.walk(module_tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_blocks__are_made_in_messages_alone():
    stray = {
        module
        for module, parsed in SOURCES.items()
        if not is_of_messages(module) and any(name.startswith("slack_sdk.models") for name in imported(parsed))
    }
    assert stray == set()


def constants(scope):
    """What is assigned in a scope, by name."""
    found = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def imported_constants(parsed):
    """What is assigned at the top of modules of ours and imported by name."""
    return {
        alias.name: values[alias.name]
        for node in parsed.body
        if isinstance(node, ast.ImportFrom) and node.module in SOURCES
        for values in [constants(ast.Module(SOURCES[node.module].body, []))]
        for alias in node.names
        if alias.name in values
    }


def leaves(node, known):
    """The texts an expression can be: constants, or whatever else it comes down to."""
    match node:
        case ast.Name(id=name) if name in known:
            yield from leaves(known[name], known)
        case ast.Dict(values=values) | ast.BoolOp(values=values) | ast.Tuple(elts=values):
            for value in values:
                yield from leaves(value, known)
        case ast.Subscript(value=value):
            yield from leaves(value, known)
        case ast.IfExp(body=one, orelse=other):
            yield from leaves(one, known)
            yield from leaves(other, known)
        case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[_, *others]):
            for value in (table, *others):
                yield from leaves(value, known)
        case _:
            yield node


def is_literal(node, known):
    """Whether every text that an expression can be stands in the source as it is."""
    return all(isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) for leaf in leaves(node, known))


def called(call):
    """The name of the function or method that is called; empty where it has none."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def sentences(parsed):
    """Every call that takes a sentence, with what is assigned around it."""
    for function in ast.walk(parsed):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            known = imported_constants(parsed) | constants(ast.Module(parsed.body, [])) | constants(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and len(node.args) > max(SENTENCES.get(called(node), (99,))):
                    yield node, known


def not_literal(parsed):
    return [
        f"{node.lineno}: {ast.unparse(node.args[position])}"
        for node, known in sentences(parsed)
        for position in SENTENCES[called(node)]
        if not is_literal(node.args[position], known)
    ]


@pytest.mark.parametrize("module", [name for name in SOURCES if name not in HAND_ON])
def test_sentences__stand_whole_in_the_source(module):
    """A template made from what comes from outside would be filled twice, and nobody could translate it."""
    assert not_literal(SOURCES[module]) == []


@pytest.mark.parametrize(
    "template", ["given", "f'{given}'", "'a' + given", "TABLE.get(given, given)", "'a' if given else given"]
)
def test_a_template_that_is_no_literal__is_found(template):
    parsed = ast.parse(f"TABLE = {{'a': 'b'}}\ndef draw(given):\n    return mrkdwn({template})\n")
    assert not_literal(parsed) == [f"3: {ast.unparse(ast.parse(template).body[0].value)}"]
