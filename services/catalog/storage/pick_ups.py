"""What waits in halls for its buyers, and who handed it over."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.catalog.storage.tables import pick_up
from services.chassis.data.work import Work

# Of several orders that had one code, one after the other, the one that has it, or had it last.
_BY_CODE = (
    sa.select(pick_up)
    .where(pick_up.c.place_id == sa.bindparam("place_id"), pick_up.c.code == sa.bindparam("code"))
    .order_by(pick_up.c.state != "waiting", pick_up.c.changed_at.desc())
    .limit(1)
)
_WAITING = sa.text("""
    SELECT order_id, upper(right(order_id, 8)) AS order_no, prepared_at FROM pick_up
    WHERE place_id = :place_id AND state = 'waiting'
      AND (CAST(:after AS text) IS NULL OR (prepared_at, order_id)
           > (SELECT prepared_at, order_id FROM pick_up WHERE order_id = :after))
    ORDER BY prepared_at, order_id LIMIT :limit
""")
_GOODS = sa.text("""
    SELECT line.order_id, line.element_id, line.quantity, element.name_zh, element.name_en
    FROM reservation_line line JOIN element USING (element_id)
    WHERE line.order_id = ANY(:order_ids) ORDER BY line.order_id, line.element_id
""")


def open_pick_up(work: Work, order_id: str, place_id: str, member_id: str, code: str) -> bool:
    """False if another order that waits there has the code."""
    row = {"order_id": order_id, "place_id": place_id, "member_id": member_id, "code": code, "state": "waiting"}
    now = {"prepared_at": work.now, "changed_at": work.now, "changed_by": work.context.actor}
    is_free = insert(pick_up).on_conflict_do_nothing(
        index_elements=["place_id", "code"], index_where=sa.text("state = 'waiting'")
    )
    return bool(work.execute(is_free, row | now).rowcount)


def find_pick_up(work: Work, order_id: str) -> sa.Row | None:
    return work.execute(sa.select(pick_up).where(pick_up.c.order_id == order_id)).one_or_none()


def pick_up_by_code(work: Work, place_id: str, code: str) -> sa.Row | None:
    return work.execute(_BY_CODE, {"place_id": place_id, "code": code}).one_or_none()


def close_pick_up(work: Work, order_id: str, state: str, key_id: str | None = None) -> None:
    """Nothing, if the order never got as far as a code."""
    waiting = (pick_up.c.order_id == order_id, pick_up.c.state == "waiting")
    told = {"state": state, "changed_at": work.now, "changed_by": work.context.actor, "key_id": key_id}
    work.execute(sa.update(pick_up).where(*waiting).values(told))


def waiting_in(work: Work, page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """[{order_id, order_no, prepared_at}], the longest waiting first."""
    return [dict(row) for row in work.execute(_WAITING, dict(page)).mappings()]


def goods_waiting(work: Work, order_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """By order: [{element_id, quantity, name_zh, name_en}]"""
    found: dict[str, list[dict[str, Any]]] = {order_id: [] for order_id in order_ids}
    for row in work.execute(_GOODS, {"order_ids": order_ids}).mappings():
        found[row["order_id"]].append({name: row[name] for name in ("element_id", "quantity", "name_zh", "name_en")})
    return found
