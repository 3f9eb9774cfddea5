"""What operators type about flash sales."""

import json

import pytest

from services.catalog.ops import main
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.in_a_flash import taken
from tests.integration.catalog.shop import stocked

engine = database_of("catalog")
UNTIL = ("--until", "2099-12-12T00:00:00+08:00")


@pytest.fixture
def works(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    return works_on(engine)


@pytest.fixture
def operate(capsys):
    def typed(*words):
        code = main(["flash", *words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return typed


def test_a_sale_from_its_beginning_to_its_end(works, operate):
    sku_id = stocked(works, 9)
    terms = ("--points", "900", "--cash-fen", "50", "--quota", "5", "--per-member", "2", *UNTIL)
    code, opened = operate("open", sku_id, *terms, "--because", "周六秒杀")
    assert (code, opened["points"], opened["cash_fen"], opened["per_member"], opened["ticket_s"]) == (
        0,
        900,
        50,
        2,
        300,
    )
    sale_id = opened["sale_id"]
    taken(works, sale_id)
    code, changed = operate("change", sale_id, "--quota", "7", "--because", "商户追加")
    assert (code, changed["quota"], changed["left"], changed["live"]) == (0, 7, 6, 1)
    assert operate("list", sku_id)[1] == [changed]
    code, called_off = operate("cancel", sale_id, "--because", "商品有误")
    assert (code, called_off["status"], called_off["left"]) == (0, "cancelled", 7)
    assert operate("show", sale_id) == (0, called_off)
    assert [one["reason"] for one in called_off["decisions"]] == ["周六秒杀", "商户追加", "商品有误"]


def test_what_cannot_be_is_refused(works, operate):
    sku_id = stocked(works, 2)
    code, said = operate("open", sku_id, "--points", "1", "--quota", "3", *UNTIL, "--because", "too many")
    assert (code, "stock.insufficient" in said) == (1, True)
    code, said = operate("open", sku_id, "--quota", "1", *UNTIL, "--because", "for nothing")
    assert (code != 0, "points" in said) == (True, True)
