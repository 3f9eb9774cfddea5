"""What operators type: goods come on sale by a file, units by a verb."""

import json

import pytest

from services.catalog import contract
from services.catalog.ops import main
from services.catalog.usecases.list_goods import list_goods
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    CATEGORIES,
    MERCHANT,
    broken_invariants,
    bundle,
    element,
    goods,
    level_of,
    movements_of_element,
)

engine = database_of("catalog")


@pytest.fixture(autouse=True)
def database(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    yield
    assert broken_invariants(works_on(engine)) == []


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "goods.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    return written


def told(capsys, *typed):
    code = main([*typed, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_file_puts_a_new_kind_of_goods_on_sale_once(engine, file, capsys):
    coins, card = element(20, "code", form="game-coins"), element(5)
    one = goods(name_en="Gamer box", skus=[bundle((coins["element_id"], 2), (card["element_id"], 1))])
    forms = [{"form": "game-coins", "delivery": "code", "name_zh": "游戏币", "name_en": "Game coins"}]
    parts = {"categories": CATEGORIES, "forms": forms, "elements": [coins, card]}
    path = file({**parts, "merchants": [MERCHANT], "goods": [one]})
    counts = {"merchants": 1, "categories": len(CATEGORIES), "elements": 2, "goods": 1, "skus": 1}
    assert told(capsys, "import", path) == told(capsys, "import", path) == (0, counts)
    assert level_of(engine, coins["element_id"]) == (20, 0)
    asked = contract.LIST_GOODS.load_request({"words": "gamer box", "limit": 5})
    assert [card["goods_id"] for card in works_on(engine).run(list_goods, asked)["goods"]] == [one["goods_id"]]


def test_places_are_brought_in_by_a_file_and_closed_by_a_verb(engine, file, capsys):
    names = {"name_zh": "东仓", "name_en": "East", "province": "上海市", "city": "上海市"}
    east = {"place_id": new_id("whs"), "kind": "warehouse", **names, "priority": 50}
    path = file({"places": [east]})
    assert told(capsys, "place", "import", path, "--because", "启用") == (
        0,
        {"places": 1, "localities": 0, "changed": 1},
    )
    assert told(capsys, "place", "import", path, "--because", "启用")[1]["changed"] == 0
    code, place = told(capsys, "place", "set", east["place_id"], "closed", "--because", "盘点")
    assert (code, place["state"], place["version"], place["reason"]) == (0, "closed", 2, "盘点")
    listed = told(capsys, "place", "list", "--kind", "warehouse")[1]["places"]
    assert [one["state"] for one in listed if one["place_id"] == east["place_id"]] == ["closed"]


def test_units_are_received_once_under_one_key(engine, file, capsys):
    card = element(5)
    assert main(["import", file({"elements": [card]})]) == 0
    capsys.readouterr()
    typed = ("receive", card["element_id"], "7", "--reason", "到货", "--key", "DN-7")
    assert told(capsys, *typed)[1]["on_hand"] == told(capsys, *typed)[1]["on_hand"] == 12
    assert movements_of_element(engine, card["element_id"]) == [("received", 5), ("received", 7)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "cannot be read"),
        ("[]", "is not one JSON object"),
        ({"pets": []}, "request.invalid"),
        ({"elements": [element(form="spell")]}, "unknown forms"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(file, capsys, content, complaint):
    assert main(["import", file(content)]) == 1
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
