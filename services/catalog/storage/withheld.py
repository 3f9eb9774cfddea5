"""What does not go out of orders that are sold, and what of them came back."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.parcels import Portion
from services.catalog.storage.tables import movement, reservation_line, reservation_withheld
from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.work import Work


def record_withheld(work: Work, request_id: str, order_id: str, pieces: Mapping[str, int], was_waiting: bool) -> None:
    """Pieces by SKU; the order's reservation is locked. Raises AnsweredMeanwhile if somebody else did it for the same
    request."""
    of_request = {"request_id": request_id, "order_id": order_id, "was_waiting": was_waiting, "withheld_at": work.now}
    rows = [{**of_request, "sku_id": sku_id, "pieces": many} for sku_id, many in sorted(pieces.items())]
    if work.execute(insert(reservation_withheld).values(rows).on_conflict_do_nothing()).rowcount < len(rows):
        raise AnsweredMeanwhile(request_id)


def withheld_of(work: Work, order_id: str) -> dict[str, int]:
    """Pieces by SKU."""
    pieces = sa.cast(sa.func.sum(reservation_withheld.c.pieces), sa.BigInteger).label("pieces")
    of_order = sa.select(reservation_withheld.c.sku_id, pieces).where(reservation_withheld.c.order_id == order_id)
    return {row.sku_id: row.pieces for row in work.execute(of_order.group_by(reservation_withheld.c.sku_id))}


def units_back(work: Work, order_id: str) -> dict[tuple[str, str], int]:
    """Units of the order that came back, by element and place."""
    units = sa.cast(sa.func.sum(movement.c.quantity), sa.BigInteger).label("units")
    place = (movement.c.element_id, movement.c.place_id)
    back = sa.select(*place, units).where(movement.c.order_id == order_id, movement.c.kind == "returned")
    return {(row.element_id, row.place_id): row.units for row in work.execute(back.group_by(*place))}


def shorten_lines(work: Work, order_id: str, portions: Sequence[Portion]) -> None:
    """What is withheld of a reservation that waits is not in its lines any more."""
    for portion in portions:
        line = (
            reservation_line.c.order_id == order_id,
            reservation_line.c.element_id == portion.element_id,
            reservation_line.c.place_id == portion.place_id,
        )
        is_all = reservation_line.c.quantity == portion.quantity
        if not work.execute(sa.delete(reservation_line).where(*line, is_all)).rowcount:
            less = {"quantity": reservation_line.c.quantity - portion.quantity}
            work.execute(sa.update(reservation_line).where(*line).values(less))
