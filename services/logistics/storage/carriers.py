"""Carriers: configuration, its audit trail, and how their APIs fare."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.logistics.domain.carriers import Carrier
from services.logistics.storage.tables import carrier, carrier_change, carrier_health

ANY_MERCHANT = "*"
_FIELDS = tuple(Carrier.__dataclass_fields__)
_CARRIERS = f"SELECT {', '.join(_FIELDS)} FROM carrier"  # noqa: S608 — these and below: put together of constants
_ALL = Planned("all_carriers", f"{_CARRIERS} ORDER BY priority, code")
_CARRIER = Planned("carrier_of", f"{_CARRIERS} WHERE code = :code")
_FAILING = Planned("failing_carriers", "SELECT carrier FROM carrier_health WHERE failures >= :failures")
_RECOVERED = Planned(
    "carrier_recovered",
    "UPDATE carrier_health SET failures = 0, last_problem = NULL WHERE carrier = :code AND failures > 0",
)
_SENDER = Planned(
    "sender_of",
    f"""
    SELECT address FROM sender WHERE merchant_id IN (:merchant_id, '{ANY_MERCHANT}')
    ORDER BY merchant_id = '{ANY_MERCHANT}' LIMIT 1
    """,  # noqa: S608
)


def all_carriers(work: Work) -> list[Carrier]:
    """In order of priority."""
    return [_carrier(row) for row in work.execute(_ALL, {})]


def carrier_of(work: Work, code: str) -> Carrier | None:
    row = work.execute(_CARRIER, {"code": code}).one_or_none()
    return _carrier(row) if row else None


def known_carrier(work: Work, code: str) -> Carrier:
    """Of a shipment: its carrier is never deleted."""
    return _carrier(work.execute(_CARRIER, {"code": code}).one())


def put_carrier_row(work: Work, wanted: Carrier) -> Carrier | None:
    """Insert or overwrite; the configuration before, None for a new carrier. Writers of one code take turns."""
    values = {**asdict(wanted), "coverage": list(wanted.coverage), "updated_at": work.now}
    added = work.execute(insert(carrier).values(**values, version=1).on_conflict_do_nothing())
    if added.rowcount:
        work.execute(insert(carrier_health).values(carrier=wanted.code))
        return None
    mine = carrier.c.code == wanted.code
    before = _carrier(work.execute(sa.select(carrier).where(mine).with_for_update()).one())
    work.execute(sa.update(carrier).where(mine).values(**values, version=carrier.c.version + 1))
    return before


def record_change(work: Work, actor: str, before: Carrier | None, after: Carrier) -> None:
    values = {"before": asdict(before) if before else None, "after": asdict(after)}
    work.execute(sa.insert(carrier_change).values(carrier=after.code, actor=actor, changed_at=work.now, **values))


def failing_carriers(work: Work, failures: int) -> list[str]:
    """Codes of carriers whose API failed at least so often in a row."""
    return list(work.execute(_FAILING, {"failures": failures}).scalars())


def record_success(work: Work, code: str) -> None:
    work.leave(_RECOVERED, {"code": code})


def record_failure(work: Work, code: str, problem: str) -> int:
    """How often it has failed in a row now."""
    values = {"failures": carrier_health.c.failures + 1, "last_problem": problem[:500]}
    statement = sa.update(carrier_health).where(carrier_health.c.carrier == code).values(values)
    return int(work.execute(statement.returning(carrier_health.c.failures)).scalar_one())


def let_rest(work: Work, code: str, until: datetime) -> None:
    work.execute(sa.update(carrier_health).where(carrier_health.c.carrier == code).values(resting_until=until))


def sender_of(work: Work, merchant_id: str) -> dict[str, str]:
    """The merchant's own address, else the mall's warehouse."""
    return work.execute(_SENDER, {"merchant_id": merchant_id}).scalar_one()


def _carrier(row: Any) -> Carrier:
    values = {name: getattr(row, name) for name in _FIELDS}
    return Carrier(**{**values, "coverage": tuple(row.coverage)})
