"""The routing tables: commands, views, buttons, forms and selects."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.audit.messages import AuditList
from bot.cards.messages.card import LivingCard
from bot.handoff.messages.shift_value import ShiftValue
from bot.incidents import list_view
from bot.incidents.messages.acknowledgement import AnnounceValue, UndoValue
from bot.incidents.messages.actions.typed import TypedAction
from bot.incidents.messages.actions.values import AcknowledgeValue
from bot.incidents.messages.comment_form import COMMENT_FORM, FIND_INCIDENT, TITLE
from bot.messages import Message, views
from bot.messages.audience import Audience
from bot.messages.buttons import (
    ACKNOWLEDGE,
    ANNOUNCE,
    APPROVE_SYNC,
    DECLINE_SYNC,
    PROPOSE_SYNC,
    REFRESH,
    SHARE,
    SHOW_INCIDENT,
    SHOW_PRIVATELY,
    STOP_SYNC,
    TAKE_OVER,
    UNDO,
)
from bot.messages.changes import actions
from bot.messages.help import HelpLine, HelpRow
from bot.messages.language import N_
from bot.messages.views import View, ViewValue
from bot.people.language_messages import LanguageChoice, read_language
from bot.teams.access import Permission
from bot.usergroups.messages import GroupValue
from handlers import (
    audit,
    digest,
    handoff,
    help,  # noqa: A004 - a module
    home,
    language,
    oncall,
    reminder,
    usergroups,
)
from handlers.dispatch.context import Incoming, Request
from handlers.dispatch.retries import press_again, press_on_the_card
from handlers.dispatch.route import (
    Answer,
    ChangeReader,
    Drawing,
    FormRoute,
    GlobalShortcut,
    Handler,
    MessageShortcut,
    OptionsRoute,
    Route,
    Subcommand,
    Visibility,
)
from handlers.incidents import (
    acknowledge,
    all_incidents,
    catch_up,
    comment,
    comment_form,
    living,
    not_yet,
    typed_acknowledgement,
)
from handlers.incidents import listing as incidents
from handlers.incidents.actions import table, typed

VIEW, RESPOND, IN_PLACE, IN_CHANNEL = Permission.VIEW, Permission.RESPOND, Visibility.IN_PLACE, Visibility.IN_CHANNEL


async def draw(request: Request, view: View) -> Answer:
    """Draw a view."""
    return await VIEWS[type(view)].draw(request, view)


async def draw_requested_view(request: Request) -> Answer:
    """Draw the view of typed words or of a control."""
    return await draw(request, request.value_as(ViewValue).view)


async def show_menu(request: Request, _: views.Help) -> Message:
    """Show the menu."""
    return help.draw_menu(request, help_rows())


async def show_unknown(request: Request, view: views.UnknownCommand) -> Message:
    """Suggest the most similar command."""
    return help.draw_unknown(request, view, known=COMMANDS)


def _posting(to: Audience, incoming: Incoming) -> actions.ChangeWords:
    view = incoming.value.view if isinstance(incoming.value, ViewValue) else None
    is_week = isinstance(view, views.PostedDigest) and view.is_week
    return actions.posting_report(to) if is_week else actions.posting_digest(to)


def _covering(to: Audience, incoming: Incoming) -> actions.ChangeWords:
    return actions.taking_over(to, incoming.value.schedule if isinstance(incoming.value, ShiftValue) else "")


def _deciding(to: Audience, incoming: Incoming) -> actions.ChangeWords:
    value = incoming.value
    return actions.answering_proposal(to, (value.handle or value.group) if isinstance(value, GroupValue) else "")


def _of_group(handle: Handler, change: ChangeReader | None = _deciding) -> Route:
    return Route(
        handle=handle, reads=GroupValue, permission=RESPOND, visibility=IN_PLACE, retry=press_again, change=change
    )


COMMANDS: Final[Mapping[str, Subcommand]] = {
    "": Subcommand(reads=lambda _: views.Help()),
    "incidents": Subcommand(
        reads=incidents.read_list,
        global_shortcut=GlobalShortcut(
            N_("Open incidents"),
            N_("What your teams have open, to look at and acknowledge"),
            views.AllOpenIncidents(),
        ),
        aliases=("list", "故障", "故障列表", "列表"),
        help=(HelpLine("incidents", N_("what is open"), "故障", button=N_("Open incidents")),),
    ),
    "incident": Subcommand(
        reads=incidents.read_card,
        aliases=("details", "详情", "故障详情"),
        help=(HelpLine("incident 0E83EE", chinese="详情 0E83EE"),),
    ),
    "ack": Subcommand(
        reads=typed_acknowledgement.read_acknowledgement,
        aliases=("acknowledge", "认领"),
        help=(HelpLine("ack 0E83EE", N_("acknowledge"), "认领 0E83EE", button=N_("Unacknowledged")),),
    ),
    "comment": Subcommand(
        reads=comment.read_comment,
        aliases=("note", "评论", "备注"),
        shortcut=MessageShortcut(N_("Add to incident…"), N_("Add this message to a Flashduty incident as a comment")),
        help=(HelpLine("comment 0E83EE", N_("write to the timeline"), "评论 0E83EE", button=N_("Add comment")),),
    ),
    "catchup": Subcommand(
        reads=catch_up.read_catch_up,
        aliases=("catch", "catch-up", "summary", "进展", "了解进展"),
        help=(HelpLine("catchup 0E83EE", chinese="进展 0E83EE"),),
    ),
    "oncall": Subcommand(
        reads=oncall.read_question,
        aliases=("on-call", "on_call", "值班", "值班表"),
        help=(HelpLine("oncall", N_("now and next"), "值班", button=N_("Who is on call")),),
    ),
    "who": Subcommand(reads=oncall.read_who, aliases=("who's", "谁", "谁在值班", "谁值班")),
    "me": Subcommand(
        reads=lambda _: views.Home(),
        aliases=("我", "我的"),
        help=(HelpLine("me", N_("your shifts and incidents"), "我", button=N_("Your on-call")),),
    ),
    "digest": Subcommand(
        reads=digest.read_digest,
        aliases=("日报",),
        help=(HelpLine("digest", N_("today, for you"), "日报", button=N_("Today's digest")),),
    ),
    "digest post": Subcommand(reads=digest.read_post),
    "digest week": Subcommand(reads=lambda _: views.DigestWeek(), aliases=("周报",)),
    "digest week post": Subcommand(reads=lambda _: views.PostedDigest(is_week=True)),
    "digest post week": Subcommand(reads=lambda _: views.PostedDigest(is_week=True)),
    "language": Subcommand(
        reads=read_language,
        aliases=("lang", "语言"),
        help=(HelpLine("language", N_("the language the bot speaks to you"), "语言"),),
    ),
    "audit": Subcommand(reads=audit.read_audit, aliases=("审计", "操作记录")),
    "help": Subcommand(
        reads=lambda _: views.Help(), aliases=("menu", "?", "帮助", "菜单"), help=(HelpLine("help", chinese="帮助"),)
    ),
    **typed.TYPED_ACTIONS,
    **not_yet.COMMANDS_NOT_YET,
}

VIEWS: Final[Mapping[type[View], Drawing]] = {
    views.Help: Drawing(draw=show_menu, name="menu"),
    views.UnknownCommand: Drawing(draw=show_unknown, is_personal=True),
    list_view.IncidentList: Drawing(draw=incidents.draw_list),
    views.IncidentCard: Drawing(draw=incidents.draw_incident),
    views.CatchUp: Drawing(draw=catch_up.draw_catch_up, name="catch up", is_personal=True),
    LivingCard: Drawing(draw=living.leave_to_leader),
    views.IncidentAcknowledgement: Drawing(
        draw=typed_acknowledgement.draw_acknowledgement,
        permission=RESPOND,
        change=typed_acknowledgement.acknowledgement_change,
        name="ack",
        is_personal=True,
    ),
    TypedAction: typed.TYPED_DRAWING,
    views.NotYet: Drawing(draw=not_yet.draw_not_yet, name="not yet", is_personal=True),
    views.IncidentComment: Drawing(
        draw=comment.draw_comment,
        permission=RESPOND,
        change=comment.change,
        opens=comment.opens,
        is_personal=True,
    ),
    views.OnCall: Drawing(draw=oncall.draw_on_call),
    views.OnCallWeek: Drawing(draw=oncall.draw_on_call_week, name="oncall"),
    views.OnCallQuestion: Drawing(draw=oncall.draw_answer, name="oncall"),
    views.Home: Drawing(draw=home.draw_home, is_personal=True),
    views.AllOpenIncidents: Drawing(
        draw=all_incidents.draw_all_incidents, opens=all_incidents.opens_list, name="all incidents", is_personal=True
    ),
    views.HomeTab: Drawing(draw=home.draw_home_tab, is_personal=True),
    views.Digest: Drawing(draw=digest.draw_digest),
    views.DigestWeek: Drawing(draw=digest.draw_digest_week, name="digest week"),
    views.UnknownDigest: Drawing(draw=digest.draw_unknown_digest, name="digest", is_personal=True),
    views.PostedDigest: Drawing(
        draw=digest.post_digest, permission=RESPOND, change=_posting, name="digest post", is_personal=True
    ),
    AuditList: Drawing(draw=audit.draw_audit, is_personal=True),
    LanguageChoice: Drawing(draw=language.draw_language, is_personal=True),
    views.Reminder: Drawing(draw=reminder.draw_again, is_personal=True),
}

TYPED: Final = Route(handle=draw_requested_view, permission=VIEW)

BUTTONS: Final[Mapping[str, Route]] = {
    ACKNOWLEDGE: Route(
        handle=acknowledge.acknowledge,
        reads=AcknowledgeValue,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_on_the_card,
        change=lambda to, incoming: actions.acknowledging(to, incoming.incident),
    ),
    UNDO: Route(
        handle=acknowledge.undo,
        reads=UndoValue,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_again,
        change=lambda to, incoming: actions.undoing(to, incoming.incident),
    ),
    ANNOUNCE: Route(
        handle=acknowledge.announce_again,
        reads=AnnounceValue,
        permission=RESPOND,
        visibility=IN_PLACE,
        retry=press_again,
        change=lambda to, incoming: actions.announcing(to, incoming.incident),
    ),
    REFRESH: Route(handle=draw_requested_view, permission=VIEW, visibility=IN_PLACE),
    SHOW_PRIVATELY: Route(handle=draw_requested_view, permission=VIEW),
    SHOW_INCIDENT: Route(handle=draw_requested_view, permission=VIEW),
    SHARE: Route(handle=draw_requested_view, permission=VIEW, visibility=IN_CHANNEL, retry=press_again),
    TAKE_OVER: Route(handle=handoff.take_over, reads=ShiftValue, permission=VIEW, retry=press_again, change=_covering),
    APPROVE_SYNC: _of_group(usergroups.approve_sync),
    DECLINE_SYNC: _of_group(usergroups.decline_sync),
    STOP_SYNC: _of_group(usergroups.stop_sync),
    PROPOSE_SYNC: _of_group(usergroups.propose_sync, change=None),
    **table.ACTION_BUTTONS,
}

FORMS: Final[dict[str, FormRoute]] = {
    COMMENT_FORM: FormRoute(
        title=TITLE,
        check=comment_form.check_comment_form,
        handle=comment_form.submit_comment,
        draw=comment_form.draw_comment_form,
        permission=RESPOND,
        change=comment_form.change_of_form,
        keep=comment_form.keep_comment,
        name="comment",
    ),
    **table.ACTION_FORMS,
}
OPTIONS: Final[dict[str, OptionsRoute]] = {
    FIND_INCIDENT: OptionsRoute(
        handle=comment_form.find_incident_options, fallback=comment_form.fallback_options, permission=RESPOND
    ),
    **table.ACTION_OPTIONS,
}


def help_rows() -> tuple[HelpRow, ...]:
    """Return the rows of the menu, in the order of the table."""
    return tuple(
        HelpRow(line=line, view=command.reads(line.words))
        for command in COMMANDS.values()
        for line in command.help
        if line.button
    )


def usages() -> Iterator[HelpLine]:
    """Yield the first menu line of each listed command."""
    return (command.help[0] for command in COMMANDS.values() if command.help)
