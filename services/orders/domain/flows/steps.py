"""The steps that flows are made of: what makes each of them done once it is begun, and how long it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.flow import PIVOT

INSIDE = "inside"
TURN_BACK, COUNTS_AS_DONE = "turn_back", "counts_as_done"


def _never(_: Facts) -> bool:
    return False


def _never_fails(_: Facts) -> str | None:
    return None


def _always(_: Facts) -> bool:
    return True


def _no_end(_: Facts) -> datetime | None:
    return None


def _inside(_: Facts) -> str:
    return INSIDE


@dataclass(frozen=True)
class Step:
    """``is_before_pivot``: it holds, and does nothing final. ``needs_proof``: nobody's word makes it done. ``fails``:
    why it will never be done, so the order turns back. ``until``: the end of its time, when ``time_over`` says what
    becomes of it. ``asks_back``: to undo it somebody outside has to be asked, who may say no. ``counts_from``: it
    cannot be late before. ``lane``: whom its errands wait for, and nobody else has to."""

    name: str
    is_done: Callable[[Facts], bool]
    is_before_pivot: bool = False
    needs_proof: bool = False
    fails: Callable[[Facts], str | None] = _never_fails
    until: Callable[[Facts], datetime | None] = _no_end
    time_over: str = TURN_BACK
    asks_back: Callable[[Facts], bool] = _never
    counts_from: Callable[[Facts], datetime | None] = _no_end
    lane: Callable[[Facts], str] = _inside


def _provider(facts: Facts) -> str:
    return facts.cash_provider or INSIDE


def _provisioner(facts: Facts) -> str:
    return facts.provision_lane() or INSIDE


STEPS = {
    step.name: step
    for step in (
        # What placing holds before there is an order: done as soon as it is stored.
        Step("hold_goods", is_done=_always, is_before_pivot=True),
        Step("hold_points", is_done=lambda facts: facts.is_held("points"), is_before_pivot=True),
        Step("hold_coins", is_done=lambda facts: facts.is_held("coins"), is_before_pivot=True),
        Step(
            "approve",
            is_done=lambda facts: facts.is_approved,
            is_before_pivot=True,
            needs_proof=True,
            until=lambda facts: facts.approve_by,
        ),
        Step(
            "take_cash",
            is_done=lambda facts: facts.is_covered("cash"),
            is_before_pivot=True,
            needs_proof=True,
            until=lambda facts: facts.pay_by,
            asks_back=lambda facts: facts.is_being_paid,
            lane=_provider,
        ),
        Step(PIVOT, is_done=_always),  # to say it is to do it
        Step("settle_points", is_done=lambda facts: facts.is_captured("points"), needs_proof=True),
        Step("settle_coins", is_done=lambda facts: facts.is_captured("coins"), needs_proof=True),
        Step(
            "await_goods",
            is_done=lambda facts: facts.is_allotted,
            asks_back=_always,
            counts_from=lambda facts: facts.ships_from,
        ),
        # Nobody waits for goods that were given back: what was lost on its way, say.
        Step(
            "carry",
            is_done=lambda facts: facts.delivered("parcel") or facts.is_given_back,
            fails=lambda facts: facts.why_never_paid_at_door,
            asks_back=lambda facts: not facts.why_never_paid_at_door,
        ),
        # After ``carry``: the carrier says with the delivery what it has collected.
        Step("collect_cash", is_done=lambda facts: facts.is_captured("cash"), needs_proof=True),
        # Goods that wait in a hall: catalog knows whether they were handed over meanwhile.
        Step("prepare", is_done=lambda facts: facts.is_prepared or facts.is_given_back, asks_back=_always),
        Step(
            "hand_over",
            is_done=lambda facts: facts.delivered("parcel") or facts.is_given_back,
            until=lambda facts: facts.fetch_by,
        ),
        Step("issue_codes", is_done=lambda facts: facts.delivered("code") or facts.is_given_back),
        Step(
            "provision",
            is_done=lambda facts: facts.delivered("provision") or facts.is_given_back,
            asks_back=lambda facts: facts.is_switched_on,
            lane=_provisioner,
        ),
        Step(
            "receive",
            is_done=lambda facts: facts.is_given_back,
            until=lambda facts: facts.counts_as_received_by,
            time_over=COUNTS_AS_DONE,
        ),
    )
}
