"""A Slack bot for teams on call with Flashduty."""
