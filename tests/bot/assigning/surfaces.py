"""Surfaces of giving an incident to others: what whoever pressed is told, with Undo, and what everybody else is."""

from bot.assigning.messages.off_shift import off_shift
from bot.assigning.messages.words import AddResponderWords, AssignWords
from bot.incidents.messages.actions import outcome
from bot.incidents.messages.actions.outcome import Made
from bot.incidents.messages.actions.values import AddResponderValue, AssignValue
from tests.bot.recorded import ALICE, BOB, CAROL, PEOPLE, WANG, ago, incident, responder
from tests.bot.samples import HOSTILE

RULE = "6500000000000000000000a1"


def given_to(number, *people, level=None, also=(), **more):
    """An incident that is assigned to people, or to those of a level."""
    rule = {"escalate_rule_id": RULE, "escalate_rule_name": "Payments, day and night"} if level is not None else {}
    assigned = {"person_ids": list(people), "layer_idx": level or 0, "assigned_at": ago(minutes=9), **rule}
    responders = [responder(one, assigned=ago(minutes=9)) for one in (*people, *also)]
    return incident(number, assigned_to=assigned, responders=responders, **more)


ON_LEVEL_1 = given_to(31, ALICE, level=0)
ON_LEVEL_2 = given_to(31, BOB, CAROL, level=1)
WITH_BOB = given_to(31, BOB)
WITH_OTHERS = given_to(31, ALICE, also=(WANG,))
NASTY = given_to(32, BOB, title=HOSTILE)
CLOSED = given_to(33, BOB, progress="Closed", close_time=ago(minutes=1))
UNREAD = given_to(34, 7999)
SIX = given_to(35, ALICE, BOB, CAROL, WANG, 7998, 7999)


def value(kind, one, **more):
    return kind(team="payments", incident_id=one.id, **more)


def level(one, number):
    return value(AssignValue, one, rule_id=RULE, level=number)


WORDS, ADDED = AssignWords(people=PEOPLE), AddResponderWords(people=PEOPLE)
MADE = {
    "reassigned": (
        WORDS,
        Made(value=value(AssignValue, WITH_BOB, person_ids=(BOB,)), before=ON_LEVEL_1, after=WITH_BOB),
    ),
    "reassigned-from-people": (
        WORDS,
        Made(value=value(AssignValue, WITH_BOB, person_ids=(BOB,)), before=WITH_OTHERS, after=WITH_BOB),
    ),
    "reassigned-hostile": (
        WORDS,
        Made(
            value=value(AssignValue, NASTY, person_ids=(BOB,)), before=given_to(32, ALICE, title=HOSTILE), after=NASTY
        ),
    ),
    "reassigned-unread": (
        WORDS,
        Made(value=value(AssignValue, UNREAD, person_ids=(7999,)), before=UNREAD, after=UNREAD),
    ),
    "escalated": (WORDS, Made(value=level(ON_LEVEL_2, 1), before=ON_LEVEL_1, after=ON_LEVEL_2)),
    "escalated-to-nobody-known": (
        WORDS,
        Made(value=level(ON_LEVEL_2, 2), before=ON_LEVEL_1, after=given_to(31, level=2)),
    ),
    "added-responder-with-card": (
        AddResponderWords(people=PEOPLE, has_card=True),
        Made(value=value(AddResponderValue, WITH_OTHERS, person_ids=(WANG,)), before=ON_LEVEL_1, after=WITH_OTHERS),
    ),
    "added-six-responders": (
        ADDED,
        Made(value=value(AddResponderValue, SIX, person_ids=SIX.assigned_ids), before=ON_LEVEL_1, after=SIX),
    ),
    "added-responder": (
        ADDED,
        Made(value=value(AddResponderValue, WITH_OTHERS, person_ids=(WANG,)), before=ON_LEVEL_1, after=WITH_OTHERS),
    ),
}
UNCHANGED = {
    "reassign-meanwhile": (WORDS, WITH_BOB),
    "reassign-to-nobody-known": (WORDS, given_to(31)),
    "reassign-closed": (WORDS, CLOSED),
    "add-responder-already": (ADDED, WITH_OTHERS),
    "add-responder-closed": (ADDED, CLOSED),
}


def surfaces(readers):
    """Draw each of them, under its name."""
    to = readers.alone
    anyway = value(AddResponderValue, ON_LEVEL_1, person_ids=(BOB,))
    several = value(AddResponderValue, ON_LEVEL_1, person_ids=(BOB, CAROL, WANG))
    many = value(AddResponderValue, ON_LEVEL_1, person_ids=tuple(range(2**63 - 20, 2**63)))
    return {
        **{f"action-{name}": outcome.action_done(to, words, made) for name, (words, made) in MADE.items()},
        **{
            f"action-{name}-line": outcome.action_announced(readers.everybody, words, made, "Alice Chen")
            for name, (words, made) in MADE.items()
        },
        **{
            f"action-unchanged-{name}": outcome.action_unchanged(to, words, one, "payments")
            for name, (words, one) in UNCHANGED.items()
        },
        "add-responder-off-shift": off_shift(to, ON_LEVEL_1, anyway, off=["Bob Müller"], is_known=True),
        "add-responder-not-known": off_shift(to, NASTY, anyway, off=[HOSTILE], is_known=False),
        "add-responders-off-shift": off_shift(
            to, ON_LEVEL_1, several, off=["Bob Müller", "王小明"], others=["Carol Diaz"], is_known=True
        ),
        "add-responders-not-known": off_shift(
            to, NASTY, many, off=[HOSTILE, *(f"Person {n}" for n in range(19))], is_known=False
        ),
    }
