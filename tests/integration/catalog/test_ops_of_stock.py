"""What operators type about stock: consignments, counts, and how places are chosen."""

import json

import pytest

from services.catalog.contract import own_element
from services.catalog.ops import main
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import broken_invariants, place_of, receive, stocked

engine = database_of("catalog")


@pytest.fixture(autouse=True)
def database(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    yield
    assert broken_invariants(works_on(engine)) == []


@pytest.fixture
def shelf(engine):
    """(element, place) with ten units."""
    works = works_on(engine)
    element_id, place_id = own_element(stocked(works, 0)), place_of(works)
    receive(works, element_id, 10, place_id)
    return element_id, place_id


def told(capsys, *typed):
    code = main([*typed, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_transfer_from_its_wish_to_its_last_receipt(engine, shelf, capsys):
    element_id, here = shelf
    there = place_of(works_on(engine))
    wish = ("consignment", "open", "transfer", there, f"{element_id}=4", "--from", here, "--because", "调拨")
    code, opened = told(capsys, *wish, "--key", "T-1")
    assert (code, opened["status"]) == (0, "requested")
    assert told(capsys, *wish, "--key", "T-1")[1] == opened
    consignment_id = opened["consignment_id"]
    assert told(capsys, "consignment", "dispatch", consignment_id)[1]["status"] == "in_transit"
    came = ("consignment", "receive", consignment_id, f"{element_id}=3", "--last", "--because", "破损")
    assert told(capsys, *came)[1]["lines"][0]["lost"] == 1
    listed = told(capsys, "consignment", "list", "--place", there)[1]["consignments"]
    assert [one["status"] for one in listed] == ["received"]
    assert main(["consignment", "cancel", consignment_id, "--because", "晚了"]) == 1
    assert main(["consignment", "open", "transfer", there, "four", "--from", here, "--because", "x"]) == 1


def test_a_count_and_who_may_approve_it(shelf, capsys):
    element_id, place_id = shelf
    count_id = told(capsys, "count", "open", place_id, "--because", "月末")[1]["count_id"]
    assert told(capsys, "count", "record", count_id, f"{element_id}=1")[1]["lines"][0]["difference"] == -9
    assert told(capsys, "count", "submit", count_id)[1]["status"] == "submitted"
    assert main(["count", "approve", count_id]) == 1
    assert "count.of_oneself" in capsys.readouterr().err
    assert told(capsys, "count", "cancel", count_id, "--because", "重盘")[1]["status"] == "cancelled"
    assert told(capsys, "count", "list", "--status", "cancelled")[1]["counts"][0]["count_id"] == count_id


def test_what_is_not_said_of_a_policy_stays(capsys):
    code, decided = told(capsys, "allocation", "set", "--priority-weight", "70", "--because", "试行")
    policy = decided["policies"][0]
    assert (code, policy["priority_weight"], policy["distance_weight"], policy["supplies_halls"]) == (0, 70, 1, True)
    assert (
        told(capsys, "allocation", "set", "--halls", "alone", "--because", "x")[1]["policies"][0]["priority_weight"]
        == 70
    )
    assert [one["supplies_halls"] for one in told(capsys, "allocation", "list")[1]["policies"]] == [False, True, True]


def test_what_is_damaged_is_written_off_and_who_may_approve_it(shelf, capsys):
    little = ("write-off", "ask", *shelf, "2", "damaged", "--because", "破损", "--key", "W-1")
    assert told(capsys, *little)[1]["status"] == "posted"
    assert told(capsys, *little)[1]["status"] == "posted"
    asked = told(capsys, "write-off", "ask", *shelf, "7", "stolen", "--because", "失窃")[1]
    assert asked["status"] == "requested"
    assert main(["write-off", "approve", asked["write_off_id"]]) == 1
    assert "write_off.of_oneself" in capsys.readouterr().err
    assert told(capsys, "write-off", "reject", asked["write_off_id"], "--because", "找到了")[1]["status"] == "rejected"
    assert main(["write-off", "list", "--place", shelf[1], "--status", "posted"]) == 0
    assert "quantity 2" in capsys.readouterr().out.replace("=", " ")


def test_how_much_one_person_may_settle_alone(capsys):
    decided = told(capsys, "count-policy", "set", "9", "--from", "2099-01-01T00:00:00Z", "--because", "放宽")[1]
    assert [one["most_units"] for one in decided["policies"]] == [9, 5]
    assert told(capsys, "count-policy", "list")[1] == decided
    assert main(["count-policy", "list"]) == 0
    assert main(["count-policy", "set", "9", "--from", "2000-01-01T00:00:00Z", "--because", "晚了"]) == 1
    assert "policy.backdated" in capsys.readouterr().err


def test_a_pre_sale_from_its_opening_to_its_end(engine, capsys):
    sku_id = stocked(works_on(engine), 0)
    terms = ("--until", "2999-12-12T00:00:00+08:00", "--ships-from", "2999-12-20", "--quota", "500")
    code, opened = told(capsys, "presale", "open", sku_id, *terms, "--because", "厂家十二月交货")
    assert (code, opened["status"], opened["ships_from"], opened["taken"]) == (0, "open", "2999-12-20", 0)
    assert main(["presale", "open", sku_id, *terms, "--because", "再来一场"]) == 1
    assert "presale.overlaps" in capsys.readouterr().err
    presale_id = opened["presale_id"]
    changed = told(capsys, "presale", "change", presale_id, "--quota", "800", "--because", "厂家追加")[1]
    assert (changed["quota"], changed["ships_from"]) == (800, "2999-12-20")
    assert told(capsys, "presale", "cancel", presale_id, "--because", "厂家停产")[1]["status"] == "cancelled"
    [listed] = told(capsys, "presale", "list", sku_id)[1]
    assert [one["reason"] for one in listed["decisions"]] == ["厂家十二月交货", "厂家追加", "厂家停产"]
