"""How far an order gets by itself, from one look at the facts to the next thing that somebody else has to do."""

from dataclasses import dataclass
from datetime import datetime

from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.flow import PIVOT
from services.orders.domain.flows.interpreter import Begin, Finished, Move, Policies, TurnBack, Wait, next_move
from services.orders.domain.flows.plan import Plan
from services.orders.domain.order_status import CALLED_OFF, ORDER

_TURNS = {"awaiting_payment": "begin_closing", "confirmed": "begin_cancelling"}
_ENDS = {"confirmed": "complete", "closing": "close", "cancelling": "cancel"}


@dataclass(frozen=True)
class Course:
    """``moves`` in their order, the plan and the status after them, and what is waited for then."""

    plan: Plan
    status: str
    moves: tuple[Move, ...]
    wait: Wait


def course_of(plan: Plan, facts: Facts, status: str, now: datetime, policies: Policies) -> Course:
    moves: list[Move] = []
    while not ORDER.is_end(status):
        plan, move = next_move(plan, facts, now, status in CALLED_OFF, policies)
        if isinstance(move, Wait):
            return Course(plan, status, tuple(moves), move)
        moves.append(move)
        status = status_after(move, status)
    return Course(plan, status, tuple(moves), Wait(None))


def status_after(move: Move, status: str) -> str:
    if move == Begin(PIVOT):
        return ORDER.next(status, "confirm")
    if isinstance(move, TurnBack):
        return status_when_called_off(status)
    return ORDER.next(status, _ENDS[status]) if isinstance(move, Finished) else status


def status_when_called_off(status: str) -> str:
    """The state that keeps everything else off the order while what it has begun is undone."""
    return ORDER.next(status, _TURNS[status])
