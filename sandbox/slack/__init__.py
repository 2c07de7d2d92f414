"""A pretend Slack workspace: Web API, Socket Mode, signed HTTP delivery, response URLs and modals."""

from sandbox.slack.delivery.deliveries import Delivery
from sandbox.slack.harbor import harbor
from sandbox.slack.journal import Call
from sandbox.slack.people.forms import Incomplete
from sandbox.slack.server import PretendSlack
from sandbox.slack.workspace import App, Channel, Command, Person, UserGroup, Workspace

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
