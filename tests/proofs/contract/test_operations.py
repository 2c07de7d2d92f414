"""The operations of the client against the published descriptions: page, permission, limits."""

import importlib
import pkgutil
import re

import pytest
from since_may import ROUTES

from bot.flashduty import Operation, api

OPERATIONS = {
    operation.path: operation
    for module in pkgutil.iter_modules(api.__path__, "bot.flashduty.api.")
    for operation in vars(importlib.import_module(module.name)).values()
    if isinstance(operation, Operation)
}
DOCUMENTED = sorted(OPERATIONS.keys() - ROUTES)


def test_there_are_operations():
    assert {"/incident/assign", "/incident/resolve", "/incident/custom-action/do", "/field/list"} <= OPERATIONS.keys()


@pytest.mark.parametrize("path", DOCUMENTED)
def test_an_operation__names_its_page_and_the_permission_it_needs(document, path):
    told = document.operation(path)["x-mint"]
    assert OPERATIONS[path].page == told["href"]
    named = set(re.findall(r"\*\*([A-Z][\w ]+)\*\*", told["content"].partition("Permissions")[2]))
    assert OPERATIONS[path].permission in (named or {None})


@pytest.mark.parametrize("path", DOCUMENTED)
def test_an_operation__is_paced_as_its_page_says(document, path):
    content = document.operation(path)["x-mint"]["content"]
    per_minute, per_second = (int(one.replace(",", "")) for one in re.findall(r"\*\*([\d,]+) requests?/", content)[:2])
    assert (OPERATIONS[path].per_minute, OPERATIONS[path].per_second) == (per_minute, per_second)


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_an_operation__is_in_the_newer_list(newer, path):
    assert newer.operations[path]["method"] == "POST"
