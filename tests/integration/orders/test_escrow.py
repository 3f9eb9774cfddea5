"""What merchants sold is kept back, credited once, and taken back: never more, never less than was paid."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog import contract as catalog
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.orders import contract
from services.orders.usecases.escrow.credit_merchants import credit_merchants
from services.orders.usecases.escrow.look_at_merchants import (
    get_merchant_balance,
    list_merchant_entries,
    set_escrow_terms,
)
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import NOON, Shop
from tests.support.old_databases import database_from

engine = database_of("orders")
MERCHANT = derived_id("mer", "one")
SALE, CREDIT = ("sale", 1500, 29700), ("credit", 1500, 29700)
TRIES = 200
ENTRIES = "SELECT kind, points, cash_fen FROM merchant_entry WHERE order_id = :order_id ORDER BY id"
ESCROW = {
    "merchants_have_what_was_paid_less_what_went_back",
    "merchants_are_credited_once_with_all_that_was_kept_back",
    "no_escrow_is_forgotten",
}


@pytest.fixture
def shop(engine):
    return Desk(engine)


def credit(shop, **later):
    shop.clock.advance(**later)
    while credit_merchants(shop.works):
        pass


def entries(shop, order):
    with shop.engine.connect() as connection:
        found = connection.execute(sa.text(ENTRIES), {"order_id": order["order_id"]})
        return [tuple(row) for row in found]


def looks(shop, order):
    """When the job looks at what is kept back of it."""
    due = sa.text("SELECT look_at FROM merchant_escrow WHERE order_id = :order_id AND look_at IS NOT NULL")
    with shop.engine.connect() as connection:
        return list(connection.execute(due, {"order_id": order["order_id"]}).scalars())


def booked(shop, order, event):
    return [e["data"] for e in emitted(shop.engine, event) if e["data"]["order_id"] == order["order_id"]]


def escrow_problems(shop):
    return {check["name"]: check["found"] for check in shop.broken_invariants() if check["name"] in ESCROW}


def test_what_is_paid_is_kept_back_until_the_member_has_it(shop):
    order = shop.sell((PHONE, 3))
    credit(shop, days=60)
    assert entries(shop, order) == [SALE]  # whatever time goes by: nothing has arrived
    order = shop.deliver((PHONE, 3))
    credit(shop, hours=1)
    assert entries(shop, order) == [SALE]
    shop.receive(order)
    credit(shop)
    credit(shop, days=60)
    assert entries(shop, order) == [SALE, CREDIT]
    [told] = booked(shop, order, contract.MERCHANT_CREDITED)
    assert (told["points"], told["cash_fen"], told["merchant_id"]) == (1500, 29700, MERCHANT)
    assert escrow_problems(shop) == {}


def test_an_order_that_is_not_paid_is_nothing_to_anybody(shop):
    assert entries(shop, shop.place((PHONE, 1))) == []


def test_who_says_nothing_for_some_days_lets_the_merchant_be_credited(shop):
    order = shop.deliver((PHONE, 3))
    credit(shop, days=6, hours=23)
    assert entries(shop, order) == [SALE]
    credit(shop, hours=1)
    assert entries(shop, order) == [SALE, CREDIT]


def test_terms_of_a_merchant_go_before_those_of_all(shop):
    with shop.works.begin() as work:
        set_escrow_terms(work, {"merchant_id": MERCHANT, "days_after_delivery": 2, "reason": "trusted"})
    order = shop.deliver((PHONE, 3))
    shop.clock.advance(days=2)
    credit(shop)
    with shop.works.begin() as work:
        set_escrow_terms(work, {"merchant_id": MERCHANT, "days_after_delivery": 7, "reason": "as all"})
    assert entries(shop, order) == [SALE, CREDIT]


def test_an_open_case_holds_it_back(shop):
    order = shop.deliver((PHONE, 3))
    case = shop.open(order, "refund", (1, [2]))
    credit(shop, days=30)
    assert entries(shop, order) == [SALE]
    shop.approve(case)
    shop.run_jobs()
    credit(shop, hours=6)
    assert entries(shop, order) == [SALE, ("refund", -500, -9900), ("credit", 1000, 19800)]
    assert escrow_problems(shop) == {}


def test_what_goes_back_after_the_credit_is_debited(shop):
    order = shop.deliver((PHONE, 3))
    shop.receive(order)
    credit(shop)
    shop.approve(shop.open(order, "refund", (1, [1, 3])))
    shop.run_jobs()
    assert entries(shop, order) == [SALE, CREDIT, ("debit", -1000, -19800)]
    [told] = booked(shop, order, contract.MERCHANT_DEBITED)
    assert (told["points"], told["cash_fen"]) == (1000, 19800)
    assert escrow_problems(shop) == {}


def test_of_a_cancelled_order_nothing_is_kept(shop):
    order = shop.sell((PHONE, 3))
    shop.cancel(order)
    shop.run_jobs()
    credit(shop, days=30)
    assert entries(shop, order) == [SALE, ("refund", -1500, -29700)]
    assert escrow_problems(shop) == {}


def test_of_what_was_called_off_nobody_is_credited_and_nobody_looks_at_it_for_ever(shop):
    order = shop.sell((PHONE, 1))
    shop.cancel(order)
    shop.run_jobs()
    credit(shop, days=1)
    assert looks(shop, order) == []
    assert booked(shop, order, contract.MERCHANT_CREDITED) == []
    assert escrow_problems(shop) == {}


def test_all_that_went_back_credits_nothing(shop):
    order = shop.deliver((RICE, 1))
    shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    credit(shop, days=30)
    assert entries(shop, order) == [("sale", 300, 0), ("refund", -300, 0)]
    assert booked(shop, order, contract.MERCHANT_CREDITED) == []


def test_a_code_is_received_when_it_is_used(shop):
    order = shop.sell((TOP_UP, 1))
    shop.hear(catalog.CODES_ISSUED, order, codes=[{"sku_id": TOP_UP, "code": "K7QM", "valid_until": None}])
    assert shop.status_of(order)[0] == "completed"
    credit(shop, days=1)
    assert entries(shop, order) == [("sale", 1000, 0)]  # handed over, which is no receipt
    names = {"name_zh": "票", "name_en": "Ticket", "merchant_zh": "影城", "merchant_en": "Cinema"}
    ids = {"sku_id": TOP_UP, "element_id": new_id("elm"), "merchant_id": MERCHANT, "key_id": new_id("stk")}
    shop.hear(catalog.CODE_VERIFIED, order, **names, **ids, code="K7QM", version=1, done_at=shop.clock.now())
    credit(shop)
    assert entries(shop, order) == [("sale", 1000, 0), ("credit", 1000, 0)]


STEPS = st.lists(
    st.one_of(
        st.just(("receive",)),
        st.tuples(st.just("days"), st.integers(0, 9)),
        st.tuples(st.just("refund"), st.sets(st.integers(1, 3), min_size=1)),
        st.tuples(st.just("reject"), st.sets(st.integers(1, 3), min_size=1)),
    ),
    max_size=5,
)


@settings(deadline=None, max_examples=20)
@given(STEPS)
def test_whatever_happens_merchants_have_what_was_paid_less_what_went_back(engine, steps):
    shop = Desk(engine)
    order = shop.deliver((PHONE, 3))
    for what, *how in steps:
        with suppress(Refused):  # what is not offered any more
            do_step(shop, order, what, *how)
        assert escrow_problems(shop) == {}
    credit(shop, days=30)
    credit(shop, hours=7)
    assert escrow_problems(shop) == {}
    back = shop.back_of(order)
    kinds = entries(shop, order)
    assert sum(points for kind, points, _ in kinds if kind != "credit") == 1500 - back.get("points", 0)
    assert sum(fen for kind, _, fen in kinds if kind in ("credit", "debit")) == 29700 - back.get("cash", 0)


def do_step(shop, order, what, *how):
    if what == "receive":
        shop.receive(order)
    elif what == "days":
        credit(shop, days=how[0])
    else:
        case = shop.open(order, "refund", (1, sorted(how[0])))
        (shop.approve if what == "refund" else shop.reject)(case)
        shop.run_jobs()


def test_the_credit_and_a_refund_at_once(engine):
    """Either comes first: the refund lessens the credit, or the credit is debited. Never both, never neither."""
    ends = set()
    for _ in range(TRIES):
        shop = Desk(engine)
        order = shop.deliver((RICE, 2))
        shop.receive(order)
        outcomes = race(partial(credit_merchants, shop.works), partial(give_back, shop, order))
        assert not any(isinstance(outcome, Exception) for outcome in outcomes)
        credit(shop, hours=7)
        shop.run_jobs()
        credit(shop, hours=7)
        ends.add(tuple(entries(shop, order)))
    assert ends <= {
        (("sale", 600, 0), ("refund", -300, 0), ("credit", 300, 0)),
        (("sale", 600, 0), ("credit", 600, 0), ("debit", -300, 0)),
    }
    assert escrow_problems(shop) == {}


def give_back(shop, order):
    shop.approve(shop.open(order, "refund", (1, [1])))


def test_two_replicas_credit_once(engine):
    shop = Desk(engine)
    orders = [shop.deliver((RICE, 1)) for _ in range(10)]
    for order in orders:
        shop.receive(order)
    race(*[lambda: credit(shop)] * 3)
    for order in orders:
        assert entries(shop, order) == [("sale", 300, 0), ("credit", 300, 0)]
        assert len(booked(shop, order, contract.MERCHANT_CREDITED)) == 1


def test_the_balance_is_the_sum_of_what_was_booked(shop):
    with shop.works.begin() as work:
        before = get_merchant_balance(work, {"merchant_id": MERCHANT})
    shop.sell((RICE, 1))
    order = shop.deliver((PHONE, 3))
    shop.receive(order)
    credit(shop)
    with shop.works.begin() as work:
        after = get_merchant_balance(work, {"merchant_id": MERCHANT})
        asked = contract.LIST_MERCHANT_ENTRIES.load_request({"merchant_id": MERCHANT, "kind": "credit", "limit": 1})
        [newest] = contract.LIST_MERCHANT_ENTRIES.dump_reply(list_merchant_entries(work, asked))["entries"]
    assert after["balance"]["cash_fen"] - before["balance"]["cash_fen"] == 29700
    assert after["kept_back"]["points"] - before["kept_back"]["points"] == 300
    assert (newest["order_id"], newest["points"]) == (order["order_id"], 1500)


PLAN = (
    '[{"step": "confirm", "after": [], "state": "done"}, {"step": "carry", "after": ["confirm"], "state": "waiting"}]'
)
OLD = derived_id("ord", "old")
OF_BEFORE = f"""
INSERT INTO orders (order_id, purchase_id, member_id, channel, language, status, payment_status, fulfilment_status,
                    version, points, coins, cash_fen, placed_at, confirmed_at, delivered_at, lane, variant, plan)
VALUES ('{OLD}', 'pur_old', '{derived_id("mbr", "1")}', 'web', 'zh', 'confirmed', 'paid', 'delivered', 1, 300, 0, 0,
        '2026-02-02T04:00:00Z', '2026-02-02T04:00:00Z', '2026-02-04T04:00:00Z', 'inside', '', '{PLAN}');
INSERT INTO order_line
VALUES ('{OLD}', 1, '{RICE}', '{derived_id("gds", "1")}', '{MERCHANT}', 'prc', 'physical', '米', 'rice', 1, 300, 0,
        ARRAY[300], ARRAY[0], '[{{"element_id": "{derived_id("elm", "1")}", "delivery": "parcel", "quantity": 1}}]',
        0, ARRAY[0]);
"""  # noqa: S608 — constants of this file


def test_orders_of_before_are_kept_back_and_credited_too():
    with database_from("orders", "0014", OF_BEFORE) as engine:
        shop = Shop(engine, FixedClock(NOON))
        assert entries(shop, {"order_id": OLD}) == [("sale", 300, 0)]
        shop.clock.instant = NOON + timedelta(days=400)  # the migration's clock is the database's
        credit(shop)
        assert entries(shop, {"order_id": OLD}) == [("sale", 300, 0), ("credit", 300, 0)]
