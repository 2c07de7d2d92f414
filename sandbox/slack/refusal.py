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

    def as_json(self) -> dict[str, Any]:
        """Show it as the Web API does."""
        told: dict[str, Any] = {"ok": False, "error": self.error, **self.details}
        if self.messages:
            told["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return told
