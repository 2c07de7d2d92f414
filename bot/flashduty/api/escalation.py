"""Escalation rules: the call beside its operation and the type of its response."""

from typing import Final

from bot.flashduty.calls import ApiCaller
from bot.flashduty.envelope import Envelope
from bot.flashduty.models.escalation import EscalationRule, EscalationRules
from bot.flashduty.operation import Kind, Operation
from bot.flashduty.responses import Expected

ESCALATION_RULES: Final = Operation(
    "/channel/escalate/rule/list",
    Kind.READ,
    "/en/api-reference/on-call/channels/channel-escalate-rule-list",
    permission="Channels Read",
)

RULES: Final = Expected(Envelope[EscalationRules], EscalationRules.empty)


class EscalationApi(ApiCaller):
    """The calls about escalation rules."""

    async def escalation_rules(self, flashduty_channel_id: int) -> tuple[EscalationRule, ...]:
        """Read the rules of a Flashduty channel.

        Needs the permission Channels Read. Source: /en/api-reference/on-call/channels/channel-escalate-rule-list.
        """
        return (await self._call(ESCALATION_RULES, {"channel_id": flashduty_channel_id}, RULES)).items
