"""The list of fields of newer operations: names, types and limits, operation by operation."""

import json
from pathlib import Path

# The list has one type for what differs by the type of an entry: old and new text, a severity, people.
_OF_MANY_TYPES = {"to"}
# How the list writes types; an object is a mapping of its own.
_KINDS = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
}


class FieldList:
    """Judges requests and answers by the names and types of the list."""

    def __init__(self, path):
        self.operations = json.loads(Path(path).read_text())

    def fields_of_request(self, path):
        """Give the names of the fields a request may have."""
        return set(self.operations[path]["request"])

    def problems_in_request(self, path, body):
        """Tell which fields the list does not have, and which required ones are missing."""
        fields = self.operations[path]["request"]
        unknown = [f"{name} is not in the list" for name in body if name not in fields]
        missing = [name for name, told in fields.items() if _is_required(told) and name not in body]
        return unknown + [f"{name} is required" for name in missing]

    def problems_in_answer(self, path, data):
        """Tell what of the `data` of an answer is not as the list has it; null stands for what is empty."""
        return list(_problems("data", data, self.operations[path]["response.data"]))


def _is_required(told):
    return "*" in (told[""] if isinstance(told, dict) else told).split(" ")[0]


def _problems(where, value, told):
    if value is None:
        return
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _problems(f"{where}[{index}]", one, told)
        return
    if not isinstance(told, dict):
        yield from _wrong_kind(where, value, told)
        return
    if not isinstance(value, dict):
        yield f"{where} is no object"
        return
    for name, one in value.items():
        if name in _OF_MANY_TYPES:
            continue
        if name not in told:
            yield f"{where}.{name} is not in the list"
        else:
            yield from _problems(f"{where}.{name}", one, told[name])
    yield from (
        f"{where}.{name} is missing" for name in told if name and _is_required(told[name]) and name not in value
    )


def _wrong_kind(where, value, told):
    word = told.split(" ")[0].rstrip("*")
    if word.startswith("array<"):
        word = word.removeprefix("array<").removesuffix(">")
    if word in _KINDS and not _KINDS[word](value):
        yield f"{where} is no {word}"
