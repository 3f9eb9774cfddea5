"""What operators type about the bulk zone."""

import json

import pytest

from services.catalog import contract
from services.catalog.ops import main
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import bring_in, goods, price, seen, sku

engine = database_of("catalog")


@pytest.fixture
def works(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    return works_on(engine)


@pytest.fixture
def paper(works):
    one = goods(skus=[sku(prices=[price(1000)])])
    bring_in(works, one)
    return one


@pytest.fixture
def operate(capsys):
    def typed(*words):
        code = main(["bulk", *words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return typed


def ids_of(paper):
    [one] = paper["skus"]
    return one["sku_id"], one["prices"][0]["price_id"]


def test_an_offer_from_its_beginning_to_its_end(works, paper, operate):
    sku_id, price_id = ids_of(paper)
    steps = ("--step", f"100:{price_id}:900:0", "--step", f"300:{price_id}:800:0")
    numbers = ("--least", "50", "--most", "500")
    code, told = operate("set", sku_id, *numbers, "--segment", "companies", *steps, "--because", "for their staff")
    assert (code, told["is_offered"], [step["points"] for step in told["steps"]]) == (0, True, [900, 800])
    assert seen(works, paper["goods_id"])["skus"][0]["bulk"]["segment"] == "companies"
    code, told = operate("set", sku_id, "--ended", "--because", "nobody asks for it")
    assert (code, told["is_offered"], told["least"], told["steps"]) == (0, False, None, [])
    assert seen(works, paper["goods_id"])["skus"][0]["bulk"] is None
    _, decided = operate("list", sku_id)
    assert [(one["is_offered"], one["reason"]) for one in decided] == [
        (False, "nobody asks for it"),
        (True, "for their staff"),
    ]
    assert all(one["actor"].startswith("ops:") for one in decided)


@pytest.mark.parametrize(
    ("numbers", "complaint"),
    [
        ((), "least"),
        (("--least", "50"), "most"),
        (("--least", "50", "--most", "40"), "most"),
        (("--least", "50", "--most", "1001"), "most"),
        (("--least", "50", "--most", "500", "--step", "many:prc:1:0"), "steps"),
        (("--least", "50", "--most", "500", "--step", "100"), "steps"),
    ],
)
def test_what_is_offered_needs_its_numbers(works, paper, operate, numbers, complaint):
    sku_id, _ = ids_of(paper)
    code, problem = operate("set", sku_id, *numbers, "--because", "x")
    assert (code, complaint in problem) == (1, True)
    assert operate("list", sku_id) == (0, [])


def test_a_step_that_no_order_reaches_and_goods_that_there_are_not(works, paper, operate):
    sku_id, price_id = ids_of(paper)
    numbers = ("--least", "50", "--most", "500", "--because", "x")
    assert contract.BULK_STEPS_WRONG in operate("set", sku_id, *numbers, "--step", f"40:{price_id}:900:0")[1]
    assert contract.GOODS_UNKNOWN in operate("set", "sku_" + "0" * 32, *numbers)[1]
    assert contract.BULK_BACKDATED in operate("set", sku_id, *numbers, "--from", "2020-01-01T00:00:00Z")[1]
