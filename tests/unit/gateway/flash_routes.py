"""Routes of flash sales: what members see and take, and what operations decide."""

from services.catalog import contract as catalog
from tests.unit.gateway.edge import UUID
from tests.unit.gateway.route import MEMBER, STAFF, Route, key

SALES, SALE = "/v1/flash-sales", f"fls_{UUID}"
TICKETS = f"{SALES}/{SALE}/tickets"
OF_TICKETS = f"{SALES}/{{sale_id}}/tickets"
OPS = "/v1/ops/flash-sales"
NEW_SALE = {
    "sku_id": f"sku_{UUID}",
    "starts_at": None,
    "ends_at": "2026-11-28T14:00:00.000Z",
    "points": 9900,
    "cash_fen": 0,
    "coins": 0,
    "quota": 100,
    "per_member": 1,
    "ticket_s": 300,
    "reason": "Saturday night",
}
MORE = {"ends_at": None, "quota": 150, "reason": "the merchant sends more"}


def of_sale(what, contract, body, status):
    path = f"{OPS}/{SALE}/{what}"
    expected = {**key("POST", path, "li.lei"), "sale_id": SALE, **body}
    return Route("POST", f"{OPS}/{{sale_id}}/{what}", contract, expected, path, body, status, actor=STAFF)


FLASH_ROUTES = [
    Route("GET", SALES, catalog.LIST_FLASH_OFFERS, {"limit": 20}, open=True, actor="anonymous"),
    Route(
        "POST",
        OF_TICKETS,
        catalog.TAKE_TICKET,
        {**key("POST", TICKETS), "sale_id": SALE, "member_id": MEMBER},
        TICKETS,
        status=201,
    ),
    Route("GET", OF_TICKETS, catalog.LIST_TICKETS, {"sale_id": SALE, "member_id": MEMBER}, TICKETS),
    Route(
        "POST",
        OPS,
        catalog.OPEN_FLASH_SALE,
        {**key("POST", OPS, "li.lei"), **NEW_SALE},
        body=NEW_SALE,
        status=201,
        actor=STAFF,
    ),
    Route("GET", OPS, catalog.LIST_FLASH_SALES, {"sku_id": None, "limit": 5}, f"{OPS}?limit=5", actor=STAFF),
    Route("GET", f"{OPS}/{{sale_id}}", catalog.GET_FLASH_SALE, {"sale_id": SALE}, f"{OPS}/{SALE}", actor=STAFF),
    of_sale("changes", catalog.CHANGE_FLASH_SALE, MORE, 201),
    of_sale("cancellation", catalog.CANCEL_FLASH_SALE, {"reason": "the wrong goods"}, 200),
]
