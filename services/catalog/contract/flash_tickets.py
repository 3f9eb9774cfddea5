"""Tickets of flash sales as members take them: each is one piece at the price of the sale, for a short time."""

from services.catalog.contract.vocabulary import (
    FLASH_BUSY,
    FLASH_MEMBER_CAP,
    FLASH_NOT_OPEN,
    FLASH_SOLD_OUT,
    FLASH_UNKNOWN,
    SERVICE,
    TICKET_STATES,
)
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text


class TakeTicket(Request):
    request_id = text(80)
    sale_id = identifier("fls")
    member_id = identifier("mbr")


class FlashTicket(Record):
    """One piece. A line of a basket that names it, with ``price_id``, costs what the sale says; the order has to be
    placed before ``expires_at``. ``order_id``: for which it was used."""

    ticket_id = identifier("tkt")
    sale_id = identifier("fls")
    sku_id = identifier("sku")
    price_id = identifier("prc")
    points = integer()
    cash_fen = integer()
    coins = integer()
    state = choice(*TICKET_STATES)
    taken_at = instant()
    expires_at = instant()
    order_id = identifier("ord", allow_none=True)


class ListTickets(Request):
    sale_id = identifier("fls")
    member_id = identifier("mbr")


class FlashTickets(Record):
    """Of one member, newest first."""

    tickets = listed(FlashTicket)


class FlashOffer(Record):
    """``left`` is a hint: others take tickets meanwhile, and what nobody pays for comes back."""

    sale_id = identifier("fls")
    sku_id = identifier("sku")
    goods_id = identifier("gds")
    price_id = identifier("prc")
    name_zh = text(200)
    name_en = text(200)
    points = integer()
    cash_fen = integer()
    coins = integer()
    starts_at = instant()
    ends_at = instant()
    quota = integer(1)
    per_member = integer(1)
    ticket_s = integer(1)
    left = integer()


class ListFlashOffers(Request):
    limit = integer(1, 100, load_default=50)


class FlashOffers(Record):
    """Those that run and those to come, the next one to end first. ``now`` is this side's clock, to count down by."""

    now = instant()
    sales = listed(FlashOffer)


TAKE_TICKET = Command(
    SERVICE,
    "take_ticket",
    TakeTicket,
    FlashTicket,
    refuses=(FLASH_UNKNOWN, FLASH_NOT_OPEN, FLASH_SOLD_OUT, FLASH_MEMBER_CAP, FLASH_BUSY),
)
LIST_TICKETS = Query(SERVICE, "list_tickets", ListTickets, FlashTickets)
LIST_FLASH_OFFERS = Query(SERVICE, "list_flash_offers", ListFlashOffers, FlashOffers)
