"""Shortcuts, queries of external selects, and checks by Slack itself."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.elements import offered_options
from sandbox.slack.block_kit.suggestions import suggestion_problems
from sandbox.slack.conversation.controls import find_control
from sandbox.slack.conversation.messages import all_blocks
from sandbox.slack.delivery import payloads
from sandbox.slack.delivery.deliveries import Deliveries, Delivery, not_delivered
from sandbox.slack.people.lookup import message_for, person_of, view_of
from sandbox.slack.world import World

# docs.slack.dev/reference/block-kit/block-elements/select-menu-element: where `min_query_length` is not given.
_FEWEST_TYPED: Final = 3


class Menus:
    """Turns shortcuts, queries and Slack's own checks into deliveries."""

    def __init__(self, world: World, deliveries: Deliveries) -> None:
        self._world = world
        self._deliveries = deliveries
        self._queries = 0
        # The latest answered query, and where it was made, by person and action.
        self._answered: dict[tuple[str, str], int] = {}
        self._asked_in: dict[tuple[str, str], object] = {}

    async def shortcut(self, user_id: str, callback_id: str) -> Delivery:
        """Choose a global shortcut; raises LookupError for one the app does not have."""
        self._check(callback_id, "global")
        payload = self._interaction(user_id, "shortcut") | payloads.shortcut(
            callback_id, self._world.messages.next_ts()
        )
        return await self._deliveries.deliver(
            Delivery(kind="shortcut", payload=payload, what=f"shortcut {callback_id}", user_id=user_id)
        )

    async def message_action(self, user_id: str, callback_id: str, *, channel_id: str, ts: str) -> Delivery:
        """Choose a shortcut in a message's menu; raises LookupError where there is none."""
        self._check(callback_id, "message")
        message = message_for(self._world, user_id, channel_id=channel_id, ts=ts)
        if message.is_ephemeral:
            raise LookupError("a message only one person sees has no shortcuts")
        url = self._world.response_urls.issue(user_id, channel_id, message)
        payload = self._interaction(user_id, "message_action") | payloads.message_action(
            self._world.workspace,
            message,
            callback_id=callback_id,
            ts=self._world.messages.next_ts(),
            response_url=f"{self._world.origin}{url.path}",
        )
        return await self._deliveries.deliver(
            Delivery(kind="message_action", payload=payload, what=f"shortcut {callback_id}", user_id=user_id)
        )

    async def suggest(self, user_id: str, shown: Mapping[str, Any], *, action_id: str, typed: str) -> Delivery:
        """Type into an external select; the delivery's `answer` holds the options.

        There is no query below `min_query_length` characters, and an answer that arrives after the one to a later
        query is discarded. docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
        """
        block, element = find_control(all_blocks(shown), action_id)
        if not element["type"].endswith("external_select"):
            raise LookupError(f"{action_id!r} asks nobody what to offer")
        if len(typed) < element.get("min_query_length", _FEWEST_TYPED):
            return not_delivered()
        where: dict[str, Any]
        if shown.get("type") in {"modal", "home"}:
            where = payloads.view_press(view_of(self._world, user_id, str(shown["id"])))
        else:
            message = message_for(self._world, user_id, channel_id=str(shown["channel"]), ts=str(shown["ts"]))
            where = payloads.message_press(self._world.workspace, message, "")
            del where["response_url"]
        payload = self._interaction(user_id, "block_suggestion") | where
        payload |= payloads.suggestion(element, block.get("block_id"), typed)
        del payload["trigger_id"]
        delivery = Delivery(kind="block_suggestion", payload=payload, what=f"type into {action_id}", user_id=user_id)
        self._queries += 1
        number = self._queries
        origin = (shown.get("id") or shown.get("ts"), element["type"])
        delivery.apply = lambda done: self._offer(done, (user_id, action_id), number, origin=origin)
        return await self._deliveries.deliver(delivery)

    async def verify_url(self) -> Delivery:
        """Verify the Request URL: the app returns the challenge. Over HTTP only."""
        self._check_http()
        challenge = secrets.token_urlsafe(32)
        delivery = Delivery("url_verification", payloads.url_verification(challenge), "url_verification")
        delivery = await self._deliveries.deliver(delivery)
        answer = delivery.answer
        returned = answer.get("challenge") if isinstance(answer, dict) else str(answer).removeprefix("challenge=")
        if returned != challenge:
            delivery.acked = False
            delivery.shown_error = "Your URL didn't respond with the value of the challenge parameter."
        return delivery

    async def check_ssl(self) -> Delivery:
        """Send an unsigned certificate check. Over HTTP only."""
        self._check_http()
        return await self._deliveries.deliver(Delivery("ssl_check", payloads.ssl_check(), "ssl_check"))

    def _offer(self, delivery: Delivery, where: tuple[str, str], number: int, *, origin: tuple[object, str]) -> None:
        """Store the options of an answer, or show an error; answers to older queries are discarded.

        Of a menu that takes several entries what was found by an earlier query stays chosen, so it can be chosen still.
        """
        if number < self._answered.get(where, 0):
            return
        self._answered[where] = number
        if suggestion_problems(delivery.answer):
            delivery.shown_error = "⚠ Options failed to load."
        else:
            found = list(offered_options(delivery.answer))
            is_continued = origin[1].startswith("multi_") and self._asked_in.get(where) == origin
            earlier = [one for one in self._world.offered.get(where, []) if one not in found] if is_continued else []
            self._asked_in[where] = origin
            self._world.offered[where] = [*found, *earlier]

    def _check_http(self) -> None:
        if self._deliveries.url is None:
            raise LookupError("there is no Request URL in Socket Mode")

    def _check(self, callback_id: str, kind: str) -> None:
        app = self._world.workspace.app
        known = {one.callback_id for one in app.shortcuts if one.kind == kind}
        if callback_id not in known or "commands" not in app.scopes:
            raise LookupError(f"the app has no {kind} shortcut {callback_id!r}")

    def _interaction(self, user_id: str, kind: str) -> dict[str, Any]:
        person = person_of(self._world, user_id)
        return payloads.interaction(
            self._world.workspace, person, kind=kind, trigger_id=self._world.trigger_ids.issue(user_id)
        )
