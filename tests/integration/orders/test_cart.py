"""Carts on a real database: several devices at once, prices that change, and orders that take what they place, once."""

from datetime import timedelta

import pytest

from services.catalog import contract as catalog
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, event_of, race
from services.members import contract as members
from services.orders import contract
from services.orders.ops import main
from services.orders.usecases.fill_cart import change_cart_line, get_cart, put_in_cart, remove_from_cart
from services.orders.usecases.place_order import place_order, place_purchase
from services.orders.usecases.tidy_carts import empty_cart_of_ended_member, set_cart_terms, tidy_carts
from tests.integration.orders.goods import PHONE, RICE, TEA, TOP_UP, quoted_line
from tests.integration.orders.kit import NOON, Shop
from tests.support.refusals import refused

engine = database_of("orders")


def price_of(sku_id):
    return derived_id("prc", sku_id)


def found(line):
    named = {"sku_id": line["sku_id"], "price_id": line["price_id"]}
    return {**named, "why_not": None, "at_most": 9, "quoted": quoted_line(line)}


class Cart:
    """The cart of a member of its own, as a client uses it."""

    def __init__(self, engine):
        self.shop = Shop(engine)
        self.member_id = self.shop.member_id
        self.shop.rpc.answers[catalog.CHECK_LINES] = lambda request: {
            "lines": [
                {"sku_id": line["sku_id"], "price_id": line["price_id"], **found(line)} for line in request["lines"]
            ]
        }

    @property
    def works(self):
        return self.shop.works

    def put(self, sku_id, quantity=1, **changes):
        wish = {"sku_id": sku_id, "price_id": price_of(sku_id), "quantity": quantity, "member_tier": "gold"}
        request = {"request_id": new_id("req"), "member_id": self.member_id, **wish, **changes}
        return pieces(put_in_cart(self.works, contract.PUT_IN_CART.load_request(request)))

    def change(self, sku_id, **change):
        wish = {"sku_id": sku_id, "price_id": price_of(sku_id), **change}
        request = {"request_id": new_id("req"), "member_id": self.member_id, **wish}
        load = contract.CHANGE_CART_LINE.load_request
        return pieces(self.works.once(contract.CHANGE_CART_LINE, change_cart_line, load(request)))

    def remove(self, *sku_ids):
        lines = [{"sku_id": sku_id, "price_id": price_of(sku_id)} for sku_id in sku_ids]
        request = {"request_id": new_id("req"), "member_id": self.member_id, "lines": lines}
        load = contract.REMOVE_FROM_CART.load_request
        return pieces(self.works.once(contract.REMOVE_FROM_CART, remove_from_cart, load(request)))

    def shown(self):
        request = contract.GET_CART.load_request({"member_id": self.member_id, "member_tier": "gold"})
        reply = contract.GET_CART.dump_reply(get_cart(self.works, request))
        assert contract.GET_CART.reply().validate(reply) == {}
        return reply

    def holds(self):
        return {line["sku_id"]: line["quantity"] for one in self.shown()["merchants"] for line in one["lines"]}


def pieces(contents):
    return {line["sku_id"]: line["quantity"] for line in contents["lines"]}


@pytest.fixture
def cart(engine):
    return Cart(engine)


def test_what_is_put_in_is_shown_with_what_it_costs(cart):
    cart.put(PHONE, 2)
    cart.shop.clock.advance(seconds=1)
    assert cart.put(RICE) == {PHONE: 2, RICE: 1}
    shown = cart.shown()
    assert (shown["points"], shown["cash_fen"], shown["version"]) == (1300, 19800, 2)
    [merchant] = shown["merchants"]
    assert merchant["lines"][0]["costs"] == {"points": 500, "coins": 0, "cash_fen": 9900}
    assert [line["is_price_changed"] for line in merchant["lines"]] == [False, False]


def test_an_empty_cart_asks_nobody(cart):
    assert cart.shown() == {"version": 0, "merchants": [], "points": 0, "coins": 0, "cash_fen": 0}
    assert cart.shop.rpc.requests_of(catalog.CHECK_LINES) == []


def test_putting_in_adds_up_to_what_fits_into_a_line_and_changing_sets(cart):
    cart.put(RICE, 60)
    assert cart.put(RICE, 60) == {RICE: 99}
    assert cart.change(RICE, quantity=3) == {RICE: 3}
    assert cart.change(RICE, is_chosen=False) == {RICE: 3}
    assert cart.shown()["points"] == 0
    assert cart.remove(RICE, PHONE) == {}
    refused(contract.CART_LINE_UNKNOWN, cart.change, RICE, quantity=1)


def test_the_same_request_again_puts_in_nothing_more_even_if_it_is_gone_meanwhile(cart):
    first = cart.put(RICE, 2, request_id="req-1")
    cart.shop.rpc.answers[catalog.QUOTE_LINES] = Refused(catalog.GOODS_NOT_ON_SALE, "gone")
    assert cart.put(RICE, 2, request_id="req-1") == first == {RICE: 2}
    refused(catalog.GOODS_NOT_ON_SALE, cart.put, RICE, 1)
    assert cart.holds() == {RICE: 2}


def test_what_cannot_be_had_stays_in_with_the_reason(cart):
    cart.put(RICE)
    gone = {"sku_id": RICE, "price_id": price_of(RICE), "why_not": catalog.GOODS_NOT_ON_SALE, "at_most": None}
    cart.shop.rpc.answers[catalog.CHECK_LINES] = {"lines": [{**gone, "quoted": None}]}
    [line] = cart.shown()["merchants"][0]["lines"]
    assert (line["why_not"], line["name_zh"], line["costs"]) == (catalog.GOODS_NOT_ON_SALE, "商品", None)


def test_several_devices_at_once_lose_nothing_and_every_change_has_its_version(cart):
    told = race(*[lambda: cart.put(RICE, 1)] * 4, lambda: cart.put(PHONE, 1))
    assert all(isinstance(one, dict) for one in told)
    assert cart.holds() == {RICE: 4, PHONE: 1}
    assert cart.shown()["version"] == 5


def test_of_two_words_on_a_line_the_later_holds_and_both_are_answered(cart):
    cart.put(RICE)
    race(lambda: cart.change(RICE, quantity=7), lambda: cart.change(RICE, quantity=8))
    [line] = cart.shown()["merchants"][0]["lines"]
    assert line["quantity"] in (7, 8) and line["version"] == 3


def set_terms(works, most_lines, keep_days=180, effective_from=None):
    wish = {"most_lines": most_lines, "keep_days": keep_days, "effective_from": effective_from, "reason": "测试"}
    return works.run(set_cart_terms, wish)


def test_only_so_many_lines_fit_however_many_devices_try(cart):
    later = NOON + timedelta(days=400)
    set_terms(cart.works, 2, effective_from=later)
    cart.shop.clock = FixedClock(later)
    cart.put(PHONE)
    told = race(lambda: cart.put(RICE), lambda: cart.put(TOP_UP))
    assert [one.code for one in told if isinstance(one, Refused)] == [contract.CART_FULL]
    assert cart.put(PHONE)[PHONE] == 2


def placed(cart, *lines, **changes):
    return cart.shop.request(*lines, **{"from_cart": True, **changes})


def test_an_order_takes_what_it_places_and_leaves_the_rest(cart):
    cart.put(RICE, 5)
    cart.put(PHONE, 1)
    place_order(cart.works, placed(cart, (RICE, 3), (PHONE, 1)))
    assert cart.holds() == {RICE: 2}


def test_a_purchase_takes_what_each_of_its_orders_places_once(cart):
    cart.put(PHONE, 2)
    cart.put(TEA, 3)
    request = placed(cart, (PHONE, 1), (TEA, 3))
    told = race(*[lambda: place_purchase(cart.works, dict(request))] * 2)
    assert all(isinstance(one, dict) for one in told)
    assert cart.holds() == {PHONE: 1}
    assert len(cart.shown()["merchants"]) == 1


def test_an_order_that_does_not_come_from_the_cart_leaves_it_alone(cart):
    cart.put(RICE, 5)
    cart.shop.place((RICE, 3))
    assert cart.holds() == {RICE: 5}


def test_the_same_order_again_or_at_once_takes_once_and_not_what_is_put_in_later(cart):
    cart.put(RICE, 5)
    request = placed(cart, (RICE, 5))
    race(*[lambda: place_order(cart.works, dict(request))] * 3)
    assert cart.holds() == {}
    cart.put(RICE, 2)
    place_order(cart.works, request)
    assert cart.holds() == {RICE: 2}


def test_a_refused_order_takes_nothing(cart):
    cart.put(RICE, 5)
    cart.shop.rpc.answers[catalog.RESERVE_STOCK] = Refused(catalog.STOCK_INSUFFICIENT, "none left")
    refused(catalog.STOCK_INSUFFICIENT, place_order, cart.works, placed(cart, (RICE, 5)))
    assert cart.holds() == {RICE: 5}


def test_two_orders_of_the_same_lines_at_once_do_not_block_each_other_for_ever(cart):
    cart.put(RICE, 9)
    cart.put(PHONE, 9)
    told = race(
        lambda: place_order(cart.works, placed(cart, (RICE, 2), (PHONE, 1))),
        lambda: place_order(cart.works, placed(cart, (PHONE, 2), (RICE, 1))),
        lambda: cart.put(RICE, 1),
    )
    assert all(isinstance(one, dict) for one in told)
    assert cart.holds() == {RICE: 9 - 3 + 1, PHONE: 6}


def test_what_is_put_in_while_an_order_takes_everything_stays(cart):
    cart.put(RICE, 2)
    race(lambda: place_order(cart.works, placed(cart, (RICE, 2))), lambda: cart.put(RICE, 3))
    assert cart.holds() == {RICE: 3}


def test_what_was_emptied_begins_anew_with_the_price_of_then(cart):
    cart.put(RICE, 1)
    place_order(cart.works, placed(cart, (RICE, 1)))
    cart.shop.rpc.answers[catalog.QUOTE_LINES] = lambda request: {
        "lines": [{**quoted_line(request["lines"][0]), "unit_points": 280}], "points": 280, "cash_fen": 0,
    }  # fmt: skip
    cart.put(RICE, 1)
    [line] = cart.shown()["merchants"][0]["lines"]
    assert line["seen"]["points"] == 280 and line["is_price_changed"]


def test_the_cart_of_a_member_who_ended_goes(cart):
    cart.put(RICE)
    told = {"member_id": cart.member_id, "previous": "pre_cancelled", "reason": "left"}
    for state, left in (("suspended", {RICE: 1}), ("cancelled", {})):
        event = event_of(members.STATE_CHANGED, cart.member_id, {**told, "state": state})
        cart.works.apply(event, empty_cart_of_ended_member)
        assert cart.holds() == left


def test_lines_that_nobody_touches_go_when_the_terms_say(engine, cart):
    other = Cart(engine)
    cart.put(RICE)
    cart.put(PHONE)
    place_order(cart.works, placed(cart, (PHONE, 1)))
    cart.shop.clock.advance(days=179)
    other.shop.clock = cart.shop.clock
    other.put(RICE)
    assert tidy_carts(cart.works) >= 1
    assert cart.holds() == {RICE: 1}
    cart.shop.clock.advance(days=2)
    assert tidy_carts(cart.works) >= 1
    assert (cart.holds(), other.holds()) == ({}, {RICE: 1})


def test_terms_are_decided_by_operators_from_now_or_later_on(engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    terms = ("cart-terms", "set", "--most-lines", "50", "--keep-days", "30", "--because", "促销")
    assert main([*terms, "--from", "2999-01-01T00:00:00+08:00"]) == 0
    assert main(["cart-terms", "list", "--json"]) == 0
    assert "2998-12-31T16:00:00" in capsys.readouterr().out
    for wrong in ("2999-01-01T00:00:00+08:00", "2000-01-01T00:00:00+08:00"):
        assert main([*terms, "--from", wrong]) == 1
    assert main([*terms[:3], "201", *terms[4:]]) == 1
    assert "cart.terms_invalid" in capsys.readouterr().err
