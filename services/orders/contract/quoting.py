"""The quote of a basket, which explains itself, and the best way to pay with what the member has."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from services.catalog.contract import OfferedPrice, OtherPrice
from services.chassis.contract import Query
from services.chassis.schemas import (
    LARGEST_SAFE_INTEGER,
    Record,
    choice,
    flag,
    identifier,
    integer,
    listed,
    nested,
    text,
)
from services.orders.contract.orders import Basket, OrderLine, segments_field
from services.orders.contract.provisioning import ASKED_FOR, OWN_PHONE
from services.orders.contract.vocabulary import (
    LANES,
    LARGEST_BASKET,
    LARGEST_QUANTITY,
    PAYMENT_WAYS,
    SERVICE,
    TENDERS,
    TIERS,
)


def spared_field() -> fields.List:
    """What the best split spares first, second and third."""
    return listed(choice(*TENDERS), shortest=len(TENDERS), longest=len(TENDERS), allow_none=True)


class QuoteOrder(Basket):
    """Who says ``member_id`` also learns what they have and the best split; ``spared_first`` null: least cash, then
    least coins, then fewest points. ``province``: where it would be carried, so that it is known whether anybody
    collects cash there."""

    member_id = identifier("mbr", allow_none=True)
    member_tier = choice(*TIERS)
    member_segments = segments_field()
    spared_first = spared_field()
    province = text(40, allow_none=True)

    @validates_schema
    def spares_each_once(self, data: Mapping[str, Any], **_: Any) -> None:
        spared = data.get("spared_first")
        if spared and len(set(spared)) < len(spared):
            raise ValidationError("each means of payment once", "spared_first")


def _signed() -> fields.Integer:
    return integer(-LARGEST_SAFE_INTEGER, LARGEST_SAFE_INTEGER)


class Lane(Record):
    """What a piece costs more (or, below zero, less) by this lane."""

    lane = choice(*LANES)
    points = _signed()
    coins = _signed()
    cash_fen = _signed()


class ExplainedLine(Record):
    """``least_tier`` and ``segment`` are whom the price that was taken is for. The ``lanes`` that say anything, in the
    order in which they apply, sum to what a piece costs; ``points``, ``coins`` and ``cash_fen`` are of all pieces.

    ``choices`` are all ways in which this member may pay, ``other_prices`` say why they are none."""

    line_no = integer(1)
    price_id = identifier("prc")
    quantity = integer(1)
    least_tier = choice(*TIERS)
    segment = text(40, allow_none=True)
    lanes = listed(Lane)
    points = integer()
    coins = integer()
    cash_fen = integer()
    choices = listed(OfferedPrice)
    other_prices = listed(OtherPrice)


class QuotedTender(Record):
    """``amount`` in points, coins or fen; ``available`` is what the member has of it, null if that is not known."""

    kind = choice(*TENDERS)
    amount = integer(1)
    available = integer(allow_none=True)


class SplitLine(Record):
    """A line of a basket."""

    sku_id = identifier("sku")
    price_id = identifier("prc")
    quantity = integer(1)


class Split(Record):
    """The same pieces, each paid in the way that is best for the member; ``lines`` are a basket to be quoted or
    placed. ``is_best`` is false of a basket so large that there may be a better one."""

    lines = listed(SplitLine, shortest=1, longest=LARGEST_BASKET * LARGEST_QUANTITY)
    points = integer()
    coins = integer()
    cash_fen = integer()
    is_best = flag()


class OfferedProvider(Record):
    """``reasons`` are all that stands against it; of cash on delivery those of the member's credit among them, or
    ``not_carried_alone``, ``too_many_open_orders``, ``too_much_open_cash``, ``credit_not_known_now``,
    ``no_carrier_collects_there``, ``carriers_not_known_now``."""

    provider = choice(*PAYMENT_WAYS)
    is_offered = flag()
    reasons = listed(text(40))


class AskedFor(Record):
    """What the buyer gives as ``provision_to`` of a line, for one partner that switches on something of it; ``pattern``
    is a regular expression for all of it. ``default`` is what is taken if nothing is given, null: it must be given. A
    partner that ``is_paused`` takes nothing new now."""

    line_no = integer(1)
    provisioner = text(40)
    asks_for = choice(*ASKED_FOR)
    label_zh = text(120)
    label_en = text(120)
    pattern = text(200)
    default = choice(OWN_PHONE, allow_none=True)
    is_paused = flag()


class Quote(Record):
    """``best_split`` is null if the member has too little for any, or if it is not known what they have.
    ``payment_providers`` are by whom the cash can be paid; none, if there is none to pay."""

    lines = listed(OrderLine, shortest=1)
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    explained = listed(ExplainedLine, load_default=list)
    tenders = listed(QuotedTender, load_default=list)
    best_split = nested(Split, allow_none=True)
    payment_providers = listed(OfferedProvider, load_default=list)
    asked_for = listed(AskedFor, load_default=list)


QUOTE_ORDER = Query(SERVICE, "quote_order", QuoteOrder, Quote)
