"""Surfaces of the topic of a channel."""

from bot.topic import messages as topic

SURFACES = {
    "topic-over": topic.over("payments"),
    "topic-trouble": topic.trouble("no_room", "payments"),
    "topic-trouble-new": topic.trouble("something_new", "payments"),
}
