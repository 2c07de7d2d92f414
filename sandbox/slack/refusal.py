from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """An error response of Slack: one word, and details for debugging."""

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
        """Return the response body of the Web API."""
        body: dict[str, Any] = {"ok": False, "error": self.error, **self.details}
        messages = {"messages": [f"[ERROR] {message}" for message in self.messages]} if self.messages else {}
        return with_warnings(body, self.warnings, **messages)


def with_warnings(body: dict[str, Any], warnings: tuple[str, ...], **metadata: list[str]) -> dict[str, Any]:
    """Add warnings (docs.slack.dev/apis/web-api, "Evaluating warnings") and other metadata to a response."""
    if warnings:
        body["warning"] = ",".join(warnings)
        metadata["warnings"] = list(warnings)
    return body | ({"response_metadata": {**body.get("response_metadata", {}), **metadata}} if metadata else {})
