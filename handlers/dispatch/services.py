"""What handlers use besides Flashduty."""

from dataclasses import dataclass, field

from bot.audit.desk import AuditDesk
from bot.audit.key_permissions import ChangePermissions
from bot.audit.trail import AuditTrail
from bot.cards.details.seen import SeenIncidents
from bot.cards.hints import CardHints
from bot.cards.timeline.summary import SummarySources
from bot.digest.gather import DigestDependencies
from bot.digest.job import DigestJob
from bot.handoff.takeovers import Takeovers
from bot.home.present_limits import PresentLimits
from bot.incidents.acknowledgements import Acknowledgements
from bot.incidents.actions.runner import CommandRunner
from bot.incidents.attribution import Attributions
from bot.incidents.commenting.own_comments import OwnComments
from bot.incidents.open_list import OpenIncidentList
from bot.oncall.schedules import ScheduleCache
from bot.people.languages import PersonLanguages
from bot.people.mention_choices import MentionChoices
from bot.report.job import ReportJob
from bot.slack.workspace import Workspace
from bot.storage.cards.cards import CardTable
from bot.storage.people.form_drafts import FormDrafts
from bot.teams.learnt_actions import LearntActions
from bot.usergroups.job import UserGroupSync


@dataclass(frozen=True)
class Services:
    """The services that handlers use besides Flashduty."""

    audit: AuditTrail
    audit_desk: AuditDesk
    key_permissions: ChangePermissions
    acknowledgements: Acknowledgements
    attributions: Attributions
    commands: CommandRunner
    workspace: Workspace
    languages: PersonLanguages
    mention_choices: MentionChoices
    cards: CardTable
    drafts: FormDrafts
    open_incidents: OpenIncidentList
    schedules: ScheduleCache
    digest_dependencies: DigestDependencies
    takeovers: Takeovers
    digests: DigestJob
    reports: ReportJob
    user_groups: UserGroupSync
    present_limits: PresentLimits
    card_hints: CardHints
    summary_sources: SummarySources
    own_comments: OwnComments
    learnt_actions: LearntActions
    seen_incidents: SeenIncidents = field(default_factory=SeenIncidents)
