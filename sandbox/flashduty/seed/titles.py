"""Titles and descriptions that are hard to display, as monitoring systems send them."""

from typing import Final

RIGHT_TO_LEFT_OVERRIDE: Final = "\u202e"

HOSTILE_TITLE: Final = (
    "<!channel> <!here> <@U0ALICE> <https://evil.example/login|Open the dashboard> *bold* _it_ ~gone~ `rm -rf` "
    "&lt;b&gt; & <!subteam^S0RESPOND>"
)
HOSTILE_DESCRIPTION: Final = (
    "```\nTraceback (most recent call last):\n  <!everyone> \\u0000\n```\n> quoted\n<script>alert(1)</script>"
)
QUOTING_TITLE: Final = "> ```pgbouncer: no more connections allowed (max_client_conn)``` on `db-payments-02`"
REVERSED_TITLE: Final = f"Disk 97 % full on ledger-export-{RIGHT_TO_LEFT_OVERRIDE}gpj.stropxe/rav/ :tnuom"
EMOJI_TITLE: Final = "🔥🔥 Checkout: card authorisations failing, 5xx at 14 % 👩‍👩‍👧‍👦 🇩🇪 📉"

_HOP: Final = "eu-west-1/prod/payments/gateway/card-acquirer-{0}: TLS handshake time-out after 3,000 ms 连接超时; "


def endless_title(length: int = 500) -> str:
    """Return a title of exactly this length, as a rule that joins all labels produces."""
    joined = "Synthetic transaction failed through every hop: " + "".join(_HOP.format(hop) for hop in range(1, 30))
    return joined[: length - 1] + "…"
