"""The rest of the model: holds, and what the life of an order does to them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.chassis.refusal import KEY_REUSED
from services.points import contract
from tests.integration.points.ledger_model import Content
from tests.integration.points.ledger_model_adjustments import Adjustments
from tests.integration.points.ledger_model_bags import Bag, No, Purse, draw, less

GRACE = timedelta(days=30)


@dataclass
class Held:
    """One hold: "open", "captured", "released" or "expired"; a bar has no purse and is "barred"."""

    state: str
    purse: Any = None
    drawn: Bag = field(default_factory=Counter)
    captured: Bag = field(default_factory=Counter)
    refunded: Bag = field(default_factory=Counter)
    overdue: int = 0  # the how manieth to be so
    order_ended: bool = False

    @property
    def left(self) -> Bag:
        return self.captured - self.refunded


class Model(Adjustments):
    """All commands, all events, the jobs and time."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.holds: dict[tuple[str, str], Held] = {}
        self.timed_out = 0

    def hold(self, member_id: str, order_id: str, points: int, unit: str) -> Content:
        purse, known = self.purse_or_new(member_id, unit), self.holds.get((order_id, unit))
        if purse not in self.purses.values():
            raise No(contract.INSUFFICIENT)
        if known and known.state not in ("open", "captured"):
            raise No(contract.HOLD_RELEASED_BEFORE)
        if known and (known.purse is not purse or known.drawn.total() != points):
            raise No(KEY_REUSED)
        if not known:
            self.must_be_active(member_id)
            self.holds[order_id, unit] = Held("open", purse, self._set_aside(purse, points))
        return {"order_id": order_id, "points": points, "available": self.available(purse)}

    def capture(self, order_id: str, unit: str, points: int | None = None) -> Content:
        """All that is held, if it is not said how much."""
        hold = self._hold(order_id, unit)
        asked = points or hold.captured.total() or hold.drawn.total()
        if hold.state != "captured" or asked != hold.captured.total():
            if hold.state != "open" or hold.overdue:
                raise No(contract.HOLD_NOT_OPEN)
            self._spend(hold, asked)
        return {"order_id": order_id, "points": asked}

    def release(self, order_id: str, unit: str) -> Content:
        hold = self.holds.setdefault((order_id, unit), Held("barred"))
        if hold.state == "captured":
            raise No(contract.HOLD_NOT_OPEN)
        self._let_go(hold, "released")
        return {"order_id": order_id, "points": hold.drawn.total()}

    def refund(self, order_id: str, points: int, unit: str) -> Content:
        hold = self._hold(order_id, unit)
        if hold.state != "captured":
            raise No(contract.HOLD_NOT_OPEN)
        if points > hold.left.total():
            raise No(contract.REFUND_TOO_LARGE)
        self._give_back(hold, points)
        return {"order_id": order_id, "points": points}

    def confirm_order(self, order_id: str, points: int) -> Content:
        """In time or late; captured or ended before, it means nothing."""
        hold = self._hold(order_id, contract.POINTS)
        if hold.state == "captured" or hold.order_ended:
            return {}
        if hold.state not in ("open", "expired"):
            raise No(contract.HOLD_NOT_OPEN)
        if hold.state == "expired" and hold.drawn.total() > self.available(hold.purse):
            raise No(contract.INSUFFICIENT)
        if points > hold.drawn.total():
            raise No(contract.CAPTURE_TOO_LARGE)
        if hold.state == "expired":
            hold.drawn, hold.state = self._set_aside(hold.purse, hold.drawn.total()), "open"
        self._spend(hold, points)
        return {}

    def end_order(self, order_id: str) -> Content:
        for unit in (contract.COINS, contract.POINTS):
            hold = self.holds.get((order_id, unit), Held("barred"))
            hold.order_ended = True
            self._let_go(hold, "released")
            if hold.left:
                self._give_back(hold, hold.left.total())
        return {}

    def time_out(self, order_id: str, unit: str) -> None:
        """The time of a hold is up; nobody has looked at it yet."""
        hold = self.holds.get((order_id, unit))
        if hold and hold.state == "open":
            self.timed_out += 1
            hold.overdue = self.timed_out

    def sweep(self, status: str) -> None:
        """The job settles every overdue hold as its order stands: "confirmed", "awaiting_payment" or "closed"."""
        due = [hold for hold in self.holds.values() if hold.state == "open" and hold.overdue]
        for hold in sorted(due, key=lambda hold: hold.overdue):
            hold.overdue = 0
            if status == "confirmed":
                self._spend(hold, hold.drawn.total())
            elif status == "closed":
                self._let_go(hold, "expired")

    def _hold(self, order_id: str, unit: str) -> Held:
        hold = self.holds.get((order_id, unit))
        if hold is None or hold.purse is None:
            raise No(contract.HOLD_UNKNOWN)
        return hold

    def _set_aside(self, purse: Purse, points: int) -> Bag:
        if points > self.available(purse):
            raise No(contract.INSUFFICIENT)
        drawn = draw(purse.live(self.today), points)
        purse.free.subtract(drawn)
        purse.held.update(drawn)
        return drawn

    def _spend(self, hold: Held, points: int) -> None:
        if points > hold.drawn.total():
            raise No(contract.CAPTURE_TOO_LARGE)
        self._free(hold, "captured")
        hold.captured = draw(hold.drawn, points)
        self.book(hold.purse, less(hold.captured), hold)
        self._collect(hold.purse)

    def _let_go(self, hold: Held, state: str) -> None:
        if hold.state == "open":
            self._free(hold, state)
            self._collect(hold.purse)

    def _free(self, hold: Held, state: str) -> None:
        hold.purse.held.subtract(hold.drawn)
        hold.purse.free.update(hold.drawn)
        hold.state = state

    def _give_back(self, hold: Held, points: int) -> None:
        back = draw(hold.left, points, latest_first=True)
        hold.refunded += back
        revived: Bag = Counter()
        for (day, pool), part in back.items():
            revived[day if day >= self.today else self.today + GRACE, pool] += part
        self.book(hold.purse, revived, hold)
        self._collect(hold.purse)

    def _collect(self, purse: Purse) -> None:
        """What an order gives back goes to what the member owes."""
        repaid = draw(purse.live(self.today), purse.owed)
        purse.owed -= repaid.total()
        self.book(purse, less(repaid))
