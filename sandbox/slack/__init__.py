"""A pretend Slack workspace: Web API, Socket Mode, signed HTTP delivery, response URLs and modals."""

from sandbox.slack.cast import App, Channel, Command, Person, UserGroup, Workspace, harbor
from sandbox.slack.delivery.deliveries import Delivery
from sandbox.slack.journal import Call
from sandbox.slack.people.forms import Incomplete
from sandbox.slack.server import PretendSlack

__all__ = [
    "App",
    "Call",
    "Channel",
    "Command",
    "Delivery",
    "Incomplete",
    "Person",
    "PretendSlack",
    "UserGroup",
    "Workspace",
    "harbor",
]
