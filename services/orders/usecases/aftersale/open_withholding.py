"""A case about pieces that are to be kept back: from now on those who have them are asked."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders import contract
from services.orders.domain.aftersale.offering import require_one_merchant
from services.orders.domain.aftersale.units import Unit, by_line
from services.orders.storage.cases import insert_case
from services.orders.usecases.aftersale.move_case import decided, move_case
from services.orders.usecases.aftersale.telling import note, tell
from services.orders.usecases.move_order import move_on


def open_withholding(
    work: Work,
    order: sa.Row,
    lines: dict[int, dict[str, Any]],
    units: Sequence[Unit],
    key: Sequence[str],
    reason: str,
    because: str,
) -> sa.Row:
    """``key`` names the case among those of the order. Needs the order's lock; the pieces are free."""
    values = {
        "case_id": derived_id("cas", order.order_id, *key),
        "order_id": order.order_id,
        "member_id": order.member_id,
        "merchant_id": require_one_merchant(lines, units),
        "kind": contract.CANCEL_PART,
        "status": "requested",
        "reason": reason,
        "note": because[:500],
    }
    case = insert_case(work, values, units)
    note(work, case, "opened", reason=case.reason)
    tell(work, contract.CASE_OPENED, case, lines=by_line(units))
    case = move_case(work, case, "withhold", due_at=work.now, **decided(work, reason))
    move_on(work, order)
    return case
