"""Which cases are offered for an order, as it stands now. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.terms import AfterSaleTerms
from services.orders.domain.aftersale.units import Unit
from services.orders.domain.tenders import TenderState

SOLD = ("confirmed", "completed")
STILL_HERE = ("pending", "dispatched", "cancelled")


def require_offered(
    kind: str, status: str, delivered_at: datetime | None, terms: AfterSaleTerms, now: datetime
) -> None:
    """Goods come back once all are delivered, and for as long as the terms say; money alone also before that."""
    require_sold(status)
    if delivered_at is None:
        if kind != contract.REFUND:
            raise Refused(contract.CASE_NOT_OFFERED, "not everything is delivered", status=status)
        return
    if now >= terms.return_by(delivered_at):
        until = terms.return_by(delivered_at).isoformat()
        raise Refused(contract.CASE_WINDOW_OVER, "the time for that is over", until=until)


def require_sold(status: str) -> None:
    """Of an order that is being called off everything goes back with it, and nothing by a case."""
    if status not in SOLD:
        raise Refused(contract.CASE_NOT_OFFERED, "the order is not paid, or called off", status=status)


def require_paid(tenders: Iterable[TenderState]) -> None:
    """What is not paid, as cash at the door, cannot go back."""
    if owed := [tender.kind for tender in tenders if not tender.is_captured]:
        raise Refused(contract.CASE_NOT_OFFERED, "the order is not paid", tenders=owed)


def require_one_merchant(lines: Mapping[int, Mapping[str, Any]], units: Iterable[Unit]) -> str:
    """The merchant whose pieces they are: one has to decide."""
    merchants = {lines[unit.line_no]["merchant_id"] for unit in units}
    if len(merchants) != 1:
        raise Refused(contract.CASE_UNITS_WRONG, "a case is about goods of one merchant", merchants=sorted(merchants))
    return str(merchants.pop())


def require_returnable(kind: str, lines: Mapping[int, Mapping[str, Any]], units: Iterable[Unit]) -> None:
    """Codes and what was switched on cannot be sent back, but paid back: codes that nobody has used."""
    kept = () if kind == contract.REFUND else (contract.CODE, contract.PROVISION)
    stay = {unit.line_no for unit in units if any(part["delivery"] in kept for part in lines[unit.line_no]["parts"])}
    if stay:
        raise Refused(contract.CASE_CODES_HANDED_OVER, "what is handed over of it stays", line_nos=sorted(stay))


def require_withholdable(lines: Mapping[int, Mapping[str, Any]], units: Iterable[Unit]) -> None:
    """Whoever has the pieces decides about them, so all of a case are with one of them: in a parcel, in a hall, or
    codes. What partners are asked to switch on is theirs to refuse."""
    ways = {unit.line_no: {part["delivery"] for part in lines[unit.line_no]["parts"]} for unit in units}
    if handed_over := sorted(no for no, of in ways.items() if contract.PROVISION in of or len(of) > 1):
        raise Refused(contract.CASE_CODES_HANDED_OVER, "what is handed over of it stays", line_nos=handed_over)
    if len(set.union(*ways.values())) > 1:
        raise Refused(contract.CASE_UNITS_WRONG, "what is sent and what are codes are two cases")


def require_not_on_its_way(parcels: Iterable[Any], units: Iterable[Unit]) -> None:
    """As far as we heard; a carrier may know better. What is booked can still be given back."""
    wanted = {unit.line_no for unit in units}
    if gone := [
        parcel.shipment_id for parcel in parcels if parcel.status not in STILL_HERE and wanted & {*parcel.line_nos}
    ]:
        raise Refused(contract.CASE_NOT_OFFERED, "a carrier has the parcel", shipments=gone)
