"""Surfaces of the topic of a channel."""

from bot.topic import messages as topic


def surfaces(readers):  # noqa: ARG001 - English alone so far
    """Draw each of them, under its name."""
    return {
        "topic-over": topic.topic_restored("payments"),
        "topic-trouble": topic.topic_problem("no_room", "payments"),
        "topic-trouble-new": topic.topic_problem("something_new", "payments"),
    }
