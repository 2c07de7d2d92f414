"""Handlers read incidents only through functions that check the team's scope, and change them only by commands."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
READS = {"incident", "list_incidents", "read_incidents"}
WRITES = {"acknowledge", "unacknowledge", "comment", "snooze", "resolve", "reopen", "assign"}
CLIENTS = ("flashduty", "client", "briefly()", "flashduty_for_names()", "flashduty_for_wording()", "writing()")
# Where operations of the client on incidents are called; `check` asks for one page, in the scope of the team.
OWNERS = ("bot/incidents/", "bot/cli/check/permissions.py", "bot/cli/check/custom_actions.py")


def uses(path, names):
    """The attributes of these names that a module takes from a client, called or not."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr in names:
            owner = ast.unparse(node.value)
            if owner.endswith(CLIENTS) or ".until(" in owner:
                yield f"{owner}.{node.attr}"


def users(names, *folders):
    modules = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): found for path in modules if (found := list(uses(path, names)))}


def test_handlers__read_and_change_no_incident_by_the_client():
    assert users(READS | WRITES, "handlers") == {}


def test_incidents__are_read_and_changed_in_their_own_folder_alone():
    assert [module for module in users(READS | WRITES, "bot") if not module.startswith(OWNERS)] == []


def test_the_rule__finds_what_it_forbids(tmp_path):
    module = tmp_path / "handler.py"
    module.write_text(
        "async def show(request):\n    return await request.flashduty.until(3.0).incident(request.incident)\n"
    )
    assert list(uses(module, READS)) == ["request.flashduty.until(3.0).incident"]
    module.write_text("def write(request):\n    return request.flashduty_for_names().acknowledge\n")
    assert list(uses(module, WRITES)) == ["request.flashduty_for_names().acknowledge"]
