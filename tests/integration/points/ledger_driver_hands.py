"""The ledger's side of a story: each kind of step as a call of the real thing."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.contract import Command, Event
from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.refusal import Refused
from services.chassis.testkit import ScriptedRpc
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.approve_adjustment import approve_adjustment
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.claw_back_points import claw_back
from services.points.usecases.exchange_points import exchange_points
from services.points.usecases.expire_points import expire_points
from services.points.usecases.follow_member_state import follow_member_state
from services.points.usecases.follow_orders import capture_for_confirmed_order, return_points_of_ended_order
from services.points.usecases.freeze_account import freeze_account, unfreeze_account
from services.points.usecases.get_past_balance import get_past_balance
from services.points.usecases.gift_points import gift_points
from services.points.usecases.hold_points import hold_points
from services.points.usecases.list_statement import list_statement
from services.points.usecases.refund_points import refund_points
from services.points.usecases.reject_adjustment import reject_adjustment
from services.points.usecases.release_hold import release_hold
from services.points.usecases.request_adjustment import request_adjustment
from services.points.usecases.reverse_top_up import reverse_top_up
from services.points.usecases.settle_overdue_holds import settle_overdue_holds
from services.points.usecases.top_up import top_up
from tests.integration.points.ledger_model import EXCHANGEABLE, GIFTABLE, POLICIES, REFUSED_FOR_EVER
from tests.integration.points.ledger_model_moves import (
    GIFTS_A_DAY,
    LARGEST,
    POINTS_A_DAY,
    POINTS_A_MONTH,
    RATES,
    SMALLEST,
)
from tests.integration.points.story import Ledger

_REASON = {"reason": "by_member"}
# Each command with its use case, and what a request says beside the content of a step.
COMMANDS: dict[str, tuple[Command, Callable[[Work, dict[str, Any]], Any], dict[str, Any]]] = {
    "accrue": (contract.ACCRUE_POINTS, accrue_points, {"reference": "spring"}),
    "hold": (contract.HOLD_POINTS, hold_points, {"expires_in_s": 900}),
    "capture": (contract.CAPTURE_HOLD, capture_hold, {}),
    "release": (contract.RELEASE_HOLD, release_hold, _REASON),
    "refund": (contract.REFUND_POINTS, refund_points, _REASON),
    "claw_back": (contract.CLAW_BACK, claw_back, _REASON),
    "gift": (contract.GIFT_POINTS, gift_points, {"message": None}),
    "exchange": (contract.EXCHANGE_POINTS, exchange_points, {}),
    "top_up": (contract.TOP_UP, top_up, {}),
    "freeze": (contract.FREEZE_ACCOUNT, freeze_account, _REASON),
    "unfreeze": (contract.UNFREEZE_ACCOUNT, unfreeze_account, _REASON),
    "request_adjustment": (contract.REQUEST_ADJUSTMENT, request_adjustment, _REASON),
    "approve_adjustment": (contract.APPROVE_ADJUSTMENT, approve_adjustment, {}),
    "reject_adjustment": (contract.REJECT_ADJUSTMENT, reject_adjustment, _REASON),
    "reverse_top_up": (contract.REVERSE_TOP_UP, reverse_top_up, _REASON),
}
_BOOKED_AT = sa.text("""
    SELECT journal.posted_at FROM journal JOIN account ON account.owner = :member_id AND account.unit = :unit
    WHERE account.kind = 'wallet'
          AND EXISTS (SELECT FROM entry WHERE entry.journal_id = journal.id AND entry.account_id = account.id)
    ORDER BY journal.id LIMIT 1 OFFSET :earlier
""")
_PREPARE = """
    PREPARE wallets_of (text[]) AS SELECT owner, unit, posted, held, lifetime, owed, (
        SELECT json_agg(json_build_array(expires_on, pool, remaining, held) ORDER BY expires_on, pool)
        FROM bucket WHERE account_id = account.id AND remaining > 0)
    FROM account WHERE kind = 'wallet' AND owner = ANY($1)
"""


class Hands:
    """``ask`` gives the answer, or the code of the refusal."""

    def __init__(self, engine: sa.Engine) -> None:
        self.ledger = Ledger(engine)
        self.defaults: dict[str, dict[str, Any]] = {}

    def ask(self, what: str, key: str, content: dict[str, Any]) -> dict[str, Any] | str:
        try:
            if what in COMMANDS:
                return self._command(what, {**content, "request_id": key})
            self._hear(what, key, content)
        except Refused as refusal:
            return refusal.code
        return {}

    def time_out(self, order_id: str, unit: str) -> None:
        self.ledger.execute(
            "UPDATE hold SET expires_at = now() - interval '1 second'"
            " WHERE order_id = :order_id AND unit = :unit AND state = 'open'",
            order_id=order_id, unit=unit,
        )  # fmt: skip

    def sweep(self, status: str) -> None:
        answer: Callable[[dict[str, Any]], Any] = lambda request: {**request, "status": status}  # noqa: E731
        self.ledger.works.rpc = ScriptedRpc({orders.CHECK_ORDER: answer})
        settle_overdue_holds(self.ledger.works)

    def expire(self) -> None:
        expire_points(self.ledger.works)

    def past(
        self, member_id: str, unit: str, happened_by: datetime | None, booked: int, of: int
    ) -> tuple[int, int] | str:
        """(posted, unexpired) as the first ``booked`` of ``of`` bookings tell it."""
        booked_by = self._booked_at(member_id, unit, booked) if booked < of else None
        request = {"member_id": member_id, "unit": unit, "happened_by": happened_by, "booked_by": booked_by}
        found = self.ledger.works.run(get_past_balance, request)
        return found["posted"], found["unexpired"]

    def newest_lines(self, member_id: str, unit: str, limit: int) -> list[tuple[int, int]]:
        request = contract.LIST_STATEMENT.load_request({"member_id": member_id, "unit": unit, "limit": limit})
        page = self.ledger.works.run(list_statement, request)
        return [(line["points"], line["balance"]) for line in page["lines"]]

    def _booked_at(self, member_id: str, unit: str, booked: int) -> datetime | None:
        """When the ``booked``-th journal of the wallet was booked; before the first: a moment before it."""
        with self.ledger.works.begin() as work:
            values = {"member_id": member_id, "unit": unit, "earlier": max(booked - 1, 0)}
            moment = work.execute(_BOOKED_AT, values).scalar_one()
        return moment if booked else moment - timedelta(microseconds=1)

    def _command(self, what: str, content: dict[str, Any]) -> dict[str, Any]:
        """As the door does it, but what the contract adds to a request is looked up once a command: it takes long."""
        command, usecase, more = COMMANDS[what]
        request = {**content, **more}
        works = self.ledger.by(request.pop("by")).works if "by" in request else self.ledger.works
        if what not in self.defaults:
            loaded = command.load_request(request)
            self.defaults[what] = {name: value for name, value in loaded.items() if name not in request}
        if what in REFUSED_FOR_EVER:
            return works.once(command, usecase, self.defaults[what] | request)
        return works.run(usecase, self.defaults[what] | request)

    def _hear(self, what: str, event_id: str, content: dict[str, Any]) -> None:
        event, usecase = EVENTS[what]
        told = {"reason": "by_member", "coins": 0, **content}
        subject = content.get("order_id") or content["member_id"]
        received = ReceivedEvent(
            id=event_id, type=event.type, subject=subject, sequence=content.get("sequence", 1),
            occurred_at=self.ledger.clock.now(), data=told, handler=f"ledger.{what}",
        )  # fmt: skip
        self.ledger.works.apply(received, usecase)


def lay_down_rules(ledger: Ledger) -> None:
    """Those that the model knows."""
    for source, policy in POLICIES.items():
        ledger.policy(source, *policy)
    for way, (give, get, keeps) in RATES.items():
        ledger.rate(way, give, get, "keep" if keeps else "policy")
    for pool in (2, 3):
        ledger.pool(pool, pool in GIFTABLE, pool in EXCHANGEABLE)
    ledger.execute(
        "INSERT INTO gift_limit (smallest, largest, points_a_day, points_a_month, gifts_a_day, effective_from, actor)"
        " VALUES (:smallest, :largest, :points_a_day, :points_a_month, :gifts_a_day, '2001-01-01', 'migration')",
        smallest=SMALLEST, largest=LARGEST, points_a_day=POINTS_A_DAY, points_a_month=POINTS_A_MONTH,
        gifts_a_day=GIFTS_A_DAY,
    )  # fmt: skip


class Eyes:
    """Looks at wallets as they lie in the database, after every step: hence prepared, and past all layers."""

    def __init__(self, engine: sa.Engine) -> None:
        self.connection = engine.raw_connection()
        self.connection.driver_connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute(_PREPARE)

    def wallets(self, members: Sequence[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
        """(posted, held, earned, owed, buckets) by member and unit; a bucket is [day, pool, remaining, held]. In
        one order, so that a story told again fails in the same words."""
        self.cursor.execute("EXECUTE wallets_of (%s)", (list(members),))
        return {(row[0], row[1]): (*row[2:6], row[6] or []) for row in sorted(self.cursor.fetchall())}

    def close(self) -> None:
        self.connection.close()


EVENTS: dict[str, tuple[Event, Callable[[Work, ReceivedEvent], None]]] = {
    "confirm_order": (orders.ORDER_CONFIRMED, capture_for_confirmed_order),
    "end_order": (orders.ORDER_CANCELLED, return_points_of_ended_order),
    "set_state": (members.STATE_CHANGED, follow_member_state),
}
