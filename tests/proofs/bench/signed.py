"""Signed commands, and a client that costs as little as possible beside what it measures."""

import hashlib
import hmac
import itertools
import socket
import time
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode

SECRET: Final = "pretend-signing-secret-0001"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Command:
    """One `/flashduty help`; no two are the same.

    docs.slack.dev/interactivity/implementing-slash-commands
    """

    body: bytes
    headers: dict[str, str]

    @classmethod
    def new(cls) -> Self:
        """Build and sign it."""
        body = urlencode(_fields(next(_numbers))).encode()
        timestamp = str(int(time.time()))
        signed = f"v0:{timestamp}:".encode() + body
        headers = {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest(),
        }
        return cls(body, headers)

    @property
    def request(self) -> bytes:
        """Write it as an HTTP request."""
        headers = {"Host": "127.0.0.1", "Content-Length": str(len(self.body))} | self.headers
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /slack/events HTTP/1.1\r\n{lines}\r\n".encode() + self.body


def _fields(number: int) -> dict[str, str]:
    return {
        "token": "unused",
        "team_id": "T0HARBOR",
        "team_domain": "harbor",
        "channel_id": "C0PAYMENTS",
        "channel_name": "payments-oncall",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/flashduty",
        "text": "help",
        "api_app_id": "A0FLASHDUTY",
        "is_enterprise_install": "false",
        "response_url": f"http://127.0.0.1:9/commands/T0HARBOR/{number}",
        "trigger_id": f"{number}.0.made-up",
    }


def ask(connection: socket.socket, request: bytes) -> int:
    """Send a request on a connection that stays open, read the whole answer, and give its status."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    missing = _length(head) - len(body)
    while missing > 0:
        missing -= len(_more(connection))
    return int(head.split(b" ", 2)[1])


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the server hung up")
    return received


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
