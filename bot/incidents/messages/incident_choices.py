"""The entries of the select that searches incidents."""

from typing import Final

from bot.flashduty import Incident, Severity
from bot.messages.audience import Audience
from bot.messages.forms import Choice
from bot.messages.language import N_
from bot.messages.text import clipped, one_line, verbatim

# The value of the list entry that says that the list could not be read; it is no incident.
NO_INCIDENT: Final = "?"
# Severities in places without markup.
SEVERITY_LABELS: Final = {
    Severity.CRITICAL: N_("Critical"),
    Severity.WARNING: N_("Warning"),
    Severity.INFO: N_("Info"),
    Severity.OK: N_("Ok"),
    Severity.UNKNOWN: N_("Severity not known"),
}


def incident_choice(to: Audience, incident: Incident) -> Choice:
    """Return the list entry of an incident."""
    title = one_line(incident.title) or to.label("untitled")
    return Choice(
        verbatim(f"#{incident.num} · {to.translated_label(SEVERITY_LABELS[incident.severity])} · {title}"), incident.id
    )


def number_choice(to: Audience, number: str) -> Choice:
    """Return the list entry of a typed number that is not in the list."""
    return Choice(
        to.label("#{number} (not in the list of open incidents)", number=clipped(number, 40)), clipped(number, 40)
    )


def unchecked_number_choice(to: Audience, number: str) -> Choice:
    """Return the list entry of a typed number while the list cannot be read."""
    return Choice(
        to.label("#{number} (open incidents could not be read)", number=clipped(number, 40)), clipped(number, 40)
    )


def list_unread(to: Audience) -> Choice:
    """Return the list entry that says that the list could not be read."""
    return Choice(to.label("Open incidents could not be read. Type a number, such as 0E83EE."), NO_INCIDENT)
