"""What is known of orders, read for the steps of their plans and for the two folded statuses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import start_of_day
from services.chassis.data.work import Work
from services.orders.domain.flows.facts import Facts
from services.orders.domain.fulfilment import LineToDeliver, Parcel, PartToDeliver, lines_left
from services.orders.domain.provisioning import Provisioning, as_they_stand
from services.orders.storage.cases import CasesOfOrder, cases_of_orders, withheld_of_orders
from services.orders.storage.payments import orders_being_paid
from services.orders.storage.pick_ups import pick_ups_of
from services.orders.storage.provisioning import provisionings_of
from services.orders.storage.queries import codes_of, lines_of, parcels_of
from services.orders.storage.tenders import Tender, tenders_of_orders
from services.orders.storage.terms import terms_in_force


def facts_about(work: Work, order: sa.Row) -> Facts:
    return facts_about_all(work, [order])[order.order_id]


def facts_about_all(work: Work, orders: Sequence[sa.Row]) -> dict[str, Facts]:
    """By order; a handful of queries for any number of them."""
    order_ids = [order.order_id for order in orders]
    tenders, lines = tenders_of_orders(work, order_ids), lines_of(work, order_ids)
    parcels, codes = parcels_of(work, order_ids), codes_of(work, order_ids)
    provisionings = provisionings_of(work, order_ids)
    terms = terms_in_force(work) if any(order.delivered_at for order in orders) else None
    being_paid = orders_being_paid(work, [order.order_id for order in orders if order.cash_fen])
    cases = cases_of_orders(work, [order.order_id for order in orders if order.confirmed_at])
    pick_ups = pick_ups_of(work, [order.order_id for order in orders if order.pick_up_at])
    withheld = withheld_of_orders(work, list(cases))
    left = {id_: lines_left(_to_deliver_of(lines[id_]), withheld.get(id_, {})) for id_ in order_ids}
    return {
        order.order_id: Facts(
            tenders={tender.kind: tender.state for tender in tenders[order.order_id]},
            lines=left[order.order_id],
            parcels=tuple(Parcel(row.status, tuple(row.line_nos)) for row in parcels[order.order_id]),
            codes=tuple((code.sku_id, code.element_id) for code in codes[order.order_id]),
            provisionings=_provisionings_of(left[order.order_id], provisionings[order.order_id]),
            cash_provider=_cash_provider(tenders[order.order_id]),
            is_being_paid=order.order_id in being_paid,
            pay_by=order.pay_by,
            approve_by=order.approve_by,
            is_approved=order.approved_at is not None,
            received_by=terms.complete_by(order.delivered_at) if terms and order.delivered_at else None,
            **_waiting(pick_ups.get(order.order_id)),
            **_put_right(cases.get(order.order_id, CasesOfOrder()), lines[order.order_id]),
            is_allotted=order.allotted_at is not None,
            ships_from=sent_from(dict(line._mapping) for line in lines[order.order_id]),
        )
        for order in orders
    }


def received_by(work: Work, delivered_at: datetime | None) -> datetime | None:
    """Until when its member may say that something is wrong; None while something is still on its way."""
    return terms_in_force(work).complete_by(delivered_at) if delivered_at else None


def sent_from(lines: Iterable[Mapping[str, Any]]) -> datetime | None:
    """The beginning of the day from which on everything is sent; None, if all of it is there."""
    days = [line["ships_from"] for line in lines if line.get("ships_from")]
    return start_of_day(max(days)) if days else None


def lines_to_deliver(lines: Iterable[Mapping[str, Any]]) -> tuple[LineToDeliver, ...]:
    """Of rows' mappings or of a draft's lines."""
    return tuple(
        LineToDeliver(
            line["line_no"], line["sku_id"], line["quantity"], tuple(_to_deliver(part) for part in line["parts"])
        )
        for line in lines
    )


def _to_deliver_of(rows: Iterable[sa.Row]) -> tuple[LineToDeliver, ...]:
    return lines_to_deliver(dict(row._mapping) for row in rows)


def _provisionings_of(lines: Iterable[LineToDeliver], rows: Iterable[sa.Row]) -> tuple[Provisioning, ...]:
    """What partners said of lines that were called off does not count any more."""
    numbers = {line.line_no for line in lines}
    return as_they_stand(provisioning_of(row) for row in rows if row.line_no in numbers)


def provisioning_of(row: sa.Row) -> Provisioning:
    return Provisioning(row.line_no, row.element_id, row.provisioner, row.state, row.attempts, row.can_reverse)


def _to_deliver(part: Mapping[str, Any]) -> PartToDeliver:
    return PartToDeliver(part["element_id"], part["delivery"], part["quantity"], part.get("provisioner"))


def _waiting(pick_up: sa.Row | None) -> dict[str, Any]:
    """What was collected was prepared, whichever is heard of first."""
    if pick_up is None:
        return {}
    is_collected = pick_up.collected_at is not None
    return {"is_prepared": True, "is_collected": is_collected, "fetch_by": None if is_collected else pick_up.fetch_by}


def _put_right(cases: CasesOfOrder, lines: Sequence[sa.Row]) -> dict[str, Any]:
    is_given_back = cases.pieces_back >= sum(line.quantity for line in lines)
    return {"is_case_open": cases.is_any_open, "is_given_back": is_given_back}


def _cash_provider(tenders: Sequence[Tender]) -> str | None:
    return next((tender.provider for tender in tenders if tender.kind == "cash"), None)
