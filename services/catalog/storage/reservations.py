"""Reservations, the parts of which they consist, and the lines that say where these come from.

A status changes only by ``move``, and only from where the table allows it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.domain.composition import DESCRIPTION, WantedPart
from services.catalog.domain.parcels import Portion
from services.catalog.domain.places import NOWHERE, Destination
from services.catalog.domain.reservations import HELD, RELEASED, RESERVATION
from services.catalog.storage.tables import element, reservation, reservation_line, reservation_part
from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_ROW = (
    *("order_id", "status", "reason", "province", "city", "hall", "expires_at", "version", "is_presale", "waits"),
    *("opened_at", "changed_at"),
)
_OPEN = Planned(
    "open_reservation", insert(reservation).values({n: sa.bindparam(n) for n in _ROW}).on_conflict_do_nothing()
)
_FREEZE = Planned(
    "freeze_parts",
    "INSERT INTO reservation_part SELECT * FROM jsonb_populate_recordset(NULL::reservation_part, CAST(:rows AS jsonb))",
)
_WRITE_LINES = Planned(
    "write_lines",
    "INSERT INTO reservation_line SELECT * FROM jsonb_populate_recordset(NULL::reservation_line, CAST(:rows AS jsonb))",
)
_LINES = Planned(
    "lines_of",
    sa.select(reservation_line.c.element_id, reservation_line.c.place_id, reservation_line.c.quantity)
    .where(reservation_line.c.order_id == sa.bindparam("order_id"))
    .order_by(reservation_line.c.element_id, reservation_line.c.place_id),
)
_PARTS = Planned(
    "parts_of",
    sa.select(
        *(reservation_part.c[name] for name in ("sku_id", "element_id", "pieces", "quantity")),
        *(element.c[name] for name in ("delivery", *DESCRIPTION)),
    )
    .join(element, element.c.element_id == reservation_part.c.element_id)
    .where(reservation_part.c.order_id == sa.bindparam("order_id"))
    .order_by(reservation_part.c.sku_id, reservation_part.c.element_id),
)
# What is sold leaves the stock at once, is still to come, or waits in a hall.
_FITS = {
    "commit": (~reservation.c.is_presale, ~reservation.c.waits),
    "promise": (reservation.c.is_presale,),
    "prepare": (reservation.c.waits, ~reservation.c.is_presale),
}
_DUE = (
    sa.select(reservation.c.order_id)
    .where(reservation.c.status == HELD, reservation.c.expires_at <= sa.bindparam("now"))
    .order_by(reservation.c.expires_at)
    .limit(sa.bindparam("at_once"))
)

_FIND = Planned(
    "find_reservation",
    sa.select(*(reservation.c[name] for name in ("status", "expires_at", "version"))).where(
        reservation.c.order_id == sa.bindparam("order_id")
    ),
)
_HAND_OVER = Planned(
    "mark_codes_handed_over",
    sa.update(reservation)
    .where(reservation.c.order_id == sa.bindparam("its_id"), reservation.c.codes_handed_over_at.is_(None))
    .values(
        codes_handed_over_at=sa.bindparam("now"),
        member_id=sa.bindparam("member"),
        version=reservation.c.version + 1,
    )
    .returning(reservation.c.version),
)


def open_reservation(
    work: Work, order_id: str, expires_at: datetime, to: Destination = NOWHERE, is_presale: bool = False
) -> bool:
    """False if the order has one already; waits for a transaction that is just opening it."""
    return _insert(work, order_id, HELD, expires_at, None, to, is_presale)


def open_tombstone(work: Work, order_id: str, reason: str) -> bool:
    """A released reservation without lines, so that a late one is refused; False if the order has one already."""
    return _insert(work, order_id, RELEASED, work.now, reason)


def move(work: Work, order_id: str, event: str, reason: str | None = None) -> int | None:
    """Change the status as ``event`` says and return the new version; None if the status does not allow it now. What
    is there is committed, what is still to come is promised, what its buyer comes for waits."""
    told = {"its_id": order_id, "why": reason, "now": work.now}
    return work.execute(_move_by(event), told).scalar_one_or_none()


@cache
def _move_by(event: str) -> Planned:
    (source,) = RESERVATION.sources(event)
    return Planned(
        f"reservation_{event}",
        sa.update(reservation)
        .where(reservation.c.order_id == sa.bindparam("its_id"), reservation.c.status == source, *_FITS.get(event, ()))
        .values(
            status=RESERVATION.next(source, event),
            reason=sa.bindparam("why"),
            version=reservation.c.version + 1,
            changed_at=sa.bindparam("now"),
        )
        .returning(reservation.c.version),
    )


def extend(work: Work, order_id: str, until: datetime) -> bool:
    due = (reservation.c.order_id == order_id, reservation.c.status == HELD, reservation.c.expires_at <= work.now)
    return bool(work.execute(sa.update(reservation).where(*due).values(expires_at=until)).rowcount)


def mark_codes_handed_over(work: Work, order_id: str, member_id: str) -> int | None:
    """To whom; the new version, once in the life of a reservation; None ever after."""
    to = {"its_id": order_id, "member": member_id, "now": work.now}
    return work.execute(_HAND_OVER, to).scalar_one_or_none()


def destination_of(work: Work, order_id: str) -> Destination:
    """Of a reservation that there is."""
    columns = (reservation.c[name] for name in ("province", "city", "hall", "waits"))
    return Destination(*work.execute(sa.select(*columns).where(reservation.c.order_id == order_id)).one())


def find_reservation(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(_FIND, {"order_id": order_id}).one_or_none()


def freeze_parts(work: Work, order_id: str, parts: Sequence[WantedPart]) -> None:
    """What the order is promised, once for all: a later import changes SKUs, not orders."""
    names = ("sku_id", "element_id", "pieces", "quantity")
    rows = [{"order_id": order_id, **{name: getattr(part, name) for name in names}} for part in parts]
    work.leave(_FREEZE, {"rows": as_json(rows)})


def parts_of(work: Work, order_id: str) -> list[WantedPart]:
    """Sorted by SKU and element."""
    return [WantedPart(**row) for row in work.execute(_PARTS, {"order_id": order_id}).mappings()]


def write_lines(work: Work, order_id: str, portions: Sequence[Portion]) -> None:
    rows = [{"order_id": order_id, **vars(portion)} for portion in portions]
    work.leave(_WRITE_LINES, {"rows": as_json(rows)})


def forget_lines(work: Work, order_id: str) -> None:
    """Of an expired reservation that is about to be held again, perhaps in other places."""
    work.execute(sa.delete(reservation_line).where(reservation_line.c.order_id == order_id))


def lines_of(work: Work, order_id: str) -> list[Portion]:
    return [Portion(**row) for row in work.execute(_LINES, {"order_id": order_id}).mappings()]


def due_reservations(work: Work, at_once: int) -> list[str]:
    return list(work.execute(_DUE, {"now": work.now, "at_once": at_once}).scalars())


def _insert(
    work: Work,
    order_id: str,
    status: str,
    expires_at: datetime,
    reason: str | None,
    to: Destination = NOWHERE,
    is_presale: bool = False,
) -> bool:
    row = {
        "order_id": order_id,
        "status": status,
        "expires_at": expires_at,
        "reason": reason,
        **vars(to),
        "is_presale": is_presale,
        "version": 1,
        "opened_at": work.now,
        "changed_at": work.now,
    }
    return bool(work.execute(_OPEN, row).rowcount)
