"""What the ledger benchmark asks for: the use cases, in transactions of their own, as the service's door runs them."""

import random

import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.points import contract
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.hold_points import hold_points
from tests.load.ledger_book import WALLETS, member_id

POINTS, EXPIRES_IN_S = 7, 900
_SOMETHING = {"request_id": "r", "order_id": new_id("ord"), "member_id": new_id("mbr"), "points": POINTS}
_HOLD = contract.HOLD_POINTS.load_request({**_SOMETHING, "expires_in_s": EXPIRES_IN_S})
_CAPTURE = contract.CAPTURE_HOLD.load_request({name: _SOMETHING[name] for name in ("request_id", "order_id")})
_ACCRUE = contract.ACCRUE_POINTS.load_request(
    {"source": "campaign", "reference": "bench"} | {name: _SOMETHING[name] for name in _SOMETHING if name != "order_id"}
)


def redeem_somewhere(engine: sa.Engine, wallets: int) -> None:
    """Of one of the first ``wallets`` members."""
    redeem(engine, member_id(random.randrange(wallets)), new_id("ord"), new_id("req"), new_id("req"))


def redeem(engine: sa.Engine, member: str, order_id: str, hold_key: str, capture_key: str) -> None:
    """Points are held, then captured."""
    hold = {**_HOLD, "member_id": member, "order_id": order_id, "request_id": hold_key}
    Works(engine, Context.fresh("bench")).run(hold_points, hold)
    capture = {**_CAPTURE, "order_id": order_id, "request_id": capture_key}
    Works(engine, Context.fresh("bench")).run(capture_hold, capture)


def accrue_somewhere(engine: sa.Engine, sources: int) -> None:
    """From one of the first ``sources`` sources, each of which has an issuing account."""
    source, member = random.choice(contract.SOURCES[:sources]), member_id(random.randrange(WALLETS))
    earned = {**_ACCRUE, "member_id": member, "request_id": new_id("req"), "source": source}
    Works(engine, Context.fresh("bench")).run(accrue_points, earned)
