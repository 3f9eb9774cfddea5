"""What members do, and when: order, ask again, pay once or twice or too late, call off, receive."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import OperationalError

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.context import Context
from services.chassis.refusal import Reply
from services.orders import contract
from services.orders.usecases.resolve_payment import resolve_payment
from tests.integration.orders.goods import ADDRESS
from tests.simulation import flash_sales
from tests.simulation.chance import one_of
from tests.simulation.ground import GOODS, member_of, price_of, sku_of
from tests.simulation.mall import PROVIDER, Mall

BASKETS = (
    ("rice",),
    ("rice", "code"),
    ("code",),
    ("phone",),
    ("cup",),
    ("phone", "tea"),
    ("film",),
    ("tea",),
    ("film", "rice"),
)
A_DAY_S = 86_400
WHY = "changed_my_mind"


@dataclass
class Placed:
    """One request for a purchase: what it was answered each time, and what came of it."""

    request: dict[str, Any]
    answers: list[Reply] = field(default_factory=list)

    @property
    def orders(self) -> list[dict[str, Any]]:
        return next((reply["value"]["orders"] for reply in self.answers if reply["ok"]), [])

    @property
    def is_sure(self) -> bool:
        """Whoever asked knows what became of it."""
        return any(self.is_certain(reply) for reply in self.answers)

    @staticmethod
    def is_certain(reply: Reply) -> bool:
        """An answer for good."""
        return reply["ok"] or reply["rejection"]["code"] != contract.TEMPORARILY_UNAVAILABLE


@dataclass
class Member:
    """One member of one run, who orders a few times."""

    mall: Mall
    run: str
    purchases: list[Placed] = field(default_factory=list)
    asked_for_tickets: list[Reply] = field(default_factory=list)

    def begin(self) -> None:
        chance = self.mall.scheduler.chance
        self.mall.carrier.on_pick_up = self._think_better_of_it
        for number in range(one_of(chance, (1, 1, 1, 2, 2))):
            placed = self._wish(one_of(chance, BASKETS))
            wait_s = chance.between(0, 60) if number else 0
            self.mall.scheduler.spawn(f"member, order {number}", lambda one=placed: self._order(one), wait_s)
        for number in range(one_of(chance, (1, 2, 3)) if flash_sales.has_one(self.run) else 0):
            self.mall.scheduler.spawn(f"member in a flash, {number}", lambda one=number: self._buy_in_a_flash(one))

    def _buy_in_a_flash(self, number: int) -> None:
        """With the ticket in hand the member may come too late, and may try again with it where an order failed."""
        chance, scheduler = self.mall.scheduler.chance, self.mall.scheduler
        ticket = self._take_ticket(number)
        while ticket and chance.happens(0.8):
            scheduler.sleep(chance.between(0, one_of(chance, (10, 120, 900))))
            placed = self._wish_in_a_flash(ticket)
            self._order(placed)
            if placed.orders:
                return

    def _take_ticket(self, number: int) -> Any:
        request = {"sale_id": flash_sales.sale_of(self.run), "member_id": member_of(self.run)}
        for _ in range(3):
            reply = self._call(catalog.TAKE_TICKET, {"request_id": f"ticket-{self.run}-{number}", **request})
            if reply is not None:
                self.asked_for_tickets.append(reply)
                return reply["value"] if reply["ok"] else None
        return None

    def place(self, basket: tuple[str, ...]) -> Placed:
        """At once, and without any trouble."""
        placed = self._wish(basket)
        self._ask(placed)
        return placed

    def start_payment(self, placed: Placed) -> Any:
        return self._do(contract.START_PAYMENT, "pay", purchase_id=placed.orders[0]["purchase_id"])

    def pay_at_cashier(self, started: dict[str, Any]) -> dict[str, str] | None:
        """The provider hears of a trade when its buyer comes to the cashier, which may be after everybody else has done
        with it. None, if the trade is closed."""
        self.mall.provider.open(started["payment_id"], started["amount_fen"])
        return self.mall.provider.pay(started["payment_id"])

    def notify(self, form: dict[str, str]) -> None:
        """As the provider does it: until it is heard."""
        told = {"provider": PROVIDER, "fields_received": form}
        while (reply := self._call(contract.RECORD_PAYMENT_NOTICE, told, "provider")) is None or not reply["ok"]:
            self.mall.scheduler.sleep(120)

    def cancel(self, order: dict[str, Any]) -> None:
        self._do(contract.CANCEL_ORDER, "cancel", order_id=order["order_id"], reason=WHY)

    def _wish(self, names: tuple[str, ...]) -> Placed:
        chance = self.mall.scheduler.chance
        lines = [
            {"sku_id": sku_of(self.run, name), "quantity": 1 + chance.pick(2), "price_id": price_of(self.run, name)}
            for name in names
        ]
        many = {name: line["quantity"] for name, line in zip(names, lines, strict=True)}
        cost = {
            unit: sum(getattr(GOODS[name], unit) * pieces for name, pieces in many.items())
            for unit in ("points", "coins", "cash_fen")
        }
        return self._request(lines, cost)

    def _wish_in_a_flash(self, ticket: dict[str, Any]) -> Placed:
        line = {name: ticket[name] for name in ("sku_id", "price_id", "ticket_id")} | {"quantity": 1}
        return self._request([line], {name: ticket[name] for name in ("points", "coins", "cash_fen")})

    def _request(self, lines: list[dict[str, Any]], cost: dict[str, int]) -> Placed:
        request = {
            "request_id": f"order-{self.run}-{len(self.purchases)}",
            "member_id": member_of(self.run),
            "member_tier": "registered",
            "member_state": "active",
            "lines": lines,
            "expected": cost,
            "payment_provider": PROVIDER if cost["cash_fen"] else None,
            "delivery_address": ADDRESS,
        }
        self.purchases.append(Placed(request))
        return self.purchases[-1]

    def _order(self, placed: Placed) -> None:
        chance = self.mall.scheduler.chance
        for _ in range(1 + chance.pick(4)):
            self._ask(placed)
            if placed.is_sure:
                break
            self.mall.scheduler.sleep(chance.between(1, 400))
        self._go_on(placed)
        if chance.happens(0.2):  # the same request, much later
            self.mall.scheduler.sleep(chance.between(1, 100_000))
            self._ask(placed)

    def _ask(self, placed: Placed) -> None:
        reply = self._call(contract.PLACE_PURCHASE, placed.request)
        if reply is not None:
            placed.answers.append(reply)

    def _go_on(self, placed: Placed) -> None:
        """With whatever may be done with what was placed."""
        chance, scheduler = self.mall.scheduler.chance, self.mall.scheduler
        if not placed.orders:
            return
        if any(order["pay_by"] for order in placed.orders) and chance.happens(0.9):
            for _ in range(one_of(chance, (1, 1, 1, 2))):
                scheduler.spawn("member pays", lambda: self._pay(placed), chance.between(0, 800))
        for order in placed.orders:
            if chance.happens(0.4):
                most = one_of(chance, (0, 0, 60, 900, 10_000))  # at once: nobody has booked a parcel yet
                scheduler.spawn("member cancels", lambda one=order: self.cancel(one), chance.between(0, most))
            if chance.happens(0.5):
                scheduler.spawn("member receives", lambda one=order: self._receive(one), chance.between(0, 400_000))

    def _pay(self, placed: Placed) -> None:
        """From the cashier the way back may be longer than the time to pay, and notices come as they like."""
        scheduler, chance = self.mall.scheduler, self.mall.scheduler.chance
        started = self.start_payment(placed)
        if started is None:
            return
        scheduler.sleep(chance.between(0, one_of(chance, (30, 300, 1800))))
        if chance.happens(0.5):
            self.mall.provider.open(started["payment_id"], started["amount_fen"])
            scheduler.sleep(chance.between(0, 900))
        form = self.pay_at_cashier(started)
        scheduler.trace.note(f"member at the cashier: {'paid' if form else 'the trade is closed'}")
        if form is None:
            return
        if not chance.fault("a payment's notice never comes", 0.05):
            for _ in range(1 + chance.pick(3)):
                scheduler.spawn("notice", lambda: self.notify(form), chance.between(0, 90))
        else:
            scheduler.spawn("the bill has it", lambda: self._reconcile(started["payment_id"]), A_DAY_S)
            scheduler.sleep(chance.between(0, 300))
        if chance.happens(0.6):
            back = {"request_id": f"back-{started['payment_id']}", "payment_id": started["payment_id"]}
            self._call(contract.RESOLVE_PAYMENT, back)
            self._think_better_of_it()

    def _reconcile(self, payment_id: str) -> None:
        """A bill tells of a whole day, and schedules share their days: of the nightly comparison there is here what it
        does again and again about a payment that is missing in our books."""
        context = Context.from_data({"actor": f"job:reconcile_with_{PROVIDER}", "channel": "job"})
        while True:
            try:
                if (
                    resolve_payment(self.mall.serve("orders", context).works, {"payment_id": payment_id})["status"]
                    == "captured"
                ):
                    return
            except OperationalError as problem:
                self.mall.scheduler.trace.note(f"reconciling failed: {problem}")
            self.mall.scheduler.sleep(600)

    def _think_better_of_it(self) -> None:
        """Just when it is paid and nobody has booked a parcel yet, or when the goods have gone out, which nobody but
        the carrier knows yet."""
        chance = self.mall.scheduler.chance
        if chance.happens(0.15):
            orders = [order for placed in self.purchases for order in placed.orders]
            if orders:
                self.mall.scheduler.spawn("member cancels", lambda: self.cancel(one_of(chance, orders)))

    def _receive(self, order: dict[str, Any]) -> None:
        self._do(contract.CONFIRM_RECEIPT, "receive", order_id=order["order_id"])

    def _do(self, command: Any, what: str, **asked: Any) -> Any:
        """Asked again under the same key while the answer is lost; what is certain is said alike each time."""
        key = f"{what}-{next(iter(asked.values()))}-{self.mall.scheduler.chance.pick(2)}"
        request = {"request_id": key, "member_id": member_of(self.run), **asked}
        for _ in range(3):
            reply = self._call(command, request)
            if reply is not None:
                return reply["value"] if reply["ok"] else None
        return None

    def _call(self, contract_of: Any, request: dict[str, Any], actor: str = "") -> Reply | None:
        try:
            return self.mall.call(contract_of, request, actor or f"member:{member_of(self.run)}")
        except RpcFault as fault:
            if "SettingsError" in str(fault) or "AssertionError" in str(fault):
                raise
            return None
