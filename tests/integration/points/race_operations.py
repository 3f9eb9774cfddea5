"""All that can be done to the member and the orders of a scene, and how things stand afterwards."""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.points.usecases.post_bill_run import post_next_chunk
from tests.integration.points.ledger_driver_hands import Hands
from tests.integration.points.race_scenes import NOW, Scene

CHANCE = {
    "journal_id",
    "expires_at",
    "freeze_id",
    "adjustment_id",
    "rule",
}  # parts of answers that depend on nothing that was done


class Operation(NamedTuple):
    what: str
    content: Callable[[Scene], dict[str, Any]]
    props: frozenset[str] = frozenset()


def _operation(what: str, *props: str, **content: Any) -> Operation:
    """Values like ``"@member"`` are those of the scene."""

    return Operation(what, lambda scene: _of_scene(scene, content), frozenset(props))


def _of_scene(scene: Scene, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _of_scene(scene, part) for name, part in value.items()}
    if isinstance(value, list):
        return [_of_scene(scene, part) for part in value]
    return getattr(scene, value[1:]) if isinstance(value, str) and value.startswith("@") else value


ASKING = "ask_for_adjustment"  # which touches no wallet yet
PTS, COIN = {"unit": "PTS"}, {"unit": "COIN"}
OF_MEMBER = {"member_id": "@member"}
OPERATIONS: dict[str, Operation] = {
    "accrue": _operation("accrue", **OF_MEMBER, points=30, source="review", pool=0, **PTS),
    "hold": _operation("hold", **OF_MEMBER, order_id="@ordered", points=100, **PTS),
    "hold_another": _operation("hold", **OF_MEMBER, order_id="@awaited", points=100, **PTS),
    "release_first": _operation("release", order_id="@ordered", **PTS),
    "capture": _operation("capture", "held", order_id="@held", **PTS),
    "release": _operation("release", "held", order_id="@held", **PTS),
    "refund": _operation("refund", "captured", order_id="@captured", points=15, **PTS),
    "claw_back": _operation(
        "claw_back", **OF_MEMBER, points=120, policy="debt", source="sign_up", corrects="@earning", **PTS
    ),
    "give": _operation("gift", from_member="@member", to_member="@other", points=80),
    "get_given": _operation("gift", from_member="@other", to_member="@member", points=50),
    "exchange": _operation("exchange", **OF_MEMBER, from_unit="PTS", to_unit="COIN", get=9, expected_give=90),
    "exchange_back": _operation(
        "exchange", "paid", **OF_MEMBER, from_unit="COIN", to_unit="PTS", get=63, expected_give=7
    ),
    "top_up": _operation("top_up", **OF_MEMBER, amount_fen=500, payment_ref="@awaited", **COIN),
    "reverse_top_up": _operation("reverse_top_up", "paid", payment_ref="@paid"),
    ASKING: _operation(
        "request_adjustment", unit="PTS", lines=[{"member_id": "@member", "points": 5}], by="ops:wang"
    ),
    "approve": _operation("approve_adjustment", "asked", adjustment_id="@asked", by="ops:li"),
    "reject": _operation("reject_adjustment", "asked", adjustment_id="@asked", by="ops:li"),
    "freeze": _operation("freeze", **OF_MEMBER),
    "unfreeze": _operation("unfreeze", "frozen", freeze_id="@frozen"),
    "suspend": _operation("set_state", **OF_MEMBER, state="suspended", sequence=2),
    "confirm_order": _operation("confirm_order", "held", order_id="@held", points=30),
    "end_order": _operation("end_order", "held", order_id="@held"),
    "bill": _operation("bill", "billed", terms="@billed"),
    "time_out": _operation("sweep", "held", "overdue", status="closed"),
    "expire": _operation("expire", "expired"),
}  # fmt: skip


def post_next(hands: Hands, terms: Any) -> None:
    post_next_chunk(hands.ledger.works, terms)


JOBS: dict[str, Callable[..., None]] = {"expire": Hands.expire, "sweep": Hands.sweep, "bill": post_next}


def ask(engine: sa.Engine, scene: Scene, name: str, key: str, **other: Any) -> Any:
    """The answer, or the code of the refusal; jobs answer nothing. ``other`` replaces parts of the request."""
    hands, (what, content, _) = Hands(engine), OPERATIONS[name]
    hands.ledger.clock.instant = NOW
    if what in JOBS:
        return JOBS[what](hands, **content(scene))
    return hands.ask(what, key, content(scene) | other)


def perform(engine: sa.Engine, scene: Scene, name: str) -> str:
    """The same in words that depend on nothing but what was done."""
    answer = ask(engine, scene, name, new_id("req"))
    if isinstance(answer, dict):
        answer = {name: value for name, value in sorted(answer.items()) if name not in CHANCE}
    return scene.named(str(answer))


def calm(engine: sa.Engine) -> None:
    """What the jobs had to leave, because somebody was at it, they do now."""
    hands = Hands(engine)
    hands.ledger.clock.instant = NOW
    hands.expire()
    hands.sweep("closed")


def outcome(engine: sa.Engine, scene: Scene) -> list[str]:
    """How things stand, in words that are the same for scenes where the same was done."""
    orders = [scene.held, scene.captured, scene.ordered, scene.awaited]
    with engine.connect() as connection:
        rows = connection.execute(_LOOK, {"members": [scene.member, scene.other], "orders": orders})
        return sorted(scene.named(row.line) for row in rows)


_LOOK = sa.text("""
    SELECT concat_ws(' ', 'wallet', owner, unit, status, posted, held, lifetime, owed) AS line
    FROM account WHERE unit IN ('PTS', 'COIN') AND kind = 'wallet' AND owner = ANY(:members)
    UNION ALL
    SELECT concat_ws(' ', 'bucket', owner, unit, pool, expires_on, remaining, bucket.held)
    FROM account JOIN bucket ON account_id = account.id
    WHERE unit IN ('PTS', 'COIN') AND kind = 'wallet' AND owner = ANY(:members) AND remaining > 0
    UNION ALL
    SELECT concat_ws(' ', 'hold', order_id, unit, state, amount, captured, refunded, order_ended)
    FROM hold WHERE order_id = ANY(:orders)
    UNION ALL
    SELECT concat_ws(' ', 'drawn', order_id, unit, pool, expires_on, amount, captured, refunded)
    FROM hold_bucket WHERE order_id = ANY(:orders)
    UNION ALL
    SELECT concat_ws(' ', 'booked', journal.kind, owner, account.kind, account.unit, pool, expires_on, sum(amount),
                     count(*))
    FROM account JOIN entry ON account_id = account.id JOIN journal ON journal.id = journal_id
    WHERE account.unit IN ('PTS', 'COIN') AND account.kind IN ('wallet', 'debt') AND owner = ANY(:members)
    GROUP BY journal.kind, owner, account.kind, account.unit, pool, expires_on
""")
