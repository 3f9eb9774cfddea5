"""Cash that members have promised to pay at the door."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.contract import ON_DELIVERY
from services.orders.domain.promises import Promised
from services.orders.storage.tables import orders


def promised_by(work: Work, member_id: str, besides: str = "") -> Promised:
    """By orders of the member that go on and are not paid, except those of the purchase ``besides``."""
    open_ones = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(orders.c.cash_fen), 0)).where(
        orders.c.member_id == member_id,
        orders.c.variant == ON_DELIVERY,
        orders.c.ended_at.is_(None),
        orders.c.payment_status != "paid",
        orders.c.purchase_id != besides,
    )
    count, fen = work.execute(open_ones).one()
    return Promised(count, int(fen))
