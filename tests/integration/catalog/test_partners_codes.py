"""Codes that a partner made: in once, out once, and never invented here."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.ops import main
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.import_codes import import_codes
from services.catalog.usecases.withdraw_codes import withdraw_codes, withdraw_expired_codes
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race, works_on
from tests.integration.catalog.shop import (
    bring_in,
    bundled,
    commit,
    confirmed,
    element,
    level_of,
    movements_of_element,
    new_order,
    place_of,
    receive,
    reserve,
)
from tests.support.refusals import refused

engine = database_of("catalog")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def coins(works):
    """An element whose codes a partner makes."""
    one = element(0, "code", codes_of="partner", name_zh="百枚游戏币", name_en="100 game coins")
    bring_in(works, elements=[one])
    return one["element_id"]


def numbers(many, prefix=""):
    return [f"{prefix or new_id('gp')}-{number}" for number in range(many)]


def taken_in(works, element_id, codes, expires_on=None, key=None):
    rows = [{"row": row, "code": code, "expires_on": expires_on} for row, code in enumerate(codes, 1)]
    request = {"request_id": key or new_id("req"), "element_id": element_id, "codes": rows, "reason": "到货"}
    return works.once(contract.IMPORT_CODES, import_codes, contract.IMPORT_CODES.load_request(request))


def withdrawn(works, element_id, **which):
    request = {"request_id": new_id("req"), "element_id": element_id, "reason": "召回", **which}
    return works.once(contract.WITHDRAW_CODES, withdraw_codes, contract.WITHDRAW_CODES.load_request(request))


def states(engine, element_id):
    with engine.connect() as connection:
        counted = sa.text("SELECT state, count(*) FROM code WHERE element_id = :e GROUP BY 1")
        return dict(connection.execute(counted, {"e": element_id}).tuples().all())


def test_codes_come_in_once_as_a_typed_movement(engine, works, coins):
    codes = numbers(3)
    answer = taken_in(works, coins, codes, key="delivery-7")
    assert answer == {"element_id": coins, "moved": 3, "on_hand": 3, "reserved": 0}
    assert taken_in(works, coins, codes, key="delivery-7") == answer
    assert movements_of_element(engine, coins) == [("received", 3)]


def test_all_or_nothing_and_every_wrong_row_is_named_without_its_code(engine, works, coins):
    known = numbers(1)
    taken_in(works, coins, known)
    fresh = numbers(1)
    details = refused(contract.CODES_WRONG, taken_in, works, coins, [*known, *fresh, *fresh, "x"])
    assert [row["row"] for row in details["rows"]] == [1, 3, 4]
    assert known[0] not in str(details) and fresh[0] not in str(details)
    assert states(engine, coins) == {"free": 1}


def test_a_code_of_another_element_does_not_come_in_either(works, coins):
    other = element(0, "code", codes_of="partner")
    bring_in(works, elements=[other])
    codes = numbers(1)
    taken_in(works, coins, codes)
    refused(contract.CODES_WRONG, taken_in, works, other["element_id"], codes)


def test_nobody_invents_a_partners_codes_and_a_partner_adds_none_to_ours(works, coins):
    own = element(2, "code")
    bring_in(works, elements=[own])
    refused(contract.CODES_OF_PARTNER, receive, works, coins, 5, place_of(works))
    refused(contract.CODES_NOT_OF_PARTNER, taken_in, works, own["element_id"], numbers(1))
    refused(contract.CODES_NOT_OF_PARTNER, taken_in, works, element_by_parcel(works), numbers(1))
    refused(contract.GOODS_UNKNOWN, taken_in, works, new_id("elm"), numbers(1))


def element_by_parcel(works):
    one = element(1)
    bring_in(works, elements=[one])
    return one["element_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"delivery": "code", "codes_of": "partner", "stock": 3},
        {"delivery": "parcel", "codes_of": "own"},
        {"delivery": "provision"},
        {"delivery": "provision", "provisioner": "topup"},
        {"delivery": "code", "provisioner": "topup", "product": "CREDIT-50"},
    ],
)
def test_elements_that_contradict_themselves_are_refused(works, changes):
    refused(contract.IMPORT_INCONSISTENT, bring_in, works, elements=[element(0) | changes])


def test_whose_codes_they_are_never_changes(works, coins):
    again = {**element(0, "code"), "element_id": coins}
    refused(contract.IMPORT_INCONSISTENT, bring_in, works, elements=[again])


def test_what_was_sold_is_issued_named_and_good_no_longer_than_the_partner_says(engine, works, coins):
    taken_in(works, coins, numbers(1), expires_on="2026-12-31")
    sku_id, order_id = bundled(works, (coins, 1), kind="virtual"), new_order()
    reserve(works, order_id, (sku_id, 1))
    works.apply(confirmed(order_id, (sku_id, 1)), commit_confirmed_order)
    (told,) = [event["data"]["codes"][0] for event in emitted(engine, contract.CODES_ISSUED)]
    assert (told["name_zh"], told["name_en"]) == ("百枚游戏币", "100 game coins")
    assert told["valid_until"] == "2026-12-31"


def test_what_expires_first_is_sold_first_and_what_has_expired_is_withdrawn(engine, works, coins):
    late, soon = numbers(1), numbers(2)
    taken_in(works, coins, late)
    taken_in(works, coins, soon, expires_on="2026-03-10")
    sku_id, order_id = bundled(works, (coins, 1), kind="virtual"), new_order()
    reserve(works, order_id, (sku_id, 1))
    commit(works, order_id)
    later = works_on(engine, FixedClock(NOON + timedelta(days=30)))
    assert withdraw_expired_codes(later) == 1
    assert withdraw_expired_codes(later) == 0
    assert states(engine, coins) == {"free": 1, "issued": 1, "withdrawn": 1}
    assert level_of(engine, coins) == (1, 0)
    assert movements_of_element(engine, coins)[-1] == ("written_off", -1)


def test_what_is_withdrawn_is_what_nobody_was_promised(engine, works, coins):
    codes = numbers(5)
    taken_in(works, coins, codes)
    sku_id = bundled(works, (coins, 1), kind="virtual")
    reserve(works, new_order(), (sku_id, 2))
    refused(contract.STOCK_NOT_FREE, withdrawn, works, coins, codes=codes)
    assert withdrawn(works, coins, codes=codes[:1])["moved"] == 1
    refused(contract.CODES_WRONG, withdrawn, works, coins, codes=codes[:1])
    assert withdrawn(works, coins) == {"element_id": coins, "moved": 2, "on_hand": 2, "reserved": 2}
    assert states(engine, coins) == {"free": 2, "withdrawn": 3}
    refused(contract.CODES_WRONG, taken_in, works, coins, codes[:1])


@pytest.mark.parametrize("change", ["UPDATE code SET state = 'free'", "DELETE FROM code"])
def test_what_is_withdrawn_is_so_for_ever(engine, works, coins, change):
    taken_in(works, coins, numbers(1))
    withdrawn(works, coins)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql(f"{change} WHERE state = 'withdrawn'")


def test_of_two_files_with_one_code_at_once_one_comes_in(engine, works, coins):
    shared = numbers(1)
    outcomes = race(*[partial(taken_in, works, coins, [*shared, *numbers(2)]) for _ in range(2)])
    assert sorted(type(one).__name__ for one in outcomes) == ["Refused", "dict"]
    assert states(engine, coins) == {"free": 3}


def test_a_code_is_sold_or_withdrawn_and_never_both(engine, works, coins):
    taken_in(works, coins, numbers(1))
    sku_id, order_id = bundled(works, (coins, 1), kind="virtual"), new_order()
    outcomes = race(partial(reserve, works, order_id, (sku_id, 1)), partial(withdrawn, works, coins))
    refusals = [one for one in outcomes if isinstance(one, Refused)]
    on_hand, reserved = level_of(engine, coins)
    assert (len(refusals), on_hand, reserved) in [(1, 0, 0), (0, 1, 1)]


def test_operators_type_it(engine, works, coins, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    first, second = numbers(2)
    path = tmp_path / "codes.csv"
    path.write_text(f"code,expires_on\n{first},{date.max.isoformat()}\n{second}\n")
    typed = ["codes", "import", coins, str(path), "--because", "第七批"]
    assert main(typed) == main(typed) == 0
    assert level_of(engine, coins) == (2, 0)
    assert main([*typed[:3], str(tmp_path / "none"), *typed[4:]]) == 1
    assert main(["codes", "withdraw", coins, "--all-unsold", "--because", "召回"]) == 0
    assert "moved=2" in capsys.readouterr().out.replace(": ", "=").replace("'", "")
    assert states(engine, coins) == {"withdrawn": 2}
