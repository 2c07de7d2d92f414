from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """What Slack says no with: one word, and details for whoever debugs."""

    def __init__(
        self,
        error: str,
        *messages: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **details: Any,  # noqa: ANN401 - JSON
    ) -> None:
        super().__init__(error)
        self.headers = dict(headers or {})
        self.error = error
        self.status = status
        self.details = details
        self.messages = list(messages)
        self.warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Show it as the Web API does."""
        told: dict[str, Any] = {"ok": False, "error": self.error, **self.details}
        messages = {"messages": [f"[ERROR] {message}" for message in self.messages]} if self.messages else {}
        return with_warnings(told, self.warnings, **messages)


def with_warnings(told: dict[str, Any], warnings: tuple[str, ...], **metadata: list[str]) -> dict[str, Any]:
    """Add what Slack warns of (docs.slack.dev/apis/web-api, "Evaluating warnings") and other metadata to an answer."""
    if warnings:
        told["warning"] = ",".join(warnings)
        metadata["warnings"] = list(warnings)
    return told | ({"response_metadata": {**told.get("response_metadata", {}), **metadata}} if metadata else {})
