"""Pre-sales: their terms and counters, what was decided of them, and which orders took how much."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from services.catalog.domain.presales import OPEN, Presale
from services.catalog.storage.locks import lock_presales
from services.catalog.storage.schedule import NOW
from services.catalog.storage.tables import presale, presale_decision, reservation_presale
from services.chassis.clock import local_date
from services.chassis.data.work import Work

_TERMS = ("presale_id", "status", "begins_at", "ends_at", "ships_from", "quota", "version")
_COLUMNS = [presale.c[name] for name in Presale.__dataclass_fields__]
# True of one pre-sale of a SKU at most.
SELLS = sa.and_(presale.c.status == OPEN, presale.c.begins_at <= NOW, presale.c.ends_at > NOW)
_OF_ORDER = sa.select(reservation_presale.c.presale_id, reservation_presale.c.pieces).where(
    reservation_presale.c.order_id == sa.bindparam("order_id")
)
_TAKE = sa.text("""
    UPDATE presale SET taken = taken + pieces FROM reservation_presale r
    WHERE r.order_id = :order_id AND presale.presale_id = r.presale_id AND taken + pieces <= quota
""")
_ALLOT = sa.text("""
    UPDATE presale SET allotted = allotted + pieces FROM reservation_presale r
    WHERE r.order_id = :order_id AND presale.presale_id = r.presale_id
""")
_GIVE_BACK = sa.text("""
    UPDATE presale SET taken = taken - pieces, allotted = allotted - CASE WHEN :was_allotted THEN pieces ELSE 0 END
    FROM reservation_presale r WHERE r.order_id = :order_id AND presale.presale_id = r.presale_id
""")
_RIPE = sa.text("""
    SELECT presale_id FROM presale
    WHERE status = 'open' AND ships_from <= :today AND taken > allotted ORDER BY ships_from, presale_id
""")
# An order of several pre-sales goes out whole, when the last of them is to be sent.
_WAITING = sa.text("""
    SELECT order_id FROM reservation_presale r JOIN reservation USING (order_id)
    WHERE r.presale_id = :presale_id AND status = 'promised' AND NOT EXISTS (
        SELECT FROM reservation_presale other JOIN presale USING (presale_id)
        WHERE other.order_id = r.order_id AND (presale.status <> 'open' OR ships_from > :today)
    ) ORDER BY opened_at, order_id LIMIT :at_once
""")
_UNTOLD = sa.text("""
    SELECT order_id FROM reservation_presale JOIN presale USING (presale_id) JOIN reservation USING (order_id)
    WHERE presale.status = 'cancelled' AND reservation.status IN ('held', 'promised') AND told_at IS NULL
    ORDER BY opened_at, order_id LIMIT :at_once
""")
_REVOKED = sa.text("""
    SELECT presale_id, reason FROM reservation_presale JOIN presale USING (presale_id)
    JOIN presale_decision USING (presale_id, version)
    WHERE order_id = :order_id AND presale.status = 'cancelled' ORDER BY presale_id LIMIT 1
""")
_TELL = sa.text("UPDATE reservation_presale SET told_at = :now WHERE order_id = :order_id")


class QuotaMovedAway(RuntimeError):
    """A quota did not have what its lock had shown: a programming fault, the transaction must roll back."""


def add_presale(work: Work, planned: Presale, reason: str) -> None:
    work.execute(presale.insert(), asdict(planned))
    _note(work, planned, reason)


def put_terms(work: Work, planned: Presale, reason: str) -> None:
    """The caller has locked it and has raised its version."""
    terms = {name: getattr(planned, name) for name in _TERMS}
    work.execute(sa.update(presale).where(presale.c.presale_id == planned.presale_id).values(terms))
    _note(work, planned, reason)


def _note(work: Work, planned: Presale, reason: str) -> None:
    terms = {name: getattr(planned, name) for name in _TERMS}
    told = {"reason": reason, "actor": work.context.actor, "decided_at": work.now}
    work.execute(presale_decision.insert(), {**terms, **told})


def locked_presales(work: Work, presale_ids: Iterable[str]) -> dict[str, Presale]:
    """By id, those that there are, which nobody else can change now."""
    return {presale_id: Presale(**row._mapping) for presale_id, row in lock_presales(work, presale_ids).items()}


def sku_of(work: Work, presale_id: str) -> str | None:
    statement = sa.select(presale.c.sku_id).where(presale.c.presale_id == presale_id)
    return work.execute(statement).scalar_one_or_none()


def presales_of_sku(work: Work, sku_id: str) -> list[Presale]:
    rows = work.execute(sa.select(*_COLUMNS).where(presale.c.sku_id == sku_id))
    return [Presale(**row._mapping) for row in rows]


def show_presales(work: Work, wanted: sa.ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """The contract's Presales with their decisions, newest first."""
    newest = sa.select(*_COLUMNS).where(wanted).order_by(presale.c.begins_at.desc(), presale.c.presale_id).limit(limit)
    rows = [dict(row._mapping) for row in work.execute(newest)]
    decisions = _decisions_of(work, [row["presale_id"] for row in rows])
    return [_shown({**row, "decisions": decisions[row["presale_id"]]}) for row in rows]


def _decisions_of(work: Work, presale_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    statement = sa.select(presale_decision).where(presale_decision.c.presale_id.in_(presale_ids))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in work.execute(statement.order_by(presale_decision.c.presale_id, presale_decision.c.version)):
        found[row.presale_id].append(_shown(dict(row._mapping)))
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "ships_from": row["ships_from"].isoformat()}


def presale_offer(row: sa.Row) -> dict[str, Any] | None:
    """The contract's PresaleOffer of a row that is outer-joined with ``SELLS``."""
    if row.presale_id is None:
        return None
    ends_at, ships_from = row.presale_ends_at, row.ships_from.isoformat()
    return {"presale_id": row.presale_id, "ends_at": ends_at, "ships_from": ships_from, "left": row.presale_left}


OFFER_COLUMNS = (
    presale.c.presale_id,
    presale.c.ends_at.label("presale_ends_at"),
    presale.c.ships_from,
    (presale.c.quota - presale.c.taken).label("presale_left"),
)


def note_presales(work: Work, order_id: str, pieces: Mapping[str, int]) -> None:
    rows = [{"order_id": order_id, "presale_id": presale_id, "pieces": many} for presale_id, many in pieces.items()]
    work.execute(reservation_presale.insert(), rows)


def pieces_of_presales(work: Work, order_id: str) -> dict[str, int]:
    """By pre-sale; empty, if the order is of goods that are there."""
    return {row.presale_id: row.pieces for row in work.execute(_OF_ORDER, {"order_id": order_id})}


def take_quota(work: Work, order_id: str, presales: int) -> None:
    """What is noted of the order; the caller has locked these ``presales`` and has found enough left."""
    if work.execute(_TAKE, {"order_id": order_id}).rowcount != presales:
        raise QuotaMovedAway(order_id)


def allot_quota(work: Work, order_id: str) -> None:
    """The caller has locked the pre-sales."""
    work.execute(_ALLOT, {"order_id": order_id})


def give_back_quota(work: Work, order_id: str, was_allotted: bool = False) -> None:
    """Nothing, of an order of goods that are there."""
    if taken := pieces_of_presales(work, order_id):
        lock_presales(work, taken)
        work.execute(_GIVE_BACK, {"order_id": order_id, "was_allotted": was_allotted})


def ripe_presales(work: Work) -> list[str]:
    """Those whose day has come and that owe somebody something, the first promised first."""
    return list(work.execute(_RIPE, {"today": local_date(work.now)}).scalars())


def waiting_orders(work: Work, presale_id: str, at_once: int) -> list[str]:
    """Whose turn it is, in the order of placing."""
    asked = {"presale_id": presale_id, "today": local_date(work.now), "at_once": at_once}
    return list(work.execute(_WAITING, asked).scalars())


def untold_orders(work: Work, at_once: int) -> list[str]:
    """That hold or were promised something of a pre-sale that is cancelled, and have not been told."""
    return list(work.execute(_UNTOLD, {"at_once": at_once}).scalars())


def revoked_of(work: Work, order_id: str) -> sa.Row | None:
    """{presale_id, reason} of a cancelled pre-sale of the order."""
    return work.execute(_REVOKED, {"order_id": order_id}).one_or_none()


def mark_told(work: Work, order_id: str) -> None:
    work.execute(_TELL, {"order_id": order_id, "now": work.now})
