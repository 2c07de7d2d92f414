"""Open modals and Home tabs."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.conversation.messages import with_block_ids
from sandbox.slack.notices import Notices
from sandbox.slack.refusal import Refusal
from sandbox.slack.workspace import Workspace

View = dict[str, Any]

# docs.slack.dev/surfaces/modals: a stack holds at most three views.
_MAX_STACKED: Final = 3
_STORED_FIELDS: Final = (
    "type",
    "title",
    "submit",
    "close",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
)


class Views:
    """A stack of modals per person, and one home per person."""

    def __init__(self, workspace: Workspace, notices: Notices) -> None:
        self._workspace = workspace
        self._notices = notices
        self._stacks: dict[str, list[View]] = defaultdict(list)
        self._homes: dict[str, View] = {}

    def of(self, user_id: str) -> list[View]:
        """Return the open modals of a person, the visible one last."""
        return list(self._stacks[user_id])

    def home(self, user_id: str) -> View | None:
        """Return a person's Home tab."""
        return self._homes.get(user_id)

    def shown_to(self, user_id: str, view_id: str) -> View | None:
        """Find an open view of a person, the home included."""
        home = self._homes.get(user_id)
        held = [*self._stacks[user_id], *([home] if home else [])]
        return next((view for view in held if view["id"] == view_id), None)

    def open(self, user_id: str, given: Mapping[str, Any]) -> View:
        """Open a modal in place of the open ones."""
        view = self._made(given)
        self._stacks[user_id] = [view]
        return self._notified(user_id, view)

    def push(self, user_id: str, given: Mapping[str, Any]) -> View:
        """Push a modal; raises Refusal when three are open."""
        stack = self._stacks[user_id]
        if len(stack) >= _MAX_STACKED:
            raise Refusal("push_limit_reached")
        view = self._made(given)
        if stack:
            view |= {"previous_view_id": stack[-1]["id"], "root_view_id": stack[0]["id"]}
        stack.append(view)
        return self._notified(user_id, view)

    def update(
        self, given: Mapping[str, Any], *, view_id: str | None, external_id: str | None, expected_hash: str | None
    ) -> View:
        """Replace the content of a view; raises Refusal when it is closed or its hash differs."""
        user_id, old = self._find(view_id, external_id)
        if expected_hash is not None and expected_hash != old["hash"]:
            raise Refusal("hash_conflict")
        if given.get("type") != old["type"]:
            raise Refusal("invalid_arguments", "a view keeps its type")
        links = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
        view = self._made(given, replacing=old) | links
        view["state"] = _carried_over(old["state"], view["blocks"])
        self._replace(user_id, old, view)
        return self._notified(user_id, view)

    def _replace(self, user_id: str, old: View, new: View) -> None:
        if old["type"] == "home":
            self._homes[user_id] = new
        else:
            self._stacks[user_id] = [new if view is old else view for view in self._stacks[user_id]]

    def publish(self, user_id: str, given: Mapping[str, Any], *, expected_hash: str | None) -> View:
        """Publish a person's Home tab."""
        old = self._homes.get(user_id)
        if expected_hash is not None and (old is None or expected_hash != old["hash"]):
            raise Refusal("hash_conflict")
        view = self._made(given) | ({"id": old["id"], "root_view_id": old["id"]} if old else {})
        self._homes[user_id] = view
        return self._notified(user_id, view)

    def close(self, user_id: str, view_id: str, *, clears: bool = False) -> None:
        """Close a modal, or with `clears` all of them."""
        left = [] if clears else [view for view in self._stacks[user_id] if view["id"] != view_id]
        self._stacks[user_id] = left
        self._notices.send("view", {"view_id": view_id}, {user_id})

    def _find(self, view_id: str | None, external_id: str | None) -> tuple[str, View]:
        for user_id, stack in self._stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id is not None and view["external_id"] == external_id):
                    return user_id, view
        for user_id, home in self._homes.items():
            if home["id"] == view_id:
                return user_id, home
        raise Refusal("not_found")

    def _made(self, given: Mapping[str, Any], *, replacing: View | None = None) -> View:
        external_id = given.get("external_id")
        others = [view for stack in self._stacks.values() for view in stack if view is not replacing]
        if external_id and any(view["external_id"] == external_id for view in others):
            raise Refusal("duplicate_external_id")
        name = f"V0{secrets.token_hex(4).upper()}"
        app = self._workspace.app
        absent = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        flags = {"clear_on_close": False, "notify_on_close": False}
        return {
            **absent,
            **flags,
            **{field: given[field] for field in _STORED_FIELDS if field in given},
            "id": name,
            "team_id": self._workspace.id,
            "app_installed_team_id": self._workspace.id,
            "app_id": app.id,
            "bot_id": app.bot_id,
            "blocks": with_block_ids(list(given["blocks"])),
            "state": {"values": {}},
            "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
            "root_view_id": name,
            "previous_view_id": None,
        }

    def _notified(self, user_id: str, view: View) -> View:
        self._notices.send("view", {"view_id": view["id"]}, {user_id})
        return view


def _carried_over(state: View, blocks: list[dict[str, Any]]) -> View:
    """Keep the state of inputs with the same block_id and action_id, as Slack does."""
    ids = {block.get("block_id") for block in blocks}
    return {"values": {name: held for name, held in state["values"].items() if name in ids}}
