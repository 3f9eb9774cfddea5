"""The three reads of the benchmark: what is asked for by HTTP, and what its service then says to PostgreSQL."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.demo.shop import Shop
from deploy.seed.subscribers.import_requests import everybody
from services.catalog.contract import GET_GOODS, LIST_GOODS
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.list_goods import list_goods
from services.chassis.contract import Call
from services.chassis.data.database import make_engine
from services.chassis.data.plans import USES_UNTIL_PLANNED
from services.chassis.data.work import Work, Works
from services.chassis.settings import database_url_of
from services.points.contract import GET_BALANCE
from services.points.usecases.get_balance import get_balance
from tests.load.driver_messages import listening, plans_in
from tests.load.http_driver import get
from tests.load.redeem_setting import sign_in

CARDS = 20
MOST_USES = 20
UseCase = Callable[[Work, dict[str, Any]], Any]


@dataclass(frozen=True)
class Sql:
    """``plans`` once a session, ``messages`` at every read."""

    url: str
    plans: list[str]
    messages: list[str]


@dataclass(frozen=True)
class Read:
    """``request`` goes through to its service every time. ``kept``: what everybody gets of it, which the gateway keeps
    for a moment. ``naive_path``: what of the naive reference stands beside it."""

    name: str
    what: str
    request: bytes
    kept: bytes | None
    naive_path: str
    sql: Sql


def reads_of(url: str) -> list[Read]:
    shop = Shop(url, "zh")
    goods_id = shop.get("/v1/goods", limit=1)["goods"][0]["goods_id"]
    reader = sign_in(url, random.choice(everybody()).phone)
    own = {"Authorization": f"Bearer {reader.token}"}
    return [
        Read(
            "page",
            f"{CARDS} goods",
            get(url, f"/v1/me/goods?limit={CARDS}", own),
            get(url, f"/v1/goods?limit={CARDS}", {}),
            "/orders/1",
            said(LIST_GOODS, list_goods, limit=CARDS),
        ),
        Read(
            "product",
            "one item with its variants",
            get(url, f"/v1/me/goods/{goods_id}", own),
            get(url, f"/v1/goods/{goods_id}", {}),
            "/products/product_1",
            said(GET_GOODS, get_goods, goods_id=goods_id),
        ),
        Read(
            "balance",
            "a member's balance",
            get(url, "/v1/points/balance", own),
            None,
            "/products/product_1",
            said(GET_BALANCE, get_balance, member_id=reader.member_id),
        ),
    ]


def said(contract: Call, usecase: UseCase, **asked: Any) -> Sql:
    """What is said when everything that is compiled and planned once has been, also what is not asked every time."""
    url = database_url_of(os.environ["MALL_DATABASE_URL"], contract.service)
    engine, request = make_engine(url, 1, "bench"), contract.load_request(asked)
    works, plans = Works(engine), list[str]()
    for uses in range(1, MOST_USES + 1):
        with listening() as sent:
            works.run(usecase, request)
        planned = plans_in(sent)
        plans += planned
        if uses > USES_UNTIL_PLANNED and not planned:
            break
    engine.dispose()
    return Sql(url, plans, [message.text for message in sent])
