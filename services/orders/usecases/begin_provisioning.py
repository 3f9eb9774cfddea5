"""What partners are to switch on for an order: written down when it is its turn, and anew after a partner said no."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.contract import PROVISION
from services.orders.domain.flows.facts import Facts
from services.orders.domain.provisioning import NOT_THERE, as_they_stand
from services.orders.storage.cases import places_claimed
from services.orders.storage.provisioning import (
    add_provisionings,
    provisioners_in_force,
    provisionings_of,
    settle_provisioning,
)
from services.orders.storage.queries import lines_of
from services.orders.usecases.order_facts import provisioning_of

NO_ACCOUNT = "no account was given"


def begin_provisioning(work: Work, order: sa.Row, _: Facts) -> None:
    """Once; begun again after a way back that was not gone to its end, what was written stands."""
    known = provisioners_in_force(work)
    rows = []
    for line, part in _switched_on(work, order.order_id):
        partner = known.get(part["provisioner"])
        row = {
            **_named(order.order_id, line.line_no, part["element_id"], 1),
            "provisioner": part["provisioner"],
            "product": part["product"],
            "account": line.provision_to or "",
            "units": line.quantity * part["quantity"],
            "can_reverse": bool(partner and partner.can_reverse),
            "state": "requested" if line.provision_to else "failed",  # composed anew after its buyer had said yes
            "problem": None if line.provision_to else NO_ACCOUNT,
        }
        rows.append(row)
    add_provisionings(work, rows)


def ask_anew(work: Work, order_id: str) -> None:
    """Somebody has seen to the reason of a refusal: what is not there is asked for once more, under another id."""
    add_provisionings(work, [_next_round(row) for row in _not_there(work, order_id)])


def take_as_done(work: Work, order_id: str) -> None:
    """Somebody has switched it on in another way."""
    for row in _not_there(work, order_id):
        settle_provisioning(work, row.operation_id, NOT_THERE, "succeeded", problem="by hand")


def _switched_on(work: Work, order_id: str) -> Iterator[tuple[sa.Row, dict[str, Any]]]:
    for line in lines_of(work, [order_id])[order_id]:
        yield from ((line, part) for part in line.parts if part["delivery"] == PROVISION)


def _not_there(work: Work, order_id: str) -> list[sa.Row]:
    """The last round of each part of which no round succeeded, but of lines that are or were given back."""
    gone = {line_no for line_no, _ in places_claimed(work, order_id)}
    rows = [row for row in provisionings_of(work, [order_id])[order_id] if row.line_no not in gone]
    stand = {(one.line_no, one.element_id): one.state for one in as_they_stand(map(provisioning_of, rows))}
    last = {(row.line_no, row.element_id): row for row in rows}
    return [row for key, row in last.items() if stand[key] in NOT_THERE]


def _next_round(row: sa.Row) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("provisioner", "product", "account", "units", "can_reverse")}
    named = _named(row.order_id, row.line_no, row.element_id, row.round + 1)
    return {**named, **kept, "state": "requested", "problem": None}


def _named(order_id: str, line_no: int, element_id: str, number: int) -> dict[str, Any]:
    operation_id = derived_id("prv", order_id, str(line_no), element_id, str(number))
    return {
        "operation_id": operation_id,
        "order_id": order_id,
        "line_no": line_no,
        "element_id": element_id,
        "round": number,
    }
