"""Tickets of flash sales. A state changes only by conditional writes, and only from where the table allows it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from services.catalog.domain.flash_sales import LIVE, SPENT, TICKET
from services.catalog.storage.tables import flash_sale, flash_ticket
from services.chassis.data.work import Work

_HAD = sa.text("""
    SELECT count(*) FROM flash_ticket
    WHERE sale_id = :sale_id AND member_id = :member_id AND state IN ('live', 'spent')
""")
_COLUMNS = (
    *(flash_ticket.c[name] for name in ("ticket_id", "sale_id", "member_id", "state", "taken_at", "expires_at")),
    flash_ticket.c.order_id,
    *(flash_sale.c[name] for name in ("sku_id", "price_id", "points", "cash_fen", "coins")),
)
_TICKETS = sa.select(*_COLUMNS).join(flash_sale, flash_sale.c.sale_id == flash_ticket.c.sale_id)
_NAMED = _TICKETS.where(flash_ticket.c.ticket_id == sa.any_(sa.bindparam("ticket_ids", type_=sa.ARRAY(sa.Text))))
_OF_MEMBER = _TICKETS.where(
    flash_ticket.c.sale_id == sa.bindparam("sale_id"), flash_ticket.c.member_id == sa.bindparam("member_id")
).order_by(flash_ticket.c.taken_at.desc(), flash_ticket.c.ticket_id)
_OF_ORDER = (
    sa.select(*(flash_ticket.c[name] for name in ("ticket_id", "sale_id", "member_id", "state")), flash_sale.c.sku_id)
    .join(flash_sale, flash_sale.c.sale_id == flash_ticket.c.sale_id)
    .where(flash_ticket.c.order_id == sa.bindparam("order_id"))
    .order_by(flash_ticket.c.ticket_id)
)
_EXPIRE = sa.text("""
    UPDATE flash_ticket SET state = 'expired', changed_at = :now WHERE ticket_id = ANY(:ticket_ids) AND state = 'live'
""")
_DUE = sa.text("""
    SELECT DISTINCT sale_id FROM flash_ticket WHERE state = 'live' AND expires_at <= :now ORDER BY sale_id
""")


def count_had(work: Work, sale_id: str, member_id: str) -> int:
    """Live and spent ones of the member; what came back or was not used does not count."""
    return work.execute(_HAD, {"sale_id": sale_id, "member_id": member_id}).scalar_one()


def add_ticket(work: Work, ticket_id: str, sale_id: str, member_id: str, expires_at: datetime) -> None:
    row = {"ticket_id": ticket_id, "sale_id": sale_id, "member_id": member_id, "state": LIVE, "order_id": None}
    times = {"taken_at": work.now, "expires_at": expires_at, "changed_at": work.now}
    work.execute(flash_ticket.insert(), {**row, **times})


def find_tickets(work: Work, ticket_ids: Sequence[str]) -> dict[str, sa.RowMapping]:
    """By id, those that there are: the contract's FlashTicket, and whose they are."""
    rows = work.execute(_NAMED, {"ticket_ids": sorted(ticket_ids)}).mappings() if ticket_ids else ()
    return {row["ticket_id"]: row for row in rows}


def tickets_of_member(work: Work, sale_id: str, member_id: str) -> Sequence[sa.RowMapping]:
    return work.execute(_OF_MEMBER, {"sale_id": sale_id, "member_id": member_id}).mappings().all()


def tickets_of_order(work: Work, order_id: str) -> list[sa.Row]:
    """{ticket_id, sale_id, member_id, state, sku_id}, sorted; empty for an order that used none."""
    return list(work.execute(_OF_ORDER, {"order_id": order_id}).all())


def spend_ticket(work: Work, ticket_id: str, member_id: str, sku_id: str, order_id: str) -> bool:
    """For one order, if it is this member's for this SKU, and good still."""
    (source,) = TICKET.sources("spend")
    of_sku = sa.select(flash_sale.c.sale_id).where(flash_sale.c.sku_id == sku_id)
    statement = sa.update(flash_ticket).where(
        flash_ticket.c.ticket_id == ticket_id,
        flash_ticket.c.member_id == member_id,
        flash_ticket.c.sale_id.in_(of_sku),
        flash_ticket.c.state == source,
        flash_ticket.c.expires_at > work.now,
    )
    return bool(work.execute(statement.values(state=SPENT, order_id=order_id, changed_at=work.now)).rowcount)


def revive_ticket(work: Work, ticket_id: str) -> bool:
    """As if no order had used it. False if its time is over."""
    (source,) = TICKET.sources("revive")
    is_good = (flash_ticket.c.state == source, flash_ticket.c.expires_at > work.now)
    statement = sa.update(flash_ticket).where(flash_ticket.c.ticket_id == ticket_id, *is_good)
    return bool(work.execute(statement.values(state=LIVE, order_id=None, changed_at=work.now)).rowcount)


def return_ticket(work: Work, ticket_id: str) -> bool:
    return _move(work, ticket_id, "return")


def spend_ticket_again(work: Work, ticket_id: str) -> bool:
    return _move(work, ticket_id, "spend_again")


def _move(work: Work, ticket_id: str, event: str) -> bool:
    """Of a ticket that an order has used. False if its state does not allow it now."""
    (source,) = TICKET.sources(event)
    statement = sa.update(flash_ticket).where(flash_ticket.c.ticket_id == ticket_id, flash_ticket.c.state == source)
    return bool(work.execute(statement.values(state=TICKET.next(source, event), changed_at=work.now)).rowcount)


def expire_tickets(work: Work, ticket_ids: Sequence[str]) -> int:
    """How many of them were live. The caller has locked them and their sale."""
    return work.execute(_EXPIRE, {"ticket_ids": list(ticket_ids), "now": work.now}).rowcount


def sales_with_due_tickets(work: Work) -> list[str]:
    return list(work.execute(_DUE, {"now": work.now}).scalars())
