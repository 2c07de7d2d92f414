"""What was changed about an incident itself: its texts, its severity, its fields. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.cards.messages.quotes import by, quoted
from bot.cards.timeline.told import Cast, Told
from bot.flashduty.models import timeline_details as details
from bot.incidents.messages.status import severity_mark
from bot.messages.audience import Audience
from bot.messages.language import N_, Marked
from bot.messages.text import Mrkdwn, clipped, one_line

FIELD_NAME_LIMIT: Final = 80

# With the person who changed the text, and where Flashduty itself did.
_TEXTS: Final[Mapping[type[details.Detail], tuple[Marked, Marked]]] = {
    details.TitleChanged: (N_("✏️ {who} changed the title."), N_("✏️ The title was changed.")),
    details.DescriptionChanged: (N_("✏️ {who} changed the description."), N_("✏️ The description was changed.")),
    details.ImpactChanged: (N_("✏️ {who} changed the impact."), N_("✏️ The impact was changed.")),
    details.RootCauseChanged: (N_("✏️ {who} changed the root cause."), N_("✏️ The root cause was changed.")),
    details.ResolutionChanged: (N_("✏️ {who} changed the resolution."), N_("✏️ The resolution was changed.")),
}
# The same where the timeline has the new text.
_TEXTS_WITH_WORDS: Final[Mapping[type[details.Detail], tuple[Marked, Marked]]] = {
    details.TitleChanged: (N_("✏️ {who} changed the title to {words}"), N_("✏️ The title is now {words}")),
    details.DescriptionChanged: (
        N_("✏️ {who} changed the description to {words}"),
        N_("✏️ The description is now {words}"),
    ),
    details.ImpactChanged: (N_("✏️ {who} changed the impact to {words}"), N_("✏️ The impact is now {words}")),
    details.RootCauseChanged: (
        N_("✏️ {who} changed the root cause to {words}"),
        N_("✏️ The root cause is now {words}"),
    ),
    details.ResolutionChanged: (
        N_("✏️ {who} changed the resolution to {words}"),
        N_("✏️ The resolution is now {words}"),
    ),
}


def _text(to: Audience, told: Told, cast: Cast, detail: details.TextChanged) -> Mrkdwn:
    who, words = by(to, told, cast), quoted(detail.after)
    active, passive = (_TEXTS_WITH_WORDS if words else _TEXTS)[type(detail)]
    values = {"words": words} if words else {}
    return to.translated(active, who=who, **values) if who else to.translated(passive, **values)


def _severity(to: Audience, told: Told, cast: Cast, detail: details.SeverityChanged) -> Mrkdwn:
    who = by(to, told, cast)
    before, after = severity_mark(to, detail.before), severity_mark(to, detail.after)
    if who:
        return to.say("↕️ {who} changed the severity: {before} → {after}", who=who, before=before, after=after)
    return to.say("↕️ Severity: {before} → {after}", before=before, after=after)


def _field(to: Audience, told: Told, cast: Cast, detail: details.FieldChanged) -> Mrkdwn:
    who = by(to, told, cast)
    name = clipped(one_line(detail.name), FIELD_NAME_LIMIT) or to.label("unnamed")
    value = _value(to, detail)
    if value and who:
        return to.say("✏️ {who} set the field {name} to {value}", who=who, name=name, value=value)
    if value:
        return to.say("✏️ The field {name} is now {value}", name=name, value=value)
    if who:
        return to.say("✏️ {who} cleared the field {name}.", who=who, name=name)
    return to.say("✏️ The field {name} was cleared.", name=name)


def _value(to: Audience, detail: details.FieldChanged) -> Mrkdwn | None:
    if detail.flag is not None:
        return to.say("yes") if detail.flag else to.say("no")
    return quoted(to.label(", ").join(filter(None, map(one_line, detail.texts))))


_Sentence = Callable[[Audience, Told, Cast, Any], Mrkdwn]
CHANGED: Final[Mapping[type[details.Detail], _Sentence]] = {
    **dict.fromkeys(_TEXTS, _text),
    details.SeverityChanged: _severity,
    details.FieldChanged: _field,
}
