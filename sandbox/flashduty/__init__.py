"""A pretend Flashduty: its Open API on loopback, strict and full of life."""

from sandbox.flashduty.account import Account
from sandbox.flashduty.calls import Call
from sandbox.flashduty.fill import harbor_account
from sandbox.flashduty.keys import AppKey
from sandbox.flashduty.rate_limit import RateLimit
from sandbox.flashduty.server import PretendFlashduty
from sandbox.flashduty.standalone import standalone

__all__ = ["Account", "AppKey", "Call", "PretendFlashduty", "RateLimit", "harbor_account", "standalone"]
