"""Sold before it is there: out of a quota, then real units in the order of placing, or everything back."""

from datetime import timedelta

import pytest

from services.catalog.contract import (
    GOODS_UNKNOWN,
    PRESALE_NOT_CARRIED,
    PRESALE_NOT_OPEN,
    PRESALE_OVER,
    PRESALE_OVERLAPS,
    PRESALE_REVOKED,
    PRESALE_UNKNOWN,
    QUOTA_REACHED,
    QUOTA_TAKEN,
    STOCK_ALLOTTED,
    STOCK_INSUFFICIENT,
    own_element,
)
from services.catalog.storage.places import receiving_warehouse
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED
from services.chassis.testkit import database_of, emitted
from tests.integration.catalog.pre_sold import (
    bought,
    cancelled,
    changed,
    counted,
    hold,
    opened,
    presale,
    run_jobs,
    sell,
)
from tests.integration.catalog.shop import (
    bring_in,
    bundled,
    confirmed,
    element,
    ended,
    goods,
    level,
    movements_of,
    new_order,
    price,
    quoted,
    receive,
    release,
    reserve,
    seen,
    sku,
    status_of,
    stocked,
)
from tests.support.refusals import refusal_of

engine = database_of("catalog")


def arrive(works, sku_id, units):
    with works.begin() as work:
        place = receiving_warehouse(work)
    receive(works, own_element(sku_id), units, place)


def told(engine, event, orders):
    """Which of these orders were told so, in order."""
    return [envelope["subject"] for envelope in emitted(engine, event) if envelope["subject"] in orders]


def test_a_pre_sale_takes_of_its_quota_and_touches_no_stock(engine, works):
    sku_id = stocked(works, 7)
    presale_id = opened(works, sku_id, 3)
    order_id = bought(works, sku_id, presale_id, 2)
    assert (counted(works, presale_id), level(engine, sku_id)) == ((2, 0), (7, 0))
    assert status_of(engine, order_id) == "promised"
    refusal = refusal_of(hold, works, sku_id, presale_id, 2)
    assert refusal.code == QUOTA_REACHED
    assert refusal.details["presales"] == [{"presale_id": presale_id, "sku_id": sku_id, "wanted": 2, "left": 1}]


def test_the_same_order_again_takes_once_and_of_another_pre_sale_it_is_another_wish(works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 3)
    order_id = hold(works, sku_id, presale_id)
    hold(works, sku_id, presale_id, order_id=order_id)
    assert counted(works, presale_id) == (1, 0)
    assert refusal_of(reserve, works, order_id, (sku_id, 1)).code == KEY_REUSED


def test_what_is_sold_shows_in_the_quote_and_with_the_goods(works, clock):
    one = sku(0, prices=[price()])
    listed = goods(skus=[one])
    bring_in(works, listed)
    wish = (one["sku_id"], 1, one["prices"][0]["price_id"])
    assert quoted(works, wish)["lines"][0]["presale"] is None
    presale_id = opened(works, one["sku_id"], 3, ships_from="2026-03-20")
    hold(works, one["sku_id"], presale_id)
    offer = {"presale_id": presale_id, "ends_at": "2026-03-12T04:00:00.000Z", "ships_from": "2026-03-20", "left": 2}
    assert quoted(works, wish)["lines"][0]["presale"] == offer
    assert seen(works, listed["goods_id"])["skus"][0]["presale"] == offer
    clock.advance(days=10)
    assert quoted(works, wish)["lines"][0]["presale"] is None
    assert refusal_of(hold, works, one["sku_id"], presale_id).code == PRESALE_NOT_OPEN


def test_units_go_out_in_the_order_of_placing_when_they_and_the_day_have_come(engine, works, clock):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 10, sent_in_days=2)
    first = hold(works, sku_id, presale_id, 2)
    clock.advance(seconds=1)
    second = bought(works, sku_id, presale_id, 2)
    clock.advance(seconds=1)
    third = bought(works, sku_id, presale_id, 1)
    sell(works, first, sku_id, 2)  # paid last, but placed first
    arrive(works, sku_id, 3)
    orders = [first, second, third]
    run_jobs(works)
    assert told(engine, STOCK_ALLOTTED, orders) == []
    clock.advance(days=2)
    run_jobs(works)
    assert (told(engine, STOCK_ALLOTTED, orders), level(engine, sku_id)) == ([first], (1, 0))
    run_jobs(works)  # the one unit that is left is not enough for who is next, and nobody overtakes
    assert (status_of(engine, second), status_of(engine, third)) == ("promised", "promised")
    arrive(works, sku_id, 2)
    run_jobs(works)
    assert told(engine, STOCK_ALLOTTED, orders) == orders
    assert (counted(works, presale_id), level(engine, sku_id)) == ((5, 5), (0, 0))
    assert movements_of(engine, sku_id) == [
        ("received", 3),
        ("committed", -2),
        ("received", 2),
        ("committed", -2),
        ("committed", -1),
    ]


def test_units_that_are_owed_are_promised_to_nobody_else(engine, works, clock):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 2, sent_in_days=5)
    bought(works, sku_id, presale_id, 2)
    arrive(works, sku_id, 3)
    refusal = refusal_of(reserve, works, new_order(), (sku_id, 2))
    assert (refusal.code, refusal.details["shortages"][0]["available"]) == (STOCK_INSUFFICIENT, 1)
    reserve(works, new_order(), (sku_id, 1))
    clock.advance(days=5)
    run_jobs(works)
    assert level(engine, sku_id) == (1, 1)


@pytest.mark.parametrize("ends", ["order_ends", "released"])
def test_who_gives_up_in_time_frees_the_quota(engine, works, ends):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 1)
    order_id = bought(works, sku_id, presale_id)
    if ends == "released":
        assert release(works, order_id) == {"order_id": order_id, "units": 0, "is_committed": False}
    else:
        works.apply(ended(order_id), release_ended_order)
    assert (status_of(engine, order_id), counted(works, presale_id)) == ("released", (0, 0))
    arrive(works, sku_id, 1)
    run_jobs(works)
    assert (told(engine, STOCK_ALLOTTED, [order_id]), level(engine, sku_id)) == ([], (1, 0))
    bought(works, sku_id, presale_id)


def test_what_is_allotted_is_not_released_but_comes_back_when_the_order_ends(engine, works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 1)
    order_id = bought(works, sku_id, presale_id)
    arrive(works, sku_id, 1)
    run_jobs(works)
    assert release(works, order_id)["is_committed"] is True
    assert (status_of(engine, order_id), counted(works, presale_id)) == ("committed", (1, 1))
    works.apply(ended(order_id), release_ended_order)
    assert (counted(works, presale_id), level(engine, sku_id)) == ((0, 0), (1, 0))


def test_who_never_paid_frees_the_quota_and_gets_it_back_if_it_was_paid_after_all(engine, works, clock):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 1)
    order_id = hold(works, sku_id, presale_id)
    works.run(settle, {"order_id": order_id, "order_status": "unknown"})
    assert (status_of(engine, order_id), counted(works, presale_id)) == ("expired", (0, 0))
    clock.advance(days=11)
    sell(works, order_id, sku_id)
    assert (status_of(engine, order_id), counted(works, presale_id)) == ("promised", (1, 0))


def test_of_a_cancelled_pre_sale_nothing_comes_and_everybody_who_waits_hears_it(engine, works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 5)
    holds, waits = hold(works, sku_id, presale_id), bought(works, sku_id, presale_id)
    assert cancelled(works, presale_id)["status"] == "cancelled"
    arrive(works, sku_id, 5)
    run_jobs(works)
    run_jobs(works)
    assert sorted(told(engine, PRESALE_REVOKED, [holds, waits])) == sorted([holds, waits])
    assert told(engine, STOCK_ALLOTTED, [holds, waits]) == []
    sell(works, holds, sku_id)  # paid before it could hear: told again
    assert told(engine, PRESALE_REVOKED, [holds]) == [holds, holds]
    works.apply(ended(holds), release_ended_order)
    works.apply(ended(waits), release_ended_order)
    assert counted(works, presale_id) == (0, 0)
    assert refusal_of(hold, works, sku_id, presale_id).code == PRESALE_NOT_OPEN
    assert refusal_of(cancelled, works, presale_id).code == PRESALE_OVER


def test_terms_change_and_every_decision_stays_on_record(works):
    sku_id = stocked(works, 0)
    presale_id = opened(works, sku_id, 2)
    bought(works, sku_id, presale_id, 2)
    assert refusal_of(changed, works, presale_id, quota=1).code == QUOTA_TAKEN
    assert changed(works, presale_id, quota=3, reason="more")["quota"] == 3
    cancelled(works, presale_id)
    told = [(one["quota"], one["status"], one["reason"]) for one in presale(works, presale_id)["decisions"]]
    assert told == [(2, "open", "test"), (3, "open", "more"), (3, "cancelled", "test")]


def test_what_cannot_be_kept_is_not_opened(works, clock):
    sku_id = stocked(works, 0)
    opened(works, sku_id, 2)
    assert refusal_of(opened, works, sku_id, 2).code == PRESALE_OVERLAPS
    assert refusal_of(opened, works, new_id("sku"), 2).code == GOODS_UNKNOWN
    assert refusal_of(opened, works, stocked(works, 0, kind="virtual"), 2).code == PRESALE_NOT_CARRIED
    assert refusal_of(changed, works, new_id("psl"), quota=3).code == PRESALE_UNKNOWN
    later = {"begins_at": (clock.now() + timedelta(days=10)).isoformat()}
    opened(works, sku_id, 2, ends_at=(clock.now() + timedelta(days=12)).isoformat(), sent_in_days=20, **later)


def test_an_order_of_two_pre_sales_goes_out_whole_when_the_last_of_them_is_due(engine, works, clock):
    early, late = stocked(works, 5), stocked(works, 5)
    soon, then = opened(works, early, 5), opened(works, late, 5, sent_in_days=3)
    lines = [{"sku_id": early, "quantity": 1, "presale_id": soon}, {"sku_id": late, "quantity": 1, "presale_id": then}]
    order_id = hold(works, early, soon, lines=lines)
    works.apply(confirmed(order_id, (early, 1), (late, 1)), commit_confirmed_order)
    run_jobs(works)
    assert told(engine, STOCK_ALLOTTED, [order_id]) == []
    clock.advance(days=3)
    run_jobs(works)
    assert told(engine, STOCK_ALLOTTED, [order_id]) == [order_id]
    assert (level(engine, early), level(engine, late)) == ((4, 0), (4, 0))


def test_goods_of_several_elements_are_owed_all_of_them(engine, works):
    phone, case = element(0), element(9)
    bring_in(works, elements=[phone, case])
    box = bundled(works, (phone["element_id"], 1), (case["element_id"], 2))
    presale_id = opened(works, box, 4)
    bought(works, box, presale_id, 4)
    case_alone = bundled(works, (case["element_id"], 1))
    assert refusal_of(reserve, works, new_order(), (case_alone, 2)).details["shortages"][0]["available"] == 1


def test_an_order_that_waits_for_what_it_never_held_is_parked_for_a_person(engine, works):
    sku_id, order_id = stocked(works, 5), new_order()
    event = confirmed(order_id, (sku_id, 1))
    event.data["waits_for_goods"] = True
    with pytest.raises(ConfirmedOrderUnserved, match=order_id):
        works.apply(event, commit_confirmed_order)
    assert (status_of(engine, order_id), level(engine, sku_id)) == (None, (5, 0))
