"""Actions of people: commands, messages, controls, modals."""

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sandbox.slack.block_kit.mrkdwn import notified
from sandbox.slack.conversation.controls import answer_places, find_control, state_of, used
from sandbox.slack.conversation.linking import escaped, linked
from sandbox.slack.conversation.messages import Content, Message, all_blocks
from sandbox.slack.conversation.views import View
from sandbox.slack.delivery import payloads
from sandbox.slack.delivery.answers import Answers
from sandbox.slack.delivery.deliveries import Deliveries, Delivery, not_delivered
from sandbox.slack.people.forms import fill_in
from sandbox.slack.people.lookup import message_for, person_in, person_of, view_of
from sandbox.slack.workspace import Channel, Person
from sandbox.slack.world import World

# The event subscription and its scope, by kind of conversation.
_HEARD: Final = {
    "im": ("message.im", "im:history"),
    "public": ("message.channels", "channels:history"),
    "private": ("message.groups", "groups:history"),
}
_BY_NAME: Final = ("app_mention", "app_mentions:read")


class Interactions:
    """Turns actions of people into messages and deliveries."""

    def __init__(self, world: World, deliveries: Deliveries) -> None:
        self._world = world
        self._deliveries = deliveries
        self._answers = Answers(world)

    async def command(self, user_id: str, channel_id: str, typed: str, *, thread_ts: str | None = None) -> Delivery:
        """Type a slash command; raises LookupError when the person is not in the channel."""
        person, channel = self._at(user_id, channel_id)
        name, _, text = typed.partition(" ")
        if thread_ts is not None:
            return not_delivered(shown_error=f"{name} is not supported in threads. Sorry!")
        app = self._world.workspace.app
        command = next((one for one in app.commands if one.command == name), None)
        if command is None or "commands" not in app.scopes:
            return not_delivered(shown_error=f"{name} is not a valid command.")
        url = self._world.response_urls.issue(user_id, channel_id)
        payload = payloads.command(
            self._world.workspace,
            person,
            channel=channel,
            name=name,
            text=self._escaped(text.strip()) if command.should_escape else text.strip(),
            response_url=f"{self._world.origin}{url.path}",
            trigger_id=self._world.trigger_ids.issue(user_id),
        )
        delivery = Delivery(
            kind="command", payload=payload, what=typed, user_id=user_id, apply=self._answers.reply_to_command
        )
        return await self._deliveries.deliver(delivery)

    async def say(self, user_id: str, channel_id: str, text: str, *, thread_ts: str | None = None) -> Delivery:
        """Post a message; the bot receives mentions where it is a member, and all direct messages."""
        person, channel = self._at(user_id, channel_id)
        if thread_ts is not None and self._world.messages.public(channel_id, thread_ts) is None:
            raise LookupError(f"there is no thread {thread_ts} in {channel_id}")
        message = self._world.messages.post(
            channel.id, person.id, Content(linked(text)), thread_ts=thread_ts, client_msg_id=str(uuid.uuid4())
        )
        seen = self._world.messages.as_seen(message)
        deliveries = [self._event(one, user_id, is_shared=channel.is_shared) for one in self._heard(channel, message)]
        if not deliveries:
            return not_delivered(message=seen)
        deliveries[0].message = seen
        await asyncio.gather(*(self._deliveries.deliver(one) for one in deliveries))
        return deliveries[0]

    def _escaped(self, text: str) -> str:
        workspace = self._world.workspace
        people = {one.name: one.id for one in workspace.people.values()}
        return escaped(text, people, {one.name: one.id for one in workspace.channels.values()})

    def echo(self, message: Message) -> None:
        """Deliver the bot's own direct message as an event, as Slack does."""
        app = self._world.workspace.app
        channel = self._world.workspace.channels[message.channel]
        if message.author == app.user_id and channel.is_im and not message.is_ephemeral:
            for event in self._heard(channel, message):
                self._deliveries.deliver_soon(self._event(event, "", is_shared=False))

    async def open_home(self, user_id: str, tab: str = "home") -> Delivery:
        """Open the Home tab."""
        workspace = self._world.workspace
        if "app_home_opened" not in workspace.app.events:
            return not_delivered()
        channel, view = workspace.im_with(user_id), self._world.views.home(user_id)
        inner = payloads.home_opened(user_id, channel, tab=tab, ts=self._world.messages.next_ts(), view=view)
        return await self._deliveries.deliver(self._event(inner, user_id, is_shared=False))

    async def press(
        self,
        user_id: str,
        shown: Mapping[str, Any],
        *,
        action_id: str,
        value: str | None,
        selected: object,
        block_id: str | None,
    ) -> Delivery:
        """Use a control of a message or view as it was shown; raises LookupError when it is not available."""
        block, element = find_control(all_blocks(shown), action_id, block_id)
        if str(element["type"]).endswith("external_select"):
            element = {**element, "options": self._offered_to(user_id).get(action_id, [])}
        action = used(block, element, value=value, selected=selected, ts=self._world.messages.next_ts())
        if shown.get("type") in {"modal", "home"}:
            return await self._press_in_view(user_id, str(shown["id"]), action)
        return await self._press_in_message(user_id, str(shown["channel"]), ts=str(shown["ts"]), action=action)

    async def _press_in_message(self, user_id: str, channel_id: str, *, ts: str, action: dict[str, Any]) -> Delivery:
        person = self._person(user_id)
        message = message_for(self._world, user_id, channel_id=channel_id, ts=ts)
        selections = message.selections.setdefault(user_id, {})
        _remember(selections, action)
        url = self._world.response_urls.issue(user_id, channel_id, message)
        payload = {
            **payloads.interaction(
                self._world.workspace, person, kind="block_actions", trigger_id=self._world.trigger_ids.issue(user_id)
            ),
            **payloads.message_press(self._world.workspace, message, f"{self._world.origin}{url.path}"),
            "state": state_of(all_blocks(message.content.as_shown), selections),
            "actions": [action],
        }
        return await self._deliveries.deliver(
            Delivery(kind="block_actions", payload=payload, what=_what(action), user_id=user_id)
        )

    async def _press_in_view(self, user_id: str, view_id: str, action: dict[str, Any]) -> Delivery:
        view = self._view(user_id, view_id)
        _remember(view["state"]["values"], action)
        view["state"] = state_of(view["blocks"], view["state"]["values"])
        trigger_id = self._world.trigger_ids.issue(user_id, view_id)
        payload = {
            **payloads.interaction(
                self._world.workspace, self._person(user_id), kind="block_actions", trigger_id=trigger_id
            ),
            **payloads.view_press(view),
            "actions": [action],
        }
        return await self._deliveries.deliver(
            Delivery(kind="block_actions", payload=payload, what=_what(action), user_id=user_id)
        )

    async def submit(self, user_id: str, view_id: str, values: Mapping[str, Mapping[str, Any]]) -> Delivery:
        """Fill in and submit a modal; raises Incomplete, or LookupError for unknown fields."""
        view = self._view(user_id, view_id)
        fill_in(view, values, self._offered_to(user_id))
        trigger_id = self._world.trigger_ids.issue(user_id, view_id)
        person = self._person(user_id)
        payload = {
            **payloads.interaction(self._world.workspace, person, kind="view_submission", trigger_id=trigger_id),
            "view": dict(view),
            "response_urls": [
                answer_place | {"response_url": self._response_url(user_id, answer_place["channel_id"])}
                for answer_place in answer_places(view)
            ],
        }
        delivery = Delivery(
            kind="view_submission", payload=payload, what=f"submit {view['callback_id']}", user_id=user_id
        )
        delivery.apply = lambda done: self._answers.after_submission(done, user_id, view_id)
        return await self._deliveries.deliver(delivery)

    def _offered_to(self, user_id: str) -> dict[str, list[Any]]:
        """Return the options of external selects for a person, by action."""
        return {action: options for (user, action), options in self._world.offered.items() if user == user_id}

    def _response_url(self, user_id: str, channel_id: str) -> str:
        return f"{self._world.origin}{self._world.response_urls.issue(user_id, channel_id).path}"

    async def close_view(self, user_id: str, view_id: str) -> Delivery:
        """Close a modal; the bot receives view_closed if `notify_on_close`."""
        view = self._view(user_id, view_id)
        clears = bool(view["clear_on_close"])
        self._world.views.close(user_id, view_id, clears=clears)
        if not view["notify_on_close"]:
            return not_delivered()
        payload = payloads.interaction(self._world.workspace, self._person(user_id), kind="view_closed", trigger_id="")
        del payload["trigger_id"]
        payload |= {"view": view, "is_cleared": clears}
        return await self._deliveries.deliver(
            Delivery(kind="view_closed", payload=payload, what=f"close {view['callback_id']}", user_id=user_id)
        )

    def _heard(self, channel: Channel, message: Message) -> list[dict[str, Any]]:
        """Return the events of a message for the bot: app_mention, and message."""
        app = self._world.workspace.app
        if app.user_id not in channel.members:
            return []
        is_named = app.user_id in notified(message.content.text) and not channel.is_im
        subscriptions = {"app_mention": _BY_NAME} if is_named else {}
        subscriptions["message"] = _HEARD[channel.kind]
        root = self._world.messages.public(channel.id, message.thread_ts or "")
        return [
            payloads.message_event(
                self._world.workspace, message, kind=kind, thread_author=root.author if root else None
            )
            for kind, (event, scope) in subscriptions.items()
            if event in app.events and scope in app.scopes
        ]

    def _event(self, inner: Mapping[str, Any], user_id: str, *, is_shared: bool) -> Delivery:
        now = int(self._world.clock.now().timestamp())
        payload = payloads.event(self._world.workspace, inner, at=now, is_shared=is_shared)
        return Delivery(kind="event", payload=payload, what=str(inner["type"]), user_id=user_id)

    def _person(self, user_id: str) -> Person:
        return person_of(self._world, user_id)

    def _at(self, user_id: str, channel_id: str) -> tuple[Person, Channel]:
        return person_in(self._world, user_id, channel_id)

    def _view(self, user_id: str, view_id: str) -> View:
        return view_of(self._world, user_id, view_id)


def _what(action: Mapping[str, Any]) -> str:
    return f"press {action['action_id']}"


def _remember(selections: dict[str, dict[str, Any]], action: Mapping[str, Any]) -> None:
    """Remember a choice; buttons have none."""
    choice = {
        name: value
        for name, value in action.items()
        if name in {"type", "value", "rich_text_value"} or name.startswith("selected_")
    }
    if action["type"] not in {"button", "overflow", "workflow_button"}:
        selections.setdefault(str(action["block_id"]), {})[str(action["action_id"])] = choice
