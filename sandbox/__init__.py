"""A pretend Slack workspace and a pretend Flashduty on this machine, at least as strict as the real ones."""
