"""views.*: modals and the Home tab (docs.slack.dev/reference/methods/views.open)."""

from typing import Any, Final

from sandbox.slack.block_kit import SurfaceKind, problems
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.method import Arguments, Method, Result, person
from sandbox.slack.world import World


def checked(world: World, view: dict[str, Any], kind: SurfaceKind) -> dict[str, Any]:
    """Validate a view and return it; raises Refusal."""
    found = problems(view, kind)
    if any("view_too_large" in problem for problem in found):
        raise Refusal("view_too_large", *found)
    if found:
        raise Refusal("invalid_arguments", *found)
    if problem := world.uploads.unusable(view["blocks"]):
        raise Refusal("invalid_arguments", problem)
    return view


def _open(world: World, arguments: Arguments) -> Result:
    view = checked(world, arguments["view"], "modal")
    trigger = world.trigger_ids.exchange(arguments["trigger_id"])
    return {"view": world.views.open(trigger.user_id, view)}


def _push(world: World, arguments: Arguments) -> Result:
    view = checked(world, arguments["view"], "modal")
    trigger = world.trigger_ids.exchange(arguments["trigger_id"])
    if trigger.view_id is None or world.views.shown_to(trigger.user_id, trigger.view_id) is None:
        raise Refusal("invalid_arguments", "views.push needs a trigger_id from an open modal")
    return {"view": world.views.push(trigger.user_id, view)}


def _update(world: World, arguments: Arguments) -> Result:
    view_id, external_id = arguments.get("view_id"), arguments.get("external_id")
    if (view_id is None) == (external_id is None):
        raise Refusal("invalid_arguments", "either view_id or external_id")
    view = checked(world, arguments["view"], "view")
    return {
        "view": world.views.update(view, view_id=view_id, external_id=external_id, expected_hash=arguments.get("hash"))
    }


def _publish(world: World, arguments: Arguments) -> Result:
    if not world.workspace.app.has_home:
        raise Refusal("not_enabled")
    view = checked(world, arguments["view"], "home")
    user = person(world, arguments["user_id"])
    return {"view": world.views.publish(user.id, view, expected_hash=arguments.get("hash"))}


VIEW_METHODS: Final = {
    "views.open": Method(_open, {"trigger_id": "text", "view": "object"}, ("trigger_id", "view")),
    "views.push": Method(_push, {"trigger_id": "text", "view": "object"}, ("trigger_id", "view")),
    "views.update": Method(
        _update, {"view": "object", "view_id": "text", "external_id": "text", "hash": "text"}, ("view",)
    ),
    "views.publish": Method(_publish, {"user_id": "text", "view": "object", "hash": "text"}, ("user_id", "view")),
}
