"""Every step of every kind of case fails once, before it had its effect or after it: the case comes to the same end all
the same, and tenders, points, codes and stock add up. Catalog and points are the real ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.contract import Command
from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.provider import ProviderUnavailable
from services.orders.usecases.aftersale import receive_at_place
from services.points import contract as wallets
from tests.integration.orders import after_sale
from tests.integration.orders.goods import GOODS, PHONE, RICE, TOP_UP
from tests.integration.orders.kit import parcel_data
from tests.integration.orders.real_neighbours import Mall, mall_of_three

engine = database_of("orders")
Case = dict[str, Any]
STOCK = 1_000


@pytest.fixture(scope="module")
def mall(engine):
    with mall_of_three(engine, points=10_000_000) as mall:
        for sku_id in (PHONE, RICE, TOP_UP):
            mall.sell(sku_id, STOCK)
        mall.advance(seconds=1)
        yield mall


class Crash(Exception):
    """The process dies before the commit."""


@dataclass
class FailsOnce:
    """In place of ``act``: the first time it fails with ``fault``, before or after its effect."""

    act: Callable[..., Any]
    when: str
    fault: Exception
    has_failed: bool = False

    def __call__(self, *told: Any) -> Any:
        if self.has_failed:
            return self.act(*told)
        self.has_failed = True
        if self.when == "after":
            self.act(*told)
        raise self.fault


def do(mall: Mall, command: Command, **request: Any) -> Case:
    """As a client does it: what was not answered is asked again under the same key, and what was answered, too."""
    request_id = new_id("req")
    for _ in range(2):
        try:
            first = mall.shop.do(command, request_id=request_id, **request)
            again = mall.shop.do(command, request_id=request_id, **request)
            assert again == first
            return first
        except Crash:
            continue
    raise AssertionError(f"{command.address} failed twice")


def sold(mall: Mall, sku_id: str) -> Case:
    order = mall.shop.place((sku_id, 2))
    if order["cash_fen"]:
        mall.shop.pay(order)
    mall.deliver()
    return order


def delivered(mall: Mall, sku_id: str) -> Case:
    order = sold(mall, sku_id)
    came = parcel_data(order["order_id"][-8:], "delivered", [1], mall.shop.clock.now())
    mall.shop.hear(logistics.SHIPMENT_DELIVERED, order, **came, signed_by="王芳")
    return order


def opened(mall: Mall, order: Case, kind: str) -> Case:
    wish = {**mall.shop.of(order), "kind": kind, "lines": [{"line_no": 1, "units": [1]}], "reason": "faulty"}
    return do(mall, contract.OPEN_CASE, **wish)


def decided(mall: Mall, command: Command, case: Case, **more: Any) -> Case:
    return do(mall, command, case_id=case["case_id"], reason="looked at", **more)


def refund(mall: Mall, order: Case) -> None:
    decided(mall, contract.APPROVE_CASE, opened(mall, order, "refund"))


def win_dispute(mall: Mall, order: Case) -> None:
    case = decided(mall, contract.REJECT_CASE, opened(mall, order, "refund"))
    do(mall, contract.DISPUTE_CASE, **mall.shop.whose(case), note="it is faulty")
    decided(mall, contract.DECIDE_DISPUTE, case, is_member_right=True)


def send_back(mall: Mall, order: Case, kind: str = "return") -> None:
    case = decided(mall, contract.APPROVE_CASE, opened(mall, order, kind))
    do(mall, contract.SEND_GOODS_BACK, **mall.shop.whose(case), carrier="sf", waybill_no="SF42")
    place_id = mall.shop.rpc.call(catalog.LIST_PLACES, {})["places"][0]["place_id"]
    units = [{"line_no": 1, "unit_no": 1, "is_accepted": True}]
    decided(mall, contract.RECEIVE_GOODS, case, units=units, place_id=place_id)


def exchange(mall: Mall, order: Case) -> None:
    send_back(mall, order, "exchange")


def call_off(mall: Mall, order: Case) -> None:
    mall.shop.cancel(order)


@dataclass(frozen=True)
class Kind:
    """Of two pieces that were bought as ``sale`` says. ``back``: pieces whose money goes back; ``to_stock`` go into the
    stock again, ``sent`` more leave it, ``voided`` codes are good for nothing any more."""

    name: str
    sale: Callable[[Mall, str], Case]
    sku_id: str
    story: Callable[[Mall, Case], None]
    steps: tuple[Any, ...]
    back: int = 1
    to_stock: int = 0
    sent: int = 0
    voided: int = 0


PROVIDER = "the provider"
_MONEY = (wallets.REFUND_POINTS, PROVIDER)
_DECIDED = (contract.OPEN_CASE, contract.APPROVE_CASE)
_RECEIVED = (*_DECIDED, contract.SEND_GOODS_BACK, contract.RECEIVE_GOODS)
_DISPUTED = (contract.OPEN_CASE, contract.REJECT_CASE, contract.DISPUTE_CASE, contract.DECIDE_DISPUTE)
KINDS = (
    Kind("refund", sold, PHONE, refund, (*_DECIDED, *_MONEY)),
    Kind("refund of a code", sold, TOP_UP, refund, (*_DECIDED, catalog.VOID_CODES, wallets.REFUND_POINTS), voided=1),
    Kind("dispute", sold, PHONE, win_dispute, (*_DISPUTED, *_MONEY)),
    Kind("return", delivered, PHONE, send_back, (*_RECEIVED, *_MONEY), to_stock=1),
    Kind("exchange", delivered, RICE, exchange, (*_RECEIVED, catalog.RESERVE_STOCK), back=0, to_stock=1, sent=1),
    Kind("cancel", sold, PHONE, call_off, (logistics.STOP_DISPATCH, PROVIDER), back=2, to_stock=2),
)
TABLE = [
    pytest.param(kind, step, when, id=f"{kind.name}: {getattr(step, 'method', step)} {when} its effect")
    for kind in KINDS
    for step in kind.steps
    for when in ("before", "after")
]


def break_step(mall: Mall, step: Any, when: str, monkeypatch: pytest.MonkeyPatch) -> FailsOnce:
    if step == PROVIDER:
        broken = FailsOnce(mall.shop.provider.refund, when, ProviderUnavailable("timed out"))
        monkeypatch.setattr(mall.shop.provider, "refund", broken)
    elif step == contract.RECEIVE_GOODS:
        broken = FailsOnce(receive_at_place.receive_goods, when, Crash())
        monkeypatch.setattr(receive_at_place, "receive_goods", broken)
    elif step in after_sale.DONE_BY:
        broken = FailsOnce(after_sale.DONE_BY[step], when, Crash())
        monkeypatch.setitem(after_sale.DONE_BY, step, broken)
    else:
        broken = FailsOnce(mall.shop.rpc.answers[step], when, RpcTimeout("silent"))
        monkeypatch.setitem(mall.shop.rpc.answers, step, broken)
    return broken


def run_until_quiet(mall: Mall) -> None:
    for _ in range(4):
        mall.advance(minutes=2)
        mall.sweep()


def books(mall: Mall, sku_id: str) -> tuple[int, int, int]:
    """Units on hand, points that are free, and codes that are void."""
    with mall.stock.engine.connect() as connection:
        voided = connection.execute(sa.text("SELECT count(*) FROM code_deed WHERE what = 'voided'")).scalar_one()
    return mall.on_shelf(sku_id)[0], mall.wallet()[0], int(voided)


@pytest.mark.parametrize(("kind", "step", "when"), TABLE)
def test_whatever_fails_once_the_case_comes_to_its_end_and_everything_adds_up(mall, monkeypatch, kind, step, when):
    on_hand, points, voided = books(mall, kind.sku_id)
    order = kind.sale(mall, kind.sku_id)
    broken = break_step(mall, step, when, monkeypatch)
    kind.story(mall, order)
    run_until_quiet(mall)

    assert broken.has_failed
    [case] = mall.shop.cases(order_id=order["order_id"])
    assert (case["status"], case["replaced_by"] is not None) == ("closed", bool(kind.sent))
    _, each, fen = GOODS[kind.sku_id]
    worth = {"points": each * kind.back, "cash": fen * kind.back}
    assert mall.shop.back_of(order) == {tender: amount for tender, amount in worth.items() if amount}
    kept = 2 - kind.to_stock + kind.sent
    assert books(mall, kind.sku_id) == (on_hand - kept, points - each * (2 - kind.back), voided + kind.voided)
    assert mall.on_shelf(kind.sku_id)[1] == 0
    assert mall.shop.broken_invariants() == []
