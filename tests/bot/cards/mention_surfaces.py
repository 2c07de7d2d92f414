"""Surfaces of the mentions of those to whom an incident was just assigned."""

from bot.cards.mentions.model import DirectReason
from bot.cards.messages.mention import mention_directly, mention_line
from tests.bot.recorded import incident
from tests.bot.samples import NASTY, TRIGGERED

WARNING = incident(5, incident_severity="Warning", title="Ledger is behind")


def mention_surfaces(readers):
    """Draw each of them, under its name."""

    def line(shown, *who):
        return mention_line(readers.everybody, shown, who)

    def directly(shown, reason):
        return mention_directly(readers.alone, shown, reason, channel="C0PAYMENTS", team="payments")

    return {
        "mention-one": line(TRIGGERED, "U0BOB"),
        "mention-several": line(WARNING, "U0BOB", "U0CAROL"),
        "mention-three": line(WARNING, "U0BOB", "U0CAROL", "U0PERSON01"),
        "mention-hostile": line(NASTY, "U0BOB"),
        "mention-many": line(NASTY, *(f"U0PERSON{n:02d}" for n in range(40))),
        "mention-directly-not-in-channel": directly(TRIGGERED, DirectReason.NOT_IN_CHANNEL),
        "mention-directly-chosen": directly(WARNING, DirectReason.CHOSEN),
        "mention-directly-team": directly(WARNING, DirectReason.TEAM),
        "mention-directly-hostile": directly(NASTY, DirectReason.NOT_IN_CHANNEL),
    }
