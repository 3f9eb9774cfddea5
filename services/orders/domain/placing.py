"""Making an order out of a request and a quote: what must be true, and what is frozen. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.chassis.ids import derived_id
from services.chassis.money import split_by_weight
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.flows.flow import PLAIN
from services.orders.domain.parts import parts_of
from services.orders.domain.promises import Credit
from services.orders.domain.split import UNITS
from services.orders.domain.tenders import tender_id_of
from services.orders.domain.variants import variant_of


@dataclass(frozen=True)
class Draft:
    """An order that is agreed upon but not yet placed. ``lines`` carry the frozen share of each unit; ``credit`` is on
    what terms its cash may be promised."""

    order_id: str
    purchase_id: str
    member_id: str
    channel: str
    language: str
    points: int
    coins: int
    cash_fen: int
    provider: str | None
    delivery_address: dict[str, Any] | None
    lines: list[dict[str, Any]]
    variant: str = PLAIN
    is_from_cart: bool = False
    credit: Credit | None = None
    pick_up_at: str | None = None

    @property
    def is_cash_due(self) -> bool:
        """Before anything goes out: what is promised for the door is not."""
        return self.cash_fen > 0 and not self.is_paid_on_delivery

    @property
    def is_approved_first(self) -> bool:
        return self.variant == contract.BULK

    @property
    def is_paid_on_delivery(self) -> bool:
        return self.provider == contract.ON_DELIVERY

    @property
    def deliveries(self) -> list[str]:
        return [part["delivery"] for line in self.lines for part in line["parts"]]

    @property
    def stock_wanted(self) -> list[dict[str, Any]]:
        """One line a SKU, sorted: two lines of one SKU must not pass the check one by one. What is to come names its
        pre-sale; each piece of a flash sale names its ticket."""
        wanted: Counter[str] = Counter()
        for line in self.lines:
            if not _ticket(line):
                wanted[line["sku_id"]] += line["quantity"]
        pieces = [{"sku_id": line["sku_id"], "quantity": 1, **_ticket(line)} for line in self.lines if _ticket(line)]
        presales = {line["sku_id"]: {"presale_id": line["presale_id"]} for line in self.lines if line.get("presale_id")}
        plain = [{"sku_id": sku, "quantity": wanted[sku], **presales.get(sku, {})} for sku in sorted(wanted)]
        return [*plain, *sorted(pieces, key=lambda piece: piece["ticket_id"])]

    @property
    def goes_to(self) -> dict[str, Any]:
        """Where the parcel goes, for whoever chooses a warehouse, or where all of it waits; nothing, if nothing is
        carried."""
        if self.pick_up_at:
            return {"hall": self.pick_up_at, "waits": True}
        address = self.delivery_address
        return {"destination": {name: address[name] for name in ("province", "city")}} if address else {}

    def composed_as(self, compositions: Mapping[str, list[dict[str, Any]]]) -> "Draft":
        """With the parts by SKU that were reserved, which may have changed since the quote."""
        lines = [{**line, "parts": compositions.get(line["sku_id"], line["parts"])} for line in self.lines]
        return replace(self, lines=lines)

    @property
    def tenders(self) -> list[dict[str, Any]]:
        due = {kind: getattr(self, column) for kind, column in UNITS.items()}
        return [
            {
                "tender_id": tender_id_of(self.order_id, kind),
                "order_id": self.order_id,
                "kind": kind,
                "provider": self.provider if kind == "cash" else None,
                "due": amount,
            }
            for kind, amount in due.items()
            if amount
        ]


def basket_of(request: dict[str, Any]) -> dict[str, Any]:
    """As the catalog is asked what it costs."""
    names = ("sku_id", "quantity", "price_id")
    lines = [{**{name: line[name] for name in names}, **_ticket(line)} for line in request["lines"]]
    whose = {"member_id": request["member_id"]} if any("ticket_id" in line for line in lines) else {}
    return {**{name: request[name] for name in ("member_tier", "member_segments")}, **whose, "lines": lines}


def order_id_of(request: dict[str, Any]) -> str:
    return derived_id("ord", request["member_id"], request["request_id"])


def purchase_id_of(request: dict[str, Any]) -> str:
    return derived_id("pur", request["member_id"], request["request_id"])


def require_agreement(request: dict[str, Any], quote: dict[str, Any]) -> None:
    """Refused, unless the buyer may buy, and agreed to the total of the whole basket."""
    _require_active_member(request)
    _require_expected_total(request["expected"], quote)


def draft_order(request: dict[str, Any], quote: dict[str, Any], order_id: str) -> Draft:
    """An order of what is quoted; raises Refused when the buyer left out what it needs."""
    _require_address(request, quote)
    _require_provider(request, quote)
    return Draft(
        order_id=order_id,
        purchase_id=purchase_id_of(request),
        member_id=request["member_id"],
        channel=request["channel"],
        language=request["language"],
        points=quote["points"],
        coins=quote.get("coins", 0),
        cash_fen=quote["cash_fen"],
        provider=request["payment_provider"] if quote["cash_fen"] else None,
        delivery_address=request["delivery_address"] if _is_carried(quote) and not request["pick_up_at"] else None,
        pick_up_at=request["pick_up_at"],
        lines=frozen_lines(quote),
        is_from_cart=request["from_cart"],
        variant=variant_of(request, quote),
    )


def frozen_lines(quote: dict[str, Any]) -> list[dict[str, Any]]:
    """The quote's lines with numbers, and every tender shared out over them to the last unit: what a partial
    refund later gives back. The shares sum to the order's totals exactly."""
    shares = {column: _shares(quote, column) for column in UNITS.values()}
    return [
        {
            **{name: line[name] for name in _SNAPSHOT},
            "line_no": place + 1,
            "parts": parts_of(line),
            **_to_come(line),
            "provision_to": line.get("provision_to"),
            "ticket_id": line.get("ticket_id"),
            **{column: shares[column][place] for column in shares},
            **{f"unit_{column}": _by_unit(shares[column][place], line["quantity"]) for column in shares},
        }
        for place, line in enumerate(quote["lines"])
    ]


_SNAPSHOT = ("sku_id", "goods_id", "merchant_id", "price_id", "kind", "name_zh", "name_en", "quantity")


def _ticket(line: Mapping[str, Any]) -> dict[str, str]:
    """Of a piece of a flash sale; nothing of any other line."""
    return {"ticket_id": line["ticket_id"]} if line.get("ticket_id") else {}


def _to_come(line: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is sold before it is there, out of which pre-sale, and the day from which on it is sent."""
    presale = line.get("presale")
    if presale is None:
        return {"presale_id": None, "ships_from": None}
    return {"presale_id": presale["presale_id"], "ships_from": date.fromisoformat(presale["ships_from"])}


def _shares(quote: dict[str, Any], column: str) -> list[int]:
    return split_by_weight(quote.get(column, 0), [line.get(column, 0) for line in quote["lines"]])


def _by_unit(amount: int, quantity: int) -> list[int]:
    return split_by_weight(amount, [1] * quantity)


def _is_carried(quote: dict[str, Any]) -> bool:
    return any(part["delivery"] == contract.PARCEL for line in quote["lines"] for part in parts_of(line))


def _require_active_member(request: dict[str, Any]) -> None:
    if request["member_state"] != "active":
        raise Refused(contract.MEMBER_NOT_ACTIVE, "only an active member can order", state=request["member_state"])


def _require_expected_total(expected: dict[str, int], quote: dict[str, Any]) -> None:
    total = {column: quote.get(column, 0) for column in UNITS.values()}
    if {column: expected.get(column, 0) for column in total} != total:
        raise Refused(contract.TOTAL_CHANGED, "the total is not what the buyer saw", expected=expected, total=total)


def _require_address(request: dict[str, Any], quote: dict[str, Any]) -> None:
    if _is_carried(quote) and request["delivery_address"] is None and request["pick_up_at"] is None:
        raise Refused(contract.ADDRESS_REQUIRED, "what is carried needs a delivery address")


def _require_provider(request: dict[str, Any], quote: dict[str, Any]) -> None:
    if quote["cash_fen"] and request["payment_provider"] is None:
        raise Refused(
            contract.PROVIDER_REQUIRED, "there is cash to pay: name a provider", providers=list(contract.PAYMENT_WAYS)
        )


def is_lapsed(last_safe_instant: datetime, now: datetime) -> bool:
    return last_safe_instant <= now
