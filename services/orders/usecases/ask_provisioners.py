"""Partners are asked to switch something on, or off again: each operation once, and who does not answer is asked what
became of it before it is asked for anew."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders.domain.provisioning import (
    LANE,
    OPEN,
    PartnerUnavailable,
    Provisioner,
    ProvisioningPartner,
    Result,
    Wanted,
    has_failed,
)
from services.orders.storage.locks import lock_known_order
from services.orders.storage.provisioning import (
    note_asking,
    note_problem,
    provisioners_in_force,
    provisionings_of,
)
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import go_on, move_on_with
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.record_provisioning import STEP, give_up, record_result

ON_ITS_WAY = timedelta(seconds=60)  # after which a request that the partner has not heard of will not arrive any more
NEVER_ASKED, NEVER_ARRIVED = "called off before it was asked for", "it never reached the partner"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Errand:
    row: sa.Row
    configured: Provisioner
    partner: ProvisioningPartner

    @property
    def was_asked(self) -> bool:
        return bool(self.row.attempts)


def ask_provisioners(works: Works, order_id: str) -> None:
    """What is open at the partner whose turn it is."""
    errands = works.run(lambda work, _: _claim(works, work, order_id, OPEN), {})
    if not errands:
        works.run(lambda work, _: _look_again(work, order_id), {})
    for errand in errands:
        _ask(works, errand)
    if errands:
        works.run(lambda work, _: _turn_to_others(work, order_id), {})


def ask_provisioners_to_reverse(works: Works, order_id: str) -> None:
    """What is open is brought to an end first; what is there is switched off, or the order goes on."""
    for errand in works.run(lambda work, _: _claim(works, work, order_id, (*OPEN, "succeeded")), {}):
        if errand.row.state == "succeeded":
            _reverse(works, errand)
        elif errand.was_asked:
            _end(works, errand)
        else:
            _forget(works, errand)


def _claim(works: Works, work: Work, order_id: str, states: tuple[str, ...]) -> list[Errand]:
    """All of one partner, noted as asked."""
    order, known = lock_known_order(work, order_id), provisioners_in_force(work)
    rows = [row for row in provisionings_of(work, [order_id])[order_id] if row.state in states]
    mine = [row for row in rows if f"{LANE}{row.provisioner}" == order.lane] or rows
    errands = [Errand(row, known[row.provisioner], works.settings.partner_of(known[row.provisioner])) for row in mine]
    for errand in errands:
        if order.status == "confirmed" and (errand.was_asked or not errand.configured.is_paused):
            note_asking(work, errand.row.operation_id)
    return errands


def _turn_to_others(work: Work, order_id: str) -> None:
    """Who was not asked yet need not wait until this one is asked again."""
    order, known = lock_known_order(work, order_id), provisioners_in_force(work)
    unasked = [row for row in provisionings_of(work, [order_id])[order_id] if row.state in OPEN and not row.attempts]
    plan = plan_of(order)
    if plan[STEP].state == "doing" and any(not known[row.provisioner].is_paused for row in unasked):
        move_on_with(work, order, plan.noted(STEP, due_at=work.now))


def _ask(works: Works, errand: Errand) -> None:
    try:
        result = _word_of(works, errand)
    except PartnerUnavailable as problem:
        _note(works, errand, str(problem))
        return
    if result:
        works.run(lambda work, _: record_result(work, errand.row.operation_id, result), {})


def _word_of(works: Works, errand: Errand) -> Result | None:
    """None while the partner is paused and has not heard of it."""
    row, now = errand.row, works.clock.now()
    if errand.was_asked:
        found = errand.partner.find(row.operation_id, now)
        if found.state != "absent":
            return found
    if errand.configured.is_paused:
        return None
    return errand.partner.request(Wanted(row.operation_id, row.product, row.account, row.units), now)


def _forget(works: Works, errand: Errand) -> None:
    works.run(lambda work, _: record_result(work, errand.row.operation_id, _failed(NEVER_ASKED)), {})


def _end(works: Works, errand: Errand) -> None:
    try:
        result = errand.partner.find(errand.row.operation_id, works.clock.now())
    except PartnerUnavailable as problem:
        _note(works, errand, str(problem))
        return
    if result.state == "absent" and works.clock.now() - errand.row.asked_at > ON_ITS_WAY:
        result = _failed(NEVER_ARRIVED)
    works.run(lambda work, _: record_result(work, errand.row.operation_id, result), {})


def _reverse(works: Works, errand: Errand) -> None:
    if not errand.row.can_reverse:
        works.run(lambda work, _: _stays(work, errand, "it cannot be switched off"), {})
        return
    try:
        result = errand.partner.reverse(errand.row.operation_id, works.clock.now())
    except PartnerUnavailable as problem:
        log.warning("not_reversed_yet", operation_id=errand.row.operation_id, problem=str(problem))
        return
    if result.state == "reversed":
        works.run(lambda work, _: record_result(work, errand.row.operation_id, result), {})
    elif result.state == "succeeded":
        works.run(lambda work, _: _stays(work, errand, result.problem or "it was not switched off"), {})


def _stays(work: Work, errand: Errand, problem: str) -> None:
    order = lock_known_order(work, errand.row.order_id)
    if order.status == "cancelling":
        add_fact(work, order.order_id, "order.not_cancelled", reason=problem, operation_id=errand.row.operation_id)
        give_up(work, go_on(work, order))


def _look_again(work: Work, order_id: str) -> None:
    """Nobody is to be asked any more, and it is not done: the way back was tried and is closed, unless a case is giving
    it back."""
    order = lock_known_order(work, order_id)
    facts = facts_about(work, order)
    if order.status == "confirmed" and has_failed(facts.provisionings) and not facts.is_case_open:
        give_up(work, order)


def _note(works: Works, errand: Errand, problem: str) -> None:
    """The partner may have acted: from now on it is asked what became of it."""
    works.run(lambda work, _: _note_unknown(work, errand.row, problem), {})


def _note_unknown(work: Work, row: sa.Row, problem: str) -> None:
    lock_known_order(work, row.order_id)
    note_problem(work, row.operation_id, problem, "unknown")


def _failed(problem: str) -> Result:
    return Result("failed", problem=problem)
