"""Which variant an order follows, and what stands against paying it at the door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.cash_on_delivery import is_carried_alone, objections
from services.orders.domain.promises import Credit, Promised
from services.orders.domain.variants import variant_of

GOOD = Credit(True, ("vip_tier",), 3, 10_000)
NOTHING = Promised(0, 0)
amounts = st.integers(0, 20_000)


def line(delivery: str = "parcel", merchant: str = "a", **more) -> dict:
    parts = [{"element_id": "elm", "delivery": delivery, "quantity": 1}]
    return {"merchant_id": merchant, "kind": "physical", "sku_id": "sku", "parts": parts, **more}


def quote(*lines: dict, cash_fen: int = 900) -> dict:
    return {"lines": list(lines or [line()]), "cash_fen": cash_fen}


def asked(provider: str | None) -> dict:
    return {"payment_provider": provider, "pick_up_at": None}


@pytest.mark.parametrize(
    ("provider", "cash_fen", "variant"),
    [("on_delivery", 900, "on_delivery"), ("on_delivery", 0, ""), ("alipay", 900, ""), (None, 0, "")],
)
def test_what_is_paid_at_the_door_follows_a_variant_of_its_own(provider, cash_fen, variant):
    assert variant_of(asked(provider), quote(cash_fen=cash_fen)) == variant


@pytest.mark.parametrize(
    "lines", [[line("code")], [line(), line("code")], [line(), line(merchant="b")], [line(presale={"presale_id": "x"})]]
)
def test_only_one_senders_goods_that_are_there_and_carried_are_paid_at_the_door(lines):
    assert not is_carried_alone(quote(*lines))
    with pytest.raises(Refused) as refused:
        variant_of(asked("on_delivery"), quote(*lines))
    assert refused.value.code == contract.COMBINATION_NOT_OFFERED
    assert objections([quote(*lines)], GOOD, NOTHING) == ["not_carried_alone"]


def test_who_has_no_credit_hears_every_reason():
    poor = Credit(False, ("too_few_good_trades",), 3, 10_000)
    assert objections([quote(line("code"))], poor, NOTHING) == ["not_carried_alone", "too_few_good_trades"]
    assert objections([quote()], None, NOTHING) == ["credit_not_known_now"]


def test_an_order_for_each_merchant_counts_and_those_without_cash_do_not():
    orders = [quote(cash_fen=0), *[quote()] * 3]
    assert objections(orders, GOOD, NOTHING) == []
    assert objections([*orders, quote()], GOOD, NOTHING) == ["too_many_open_orders"]


@given(st.integers(0, 5), amounts, amounts, st.integers(1, 3))
def test_nothing_is_promised_beyond_either_limit_and_everything_within_both(orders, fen, cash_fen, more):
    against = GOOD.objections(Promised(orders, fen), cash_fen, more)
    assert ("too_many_open_orders" in against) == (orders + more > 3)
    assert ("too_much_open_cash" in against) == (fen + cash_fen > 10_000)
