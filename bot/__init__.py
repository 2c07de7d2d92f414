"""A Slack bot for teams on call with Flashduty."""

VERSION = "0.1.0"
