"""What is known of orders, read for the steps of their plans and for the two folded statuses."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import start_of_day
from services.chassis.data.work import Work
from services.orders.domain.flows.facts import Facts
from services.orders.domain.fulfilment import LineToDeliver, Parcel, PartToDeliver, lines_left
from services.orders.domain.provisioning import Provisioning, as_they_stand
from services.orders.domain.terms import SaleTerms
from services.orders.storage.order_facts import known_of_orders
from services.orders.storage.tenders import Tender, tenders_told
from services.orders.storage.terms import terms_in_force


def facts_about(work: Work, order: sa.Row) -> Facts:
    return facts_about_all(work, [order])[order.order_id]


def facts_about_all(work: Work, orders: Sequence[sa.Row]) -> dict[str, Facts]:
    """By order; a query or two for any number of them."""
    known = known_of_orders(work, [order.order_id for order in orders])
    terms = terms_in_force(work) if any(order.delivered_at for order in orders) else None
    return {order.order_id: _facts(order, known[order.order_id], terms) for order in orders}


def _facts(order: sa.Row, known: Any, terms: SaleTerms | None) -> Facts:
    lines, tenders = lines_left(lines_to_deliver(known.lines), Counter(known.withheld)), tenders_told(known.tenders)
    return Facts(
        tenders={tender.kind: tender.state for tender in tenders},
        lines=lines,
        parcels=tuple(Parcel(parcel["status"], tuple(parcel["line_nos"])) for parcel in known.parcels),
        codes=tuple((code["sku_id"], code["element_id"]) for code in known.codes),
        provisionings=_provisionings_of(lines, known.provisionings),
        cash_provider=_cash_provider(tenders),
        is_being_paid=known.is_being_paid,
        pay_by=order.pay_by,
        approve_by=order.approve_by,
        is_approved=order.approved_at is not None,
        received_by=terms.complete_by(order.delivered_at) if terms and order.delivered_at else None,
        **_waiting(known.pick_ups),
        is_case_open=known.is_case_open,
        is_given_back=known.pieces_back >= sum(line["quantity"] for line in known.lines),
        is_allotted=order.allotted_at is not None,
        ships_from=sent_from(date.fromisoformat(day) for line in known.lines if (day := line["ships_from"])),
    )


def received_by(work: Work, delivered_at: datetime | None) -> datetime | None:
    """Until when its member may say that something is wrong; None while something is still on its way."""
    return terms_in_force(work).complete_by(delivered_at) if delivered_at else None


def sent_from(days: Iterable[date]) -> datetime | None:
    """The beginning of the day from which on everything is sent; None, if all of it is there."""
    last = max(days, default=None)
    return start_of_day(last) if last else None


def lines_to_deliver(lines: Iterable[Mapping[str, Any]]) -> tuple[LineToDeliver, ...]:
    """Of a draft's lines, or as they are stored."""
    return tuple(
        LineToDeliver(
            line["line_no"], line["sku_id"], line["quantity"], tuple(_to_deliver(part) for part in line["parts"])
        )
        for line in lines
    )


def _to_deliver(part: Mapping[str, Any]) -> PartToDeliver:
    return PartToDeliver(part["element_id"], part["delivery"], part["quantity"], part.get("provisioner"))


def _provisionings_of(lines: Iterable[LineToDeliver], told: Iterable[dict[str, Any]]) -> tuple[Provisioning, ...]:
    """What partners said of lines that were called off does not count any more."""
    numbers = {line.line_no for line in lines}
    return as_they_stand(Provisioning(**one) for one in told if one["line_no"] in numbers)


def provisioning_of(row: sa.Row) -> Provisioning:
    return Provisioning(row.line_no, row.element_id, row.provisioner, row.state, row.attempts, row.can_reverse)


def _waiting(pick_ups: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """In a hall, if anybody told of it. What was collected was prepared, whichever is heard of first."""
    for told in pick_ups:
        fetch_by = None if told["is_collected"] else datetime.fromisoformat(told["fetch_by"])
        return {"is_prepared": True, "is_collected": told["is_collected"], "fetch_by": fetch_by}
    return {}


def _cash_provider(tenders: Sequence[Tender]) -> str | None:
    return next((tender.provider for tender in tenders if tender.kind == "cash"), None)
