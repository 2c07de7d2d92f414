"""The choice of one's language, in its telling states."""

from bot.messages.language import ENGLISH, chinese
from bot.people.language_messages import language_choice


def surfaces(readers):
    """The messages of this feature for these readers."""
    to = readers.alone
    return {
        "language-as-in-slack": language_choice(to, "payments", None),
        "language-chosen": language_choice(to, "payments", chinese()),
        "language-unknown": language_choice(to, "payments", ENGLISH, not_known="Klingon <!here>"),
    }
