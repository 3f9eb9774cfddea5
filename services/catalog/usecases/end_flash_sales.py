"""Jobs on flash sales: tickets that nobody used in time can be had again; of a sale that is over the rest is let go."""

from dataclasses import replace

from services.catalog.domain.flash_sales import ENDED, OPEN
from services.catalog.storage.flash_sales import give_back, locked_sales, put_sale, sales_over
from services.catalog.storage.flash_tickets import expire_tickets, sales_with_due_tickets
from services.catalog.storage.locks import lock_live_tickets
from services.catalog.usecases.set_aside import let_go
from services.chassis.data.work import Work, Works

AT_ONCE = 500


def expire_unused_tickets(works: Works) -> None:
    for sale_id in works.run(lambda work, _: sales_with_due_tickets(work), {}):
        while works.run(expire_tickets_of, {"sale_id": sale_id}) == AT_ONCE:
            pass


def expire_tickets_of(work: Work, request: dict[str, str]) -> int:
    """``request`` is {sale_id}. How many; of a sale that is over, their pieces go back to the stock."""
    sale_id = request["sale_id"]
    sale = locked_sales(work, [sale_id])[sale_id]
    unused = expire_tickets(work, lock_live_tickets(work, sale_id, work.now, AT_ONCE))
    if unused:
        give_back(work, sale_id, unused)
    if sale.status != OPEN:
        let_go(work, sale_id, sale.sku_id, unused)
    return unused


def end_flash_sales(works: Works) -> None:
    while over := works.run(lambda work, _: sales_over(work, AT_ONCE), {}):
        for sale_id in over:
            works.run(end_flash_sale, {"sale_id": sale_id})


def end_flash_sale(work: Work, request: dict[str, str]) -> None:
    """``request`` is {sale_id}. One that was prolonged or ended meanwhile is left alone; live tickets stay good."""
    sale = locked_sales(work, [request["sale_id"]])[request["sale_id"]]
    if sale.status == OPEN and sale.ends_at <= work.now:
        put_sale(work, replace(sale, status=ENDED, version=sale.version + 1), "its time is over")
        let_go(work, sale.sale_id, sale.sku_id, sale.units_left)
