"""A pretend Flashduty: its Open API on loopback, strict, with a sample account."""

from sandbox.flashduty.model.account import Account
from sandbox.flashduty.seed import harbor_account
from sandbox.flashduty.server import PretendFlashduty
from sandbox.flashduty.standalone import standalone
from sandbox.flashduty.wire.calls import Call
from sandbox.flashduty.wire.keys import AppKey
from sandbox.flashduty.wire.rate_limit import RateLimit

__all__ = ["Account", "AppKey", "Call", "PretendFlashduty", "RateLimit", "harbor_account", "standalone"]
