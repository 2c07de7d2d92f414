"""Lookup of people, channels, messages and views; raises LookupError with a sentence."""

from sandbox.slack.conversation.messages import Message
from sandbox.slack.conversation.views import View
from sandbox.slack.workspace import Channel, Person
from sandbox.slack.world import World


def person_of(world: World, user_id: str) -> Person:
    """Find a person."""
    person = world.workspace.people.get(user_id)
    if person is None:
        raise LookupError(f"nobody here is {user_id}")
    return person


def person_in(world: World, user_id: str, channel_id: str) -> tuple[Person, Channel]:
    """Find a person and a channel in which they can write."""
    person = person_of(world, user_id)
    channel = world.workspace.channels.get(channel_id)
    if channel is None or user_id not in channel.members or channel.is_archived:
        raise LookupError(f"{user_id} cannot write in {channel_id}")
    return person, channel


def message_for(world: World, user_id: str, *, channel_id: str, ts: str) -> Message:
    """Find a message that a person sees."""
    person_in(world, user_id, channel_id)
    message = world.messages.find(channel_id, ts)
    if message is None or message.audience not in {None, user_id}:
        raise LookupError(f"{user_id} sees no message {ts} in {channel_id}")
    return message


def view_of(world: World, user_id: str, view_id: str) -> View:
    """Find a view that a person has open."""
    view = world.views.shown_to(user_id, view_id)
    if view is None:
        raise LookupError(f"{user_id} has no view {view_id} open")
    return view
