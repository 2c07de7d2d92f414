"""The alerts of an incident with their labels: once what all have, at each what it alone has. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from slack_sdk.models.blocks import Block

from bot.cards.messages.story import short_time
from bot.flashduty import Alert, AlertPage
from bot.incidents.messages.card import LABEL_NAME_LIMIT
from bot.incidents.messages.status import LIST_TITLE_LIMIT, severity_mark
from bot.messages.audience import Audience
from bot.messages.blocks import context, section
from bot.messages.literal import named_values, plain_lines
from bot.messages.size import Drawn, Piece, Rows
from bot.messages.text import Mrkdwn, clipped, dotted, lines, mrkdwn, one_line

MAX_LISTED_ALERTS: Final = 10
MAX_COMMON_LABELS: Final = 15
MAX_OWN_LABELS: Final = 6
ALERT_LABEL_LIMIT: Final = 200


def alert_pieces(to: Audience, page: AlertPage) -> Iterator[Piece]:
    """Draw the number of alerts, the labels of all of them, and each with what it has of its own."""
    total = max(page.total, len(page.alerts))
    if not total:
        yield section(lines(to.say("*Alerts*"), to.say("None.")))
        return
    yield section(dotted(to.say("*Alerts*"), _count(to, page, total)))
    common = _common(page.alerts)
    if common:
        yield _labels(to, common)
    # Those that fire first, and of these the worst.
    alerts = sorted(page.alerts, key=lambda one: (not one.is_firing, one.severity.rank))[:MAX_LISTED_ALERTS]
    if alerts:
        yield Rows(len(alerts), lambda count: _listed(to, alerts[:count], common, left_out=total - count))


def _count(to: Audience, page: AlertPage, total: int) -> Mrkdwn:
    if len(page.alerts) < total:
        return to.counted(total, "{count} alert", "{count} alerts")
    firing = sum(one.is_firing for one in page.alerts)
    return to.say("{active} of {count} alerts firing", active=firing, count=total)


def _common(alerts: Sequence[Alert]) -> Mapping[str, str]:
    """Return the labels that every alert has with the same value."""
    first = alerts[0].labels if alerts else {}
    return {name: value for name, value in first.items() if all(one.labels.get(name) == value for one in alerts)}


def _labels(to: Audience, labels: Mapping[str, str]) -> Rows:
    shown = _clipped(labels, MAX_COMMON_LABELS)

    def draw(count: int) -> Drawn:
        more = len(labels) - count
        return Drawn.of(
            named_values(shown[:count], ALERT_LABEL_LIMIT),
            context(to.counted(more, "and {count} more label", "and {count} more labels")) if more else None,
        )

    return Rows(len(shown), draw)


def _clipped(labels: Mapping[str, str], most: int) -> list[tuple[str, str]]:
    return [
        (clipped(one_line(name), LABEL_NAME_LIMIT), plain_lines(value)) for name, value in list(labels.items())[:most]
    ]


def _listed(to: Audience, alerts: Sequence[Alert], common: Mapping[str, str], *, left_out: int) -> Drawn:
    more = to.counted(left_out, "and {count} more alert", "and {count} more alerts") if left_out else None
    return Drawn.of(
        *(block for one in alerts for block in _alert(to, one, common)), context(more) if more is not None else None
    )


def _alert(to: Audience, alert: Alert, common: Mapping[str, str]) -> Iterator[Block]:
    title = clipped(one_line(alert.title), LIST_TITLE_LIMIT) or to.label("untitled")
    yield section(
        lines(mrkdwn("{mark} {title}", mark=severity_mark(to, alert.severity), title=title), _state(to, alert))
    )
    own = {name: value for name, value in alert.labels.items() if name not in common}
    if own:
        yield named_values(_clipped(own, MAX_OWN_LABELS), ALERT_LABEL_LIMIT)
        more = len(own) - MAX_OWN_LABELS
        if more > 0:
            yield context(to.counted(more, "and {count} more label", "and {count} more labels"))


def _state(to: Audience, alert: Alert) -> Mrkdwn:
    if not alert.is_firing:
        at = alert.ended_at
        return to.say("recovered {at}", at=short_time(to, at)) if at is not None else to.say("recovered")
    at = alert.started_at
    return to.say("firing since {at}", at=short_time(to, at)) if at is not None else to.say("firing")
