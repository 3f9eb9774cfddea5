"""What the points tests share: the use cases in words, members with accounts, requests with fresh ids."""

from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.contract import Call
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.testkit import event_of, owner_of, works_on
from services.members import contract as members
from services.points import contract
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.approve_adjustment import approve_adjustment
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.claw_back_points import claw_back
from services.points.usecases.exchange_points import exchange_points
from services.points.usecases.freeze_account import freeze_account, unfreeze_account
from services.points.usecases.get_balance import get_balance
from services.points.usecases.gift_points import gift_points
from services.points.usecases.hold_points import hold_points
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.quote_exchange import quote_exchange
from services.points.usecases.refund_points import refund_points
from services.points.usecases.reject_adjustment import reject_adjustment
from services.points.usecases.release_hold import release_hold
from services.points.usecases.request_adjustment import request_adjustment
from services.points.usecases.reverse_top_up import reverse_top_up
from services.points.usecases.top_up import top_up

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Ledger:
    """The use cases in words, on one database."""

    def __init__(self, engine: sa.Engine, rpc: Any = None) -> None:
        self.engine, self.clock = engine, FixedClock(NOON)
        self.works: Works = works_on(engine, clock=self.clock, rpc=rpc)

    def member(self, points: int = 0, state: str = "active", subscriber_no: str | None = None) -> str:
        """A member imported from the operator (no sign-up bonus), with ``points`` from a campaign."""
        member_id = new_id("mbr")
        self.enrol(card(member_id, state=state, subscriber_no=subscriber_no))
        if points:
            self.accrue(member_id, points)
        return member_id

    def enrol(self, *cards: dict[str, Any], event_id: str | None = None) -> bool:
        event = event_of(members.MEMBERS_ENROLLED, cards[0]["member_id"], {"members": list(cards)}, event_id=event_id)
        return self.works.apply(event, open_accounts)

    def accrue(self, member_id: str, points: int, source: str = "campaign", **more: Any) -> dict[str, Any]:
        request = {"member_id": member_id, "points": points, "source": source, "reference": "spring"}
        return self._run(contract.ACCRUE_POINTS, accrue_points, request, more)

    def hold(self, member_id: str, points: int, order_id: str | None = None, **more: Any) -> dict[str, Any]:
        request = {"order_id": order_id or new_id("ord"), "member_id": member_id, "points": points}
        return self._run(contract.HOLD_POINTS, hold_points, request | {"expires_in_s": 900}, more)

    def capture(self, order_id: str, **more: Any) -> dict[str, Any]:
        return self._run(contract.CAPTURE_HOLD, capture_hold, {"order_id": order_id}, more)

    def release(self, order_id: str, **more: Any) -> dict[str, Any]:
        return self._run(contract.RELEASE_HOLD, release_hold, {"order_id": order_id, "reason": "changed_mind"}, more)

    def refund(self, order_id: str, points: int, **more: Any) -> dict[str, Any]:
        return self._run(
            contract.REFUND_POINTS, refund_points, {"order_id": order_id, "points": points, "reason": "returned"}, more
        )

    def claw_back(self, member_id: str, points: int, policy: str = "debt", **more: Any) -> dict[str, Any]:
        """``corrects``: the journal of the earning, if it is known."""
        request = {"member_id": member_id, "points": points, "policy": policy, "source": "campaign"}
        return self._run(contract.CLAW_BACK, claw_back, request | {"reason": "not_due"}, more)

    def exchange(
        self, member_id: str, get: int, expected_give: int | None = None, way: str = "PTS>COIN", **more: Any
    ) -> dict[str, Any]:
        """``get`` coins for points, or the way back ("COIN>PTS"); at the cost of now, if none is expected."""
        from_unit, to_unit = way.split(">")
        units = {"from_unit": from_unit, "to_unit": to_unit}
        give = expected_give or self.ask(contract.QUOTE_EXCHANGE, quote_exchange, {**units, "get": get})["give"]
        request = {"member_id": member_id, **units, "get": get, "expected_give": give}
        return self._run(contract.EXCHANGE_POINTS, exchange_points, request, more)

    def top_up(self, member_id: str, amount_fen: int, payment_ref: str | None = None, **more: Any) -> dict[str, Any]:
        payment = {"amount_fen": amount_fen, "payment_ref": payment_ref or new_id("pay")}
        return self._run(contract.TOP_UP, top_up, {"member_id": member_id, "unit": contract.COINS, **payment}, more)

    def reverse_top_up(self, payment_ref: str, **more: Any) -> dict[str, Any]:
        request = {"payment_ref": payment_ref, "reason": "returned"}
        return self._run(contract.REVERSE_TOP_UP, reverse_top_up, request, more)

    def gift(self, from_member: str, to_member: str, points: int, **more: Any) -> dict[str, Any]:
        request = {"from_member": from_member, "to_member": to_member, "points": points, "message": "生日快乐"}
        return self._run(contract.GIFT_POINTS, gift_points, request, more)

    def request_adjustment(
        self, *lines: tuple[str, int], unit: str = contract.POINTS, by: str = "ops:wang", **more: Any
    ) -> str:
        """``lines`` are (member, points); the id of the adjustment."""
        asked = [{"member_id": member_id, "points": points} for member_id, points in lines]
        request = {"unit": unit, "reason": "a network failure", "lines": asked}
        return self.by(by)._once(contract.REQUEST_ADJUSTMENT, request_adjustment, request, more)["adjustment_id"]

    def approve_adjustment(self, adjustment_id: str, by: str = "ops:li", **more: Any) -> dict[str, Any]:
        request = {"adjustment_id": adjustment_id}
        return self.by(by)._run(contract.APPROVE_ADJUSTMENT, approve_adjustment, request, more)

    def reject_adjustment(self, adjustment_id: str, by: str = "ops:li", **more: Any) -> dict[str, Any]:
        request = {"adjustment_id": adjustment_id, "reason": "not our fault"}
        return self.by(by)._once(contract.REJECT_ADJUSTMENT, reject_adjustment, request, more)

    def adjust(self, *lines: tuple[str, int], unit: str = contract.POINTS) -> dict[str, Any]:
        """Requested by one and approved by another."""
        return self.approve_adjustment(self.request_adjustment(*lines, unit=unit))

    def by(self, actor: str) -> "Ledger":
        """The same ledger, used by somebody."""
        other = copy(self)
        other.works = replace(self.works, context=replace(self.works.context, actor=actor))
        return other

    def freeze(self, member_id: str, **more: Any) -> str:
        """The id of the freeze."""
        request = {"member_id": member_id, "reason": "points stolen"}
        return self._once(contract.FREEZE_ACCOUNT, freeze_account, request, more)["freeze_id"]

    def unfreeze(self, freeze_id: str, **more: Any) -> dict[str, Any]:
        request = {"freeze_id": freeze_id, "reason": "a mistake"}
        return self._once(contract.UNFREEZE_ACCOUNT, unfreeze_account, request, more)

    def balance(self, member_id: str, **more: Any) -> dict[str, Any]:
        return self.ask(contract.GET_BALANCE, get_balance, {"member_id": member_id, **more})

    def available(self, member_id: str) -> int:
        return self.balance(member_id)["available"]

    def breaches(self) -> list[dict[str, Any]]:
        with self.works.begin() as work:
            return [check for check in check_invariants(work) if not check["ok"]]

    def execute(self, statement: str, **parameters: Any) -> sa.CursorResult:
        """As the owner of the database: what the service itself could not do."""
        with owner_of(self.engine).begin() as connection:
            return connection.execute(sa.text(statement), parameters)

    def fetch(self, statement: str, **parameters: Any) -> list[Any]:
        with owner_of(self.engine).connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement), parameters)]

    def rate(self, way: str, give: int, get: int, expiry: str = "keep", is_open: bool = True) -> None:
        from_unit, to_unit = way.split(">")
        self.execute(
            "INSERT INTO exchange_rate (from_unit, to_unit, give, get, expiry, open, effective_from, actor)"
            " VALUES (:from_unit, :to_unit, :give, :get, :expiry, :is_open, '2001-01-01', 'migration')",
            from_unit=from_unit, to_unit=to_unit, give=give, get=get, expiry=expiry, is_open=is_open,
        )  # fmt: skip

    def pool(self, no: int, giftable: bool = False, exchangeable: bool = False) -> None:
        self.execute(
            "INSERT INTO pool (no, name, giftable, exchangeable, effective_from, actor)"
            " VALUES (:no, 'of a test', :giftable, :exchangeable, '2001-01-01', 'migration')",
            no=no, giftable=giftable, exchangeable=exchangeable,
        )  # fmt: skip

    def gift_limit(self, effective_from: str = "2001-01-01", **limits: int) -> None:
        """Without ``limits``, those of the migration but for how many gifts a day."""
        usual = {"smallest": 10, "largest": 5_000, "points_a_day": 10_000, "points_a_month": 50_000, "gifts_a_day": 50}
        self.execute(
            "INSERT INTO gift_limit (smallest, largest, points_a_day, points_a_month, gifts_a_day, effective_from,"
            " actor) VALUES (:smallest, :largest, :points_a_day, :points_a_month, :gifts_a_day, :since, 'migration')",
            since=effective_from, **usual | limits,
        )  # fmt: skip

    def end_time_of(self, order_id: str) -> None:
        self.execute("UPDATE hold SET expires_at = now() - interval '1 second' WHERE order_id = :id", id=order_id)

    def policy(
        self, source: str, rule: str, amount: int = 0, rounding: str = "month", unit: str = contract.POINTS
    ) -> None:
        self.execute(
            "INSERT INTO expiry_policy (source, unit, rule, amount, rounding, effective_from, actor)"
            " VALUES (:source, :unit, :rule, :amount, :rounding, '2001-01-01', 'migration')",
            source=source, unit=unit, rule=rule, amount=amount, rounding=rounding if rule == "fixed_months" else None,
        )  # fmt: skip

    def ask(self, call: Call, usecase: Any, request: dict[str, Any]) -> dict[str, Any]:
        """The use case as the door would call it: with a request that the contract has loaded."""
        return self.works.run(usecase, call.load_request(request))

    def _once(self, call: Call, usecase: Any, request: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        """For commands that move no points: the chassis remembers their answers."""
        loaded = call.load_request({"request_id": new_id("req"), **request, **more})
        return self.works.once(call, usecase, loaded)

    def _run(self, call: Call, usecase: Any, request: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        return self.ask(call, usecase, {"request_id": new_id("req"), **request, **more})


def card(member_id: str, **more: Any) -> dict[str, Any]:
    """A member's card as members publishes it."""
    return {
        "member_id": member_id,
        "subscriber_no": None,
        "phone": "+8613800000000",
        "email": None,
        "name": None,
        "language": "zh",
        "state": "active",
        "tier": "registered",
        "channel": "import",
        "enrolled_at": NOON,
    } | more
