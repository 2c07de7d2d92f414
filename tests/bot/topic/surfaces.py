"""Surfaces of the topic of a channel."""

from bot.topic import messages as topic


def surfaces(readers):
    """Draw each of them, under its name."""
    return {
        "topic-over": topic.topic_restored(readers.alone, "payments"),
        "topic-trouble": topic.topic_problem(readers.alone, "no_room", "payments"),
        "topic-trouble-out": topic.topic_problem(readers.alone, "not_in_channel", "payments"),
        "topic-trouble-new": topic.topic_problem(readers.alone, "something_new", "payments"),
    }
