"""How an order is lived through: who does what about it and when, and what somebody leaves undone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.ids import derived_id
from services.orders import contract
from services.orders.domain.flows.steps import STEPS, Step
from tests.integration.orders.goods import ADDRESS, GAMES
from tests.integration.orders.whole.failing import Notes
from tests.integration.orders.whole.ground import COINS, FEN, HALL, MEMBER, PIECES, POINTS, RUN, Way
from tests.integration.orders.whole.mall import WholeMall
from tests.simulation.mall import PROVIDER
from tests.simulation.story import WHY, Member, Placed

DAY_S = 86_400
PLACED, AT_THE_CASHIER = "just placed", "at the cashier"
REFUSED, RETURNED, LOST, UNHEARD = "a partner refuses", "refused at the door", "lost on its way", "paid unheard"
_ROUTES = {RETURNED: ("picked_up", "in_transit", "returned"), LOST: ("picked_up", "in_transit", "lost")}
_ORDER = sa.text("SELECT plan, stuck_step FROM orders WHERE order_id = :order_id")
_CODE = sa.text("SELECT code FROM pick_up WHERE order_id = :order_id")


@dataclass(frozen=True)
class Life:
    """``undone``: a step about which nobody does anything; ``trouble``: what goes another way than it should;
    ``late`` hears late that it is confirmed, so that it has to be asked; ``cancelled_at``: the moment at which the
    member calls it off."""

    undone: str | None = None
    trouble: str | None = None
    late: str | None = None
    cancelled_at: str | None = None

    def __str__(self) -> str:
        undone = f"nobody does {self.undone}" if self.undone else ""
        late = f"{self.late} hears late" if self.late else ""
        cancelled = f"called off at {self.cancelled_at}" if self.cancelled_at else ""
        return ", ".join(filter(None, (undone, late, self.trouble, cancelled))) or "all goes well"


def lives_of(steps: set[str]) -> list[Life]:
    """All but those that are called off; ``steps`` are those of the order's flow."""
    ending = [step for step in STEPS if step in steps and STEPS[step].until is not Step.until]
    troubles = {REFUSED: "provision", RETURNED: "collect_cash", LOST: "collect_cash", UNHEARD: "take_cash"}
    return [
        Life(),
        Life(late="points"),
        *(Life(undone=step) for step in ending),
        *(Life(trouble=trouble) for trouble, step in troubles.items() if step in steps),
        *(Life(trouble=REFUSED, late="logistics") for _ in range({"provision", "carry"} <= steps)),
    ]


def called_off(moment: str) -> Life:
    return Life(cancelled_at=moment)


class Buyer(Member):
    """Orders once, in one way; does all that is left to buyers, staff and counters, unless ``life`` says otherwise."""

    def __init__(self, mall: WholeMall, way: Way, life: Life, notes: Notes, number: int) -> None:
        super().__init__(mall, RUN)
        self.way, self.life, self.notes, self.number = way, life, notes, number
        self.cancelled: Any = None

    @property
    def order_id(self) -> str:
        return self.purchases[0].orders[0]["order_id"]

    def live(self) -> None:
        mall: Any = self.mall
        mall.carrier.route = _ROUTES.get(self.life.trouble or "", mall.carrier.route)
        mall.partner.refused = {GAMES} if self.life.trouble == REFUSED else set()
        self.notes.on_moment = self._call_off
        self.notes.chance.armed = self.life.cancelled_at is None
        self.purchases.append(Placed(self._request()))
        self.mall.scheduler.spawn("buyer", self._order_and_go_on)

    def _call_off(self, moment: str, order_id: str) -> None:
        if moment == self.life.cancelled_at:
            self.notes.chance.armed = True
            self.mall.scheduler.spawn("cancel", lambda: self._cancel(order_id))

    def _cancel(self, order_id: str) -> None:
        self.cancelled = self._do(contract.CANCEL_ORDER, "cancel", order_id=order_id, reason=WHY)

    def _request(self) -> dict[str, Any]:
        line = {"sku_id": self.way.sku_id, "quantity": PIECES, "price_id": self.way.price_id}
        request = {
            "request_id": f"order-{self.number}",
            "member_id": MEMBER,
            "member_tier": "registered",
            "member_state": "active",
            "lines": [line],
            "expected": {"points": POINTS * PIECES, "coins": COINS * PIECES, "cash_fen": FEN * PIECES},
            "payment_provider": PROVIDER,
            "delivery_address": ADDRESS,
        }
        return request | _ASKED_AS.get(self.way.variant, {})

    def _order_and_go_on(self) -> None:
        while not self.purchases[0].is_sure:
            self._ask(self.purchases[0])
            self.mall.scheduler.sleep(1)
        assert self.purchases[0].orders, self.purchases[0].answers
        self.notes.note(PLACED, self.order_id)
        for step, (after_s, act) in ACTS.items():
            if step in self.steps:
                self.mall.scheduler.spawn(step, lambda act=act, step=step: act(self, step == self.life.undone), after_s)

        if self.life.trouble == REFUSED:
            self.mall.scheduler.spawn("somebody looks", self._look, 2 * DAY_S)

    @property
    def steps(self) -> set[str]:
        return {step["step"] for step in self._row.plan}

    @property
    def _row(self) -> Any:
        return self.mall.stores["orders"].ask(_ORDER, order_id=self.order_id)[0]

    def _look(self) -> None:
        """What could not be called off any more is asked for anew, when the partner has it again."""
        mall: Any = self.mall
        mall.partner.refused = set()
        if self._row.stuck_step:
            asked = {
                "request_id": f"look-{self.number}",
                "order_id": self.order_id,
                "move": "ask",
                "reason": "there now",
            }
            self.insist(contract.MOVE_ORDER, asked, "staff:boss")

    def insist(self, command: Any, request: dict[str, Any], actor: str) -> Any:
        """As people do it: again, until there is an answer."""
        while (reply := self._call(command, request, actor)) is None:
            self.mall.scheduler.sleep(5)
        return reply

    def approve(self, is_undone: bool) -> None:
        if not is_undone:
            asked = {"request_id": f"approve-{self.number}", "order_id": self.order_id, "reason": "budget"}
            self.insist(contract.APPROVE_ORDER, asked, "staff:boss")

    def pay(self, is_undone: bool) -> None:
        """Who does not pay comes to the cashier all the same."""
        started = self._start()
        if started is None:
            return
        self.mall.provider.open(started["payment_id"], started["amount_fen"])
        self.notes.note(AT_THE_CASHIER, self.order_id)
        self.mall.scheduler.sleep(10)
        form = None if is_undone else self.pay_at_cashier(started)
        if form is not None and self.life.trouble != UNHEARD:
            self.notify(form)

    def _start(self) -> Any:
        """None, if there is nothing to be paid any more."""
        request = {"request_id": f"pay-{self.number}", "member_id": MEMBER, "order_id": self.order_id}
        reply = self.insist(contract.START_PAYMENT, request, f"member:{MEMBER}")
        return reply["value"] if reply["ok"] else None

    def fetch(self, is_undone: bool) -> None:
        rows = self.mall.stores["orders"].ask(_CODE, order_id=self.order_id)
        if rows and rows[0].code and not is_undone:
            counter = {"place_id": HALL, "key_id": derived_id("stk", RUN), "code": rows[0].code}
            asked = {"request_id": f"fetch-{self.number}", **counter}
            self.insist(catalog.HAND_OVER_GOODS, asked, "staff:counter")

    def receive(self, is_undone: bool) -> None:
        if not is_undone:
            self._do(contract.CONFIRM_RECEIPT, "receive", order_id=self.order_id)


_ASKED_AS: dict[str, dict[str, Any]] = {
    contract.ON_DELIVERY: {"payment_provider": contract.ON_DELIVERY},
    contract.PICK_UP: {"delivery_address": None, "pick_up_at": HALL},
}
# What people have to do about a step, and how many seconds after the order is placed.
ACTS: dict[str, tuple[float, Callable[[Buyer, bool], None]]] = {
    "approve": (100, Buyer.approve),
    "take_cash": (200, Buyer.pay),
    "hand_over": (4 * DAY_S, Buyer.fetch),  # a day after members are reminded of it
    "receive": (5 * DAY_S, Buyer.receive),
}
