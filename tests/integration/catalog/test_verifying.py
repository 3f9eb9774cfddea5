"""Codes at a merchant's counter: used once, by the merchant whose goods they are for, undone within minutes."""

import itertools
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.ops import main
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.verify_codes import find_code, list_verifications, undo_verification, verify_code
from services.catalog.usecases.void_codes import void_codes
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race, works_on
from tests.integration.catalog.shop import (
    MERCHANT,
    bring_in,
    bundle,
    confirmed,
    element,
    goods,
    new_order,
    reserve,
)
from tests.support.old_databases import database_from

engine = database_of("catalog")
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
OTHER = {"merchant_id": derived_id("mer", "another"), "name_zh": "别家", "name_en": "Another"}
WRONG = "AAAA-BBBB-CCCC-DDDD"
TRIES = 200


class Counter:
    """A counter of a merchant with a key of its own."""

    def __init__(self, works, merchant_id=MERCHANT["merchant_id"]):
        self.works, self.merchant_id, self.key_id = works, merchant_id, new_id("stk")

    def _told(self, code, **more):
        return {"merchant_id": self.merchant_id, "key_id": self.key_id, "code": code, **more}

    def finds(self, code):
        return find_code(self.works, contract.FIND_CODE.load_request(self._told(code)))

    def verifies(self, code, request_id=None):
        asked = contract.VERIFY_CODE.load_request(self._told(code, request_id=request_id or new_id("req")))
        return self.works.once(contract.VERIFY_CODE, verify_code, asked)

    def undoes(self, code):
        asked = self._told(code, request_id=new_id("req"), reason="by mistake")
        return self.works.once(
            contract.UNDO_VERIFICATION, undo_verification, contract.UNDO_VERIFICATION.load_request(asked)
        )

    def shows(self, **page):
        asked = contract.LIST_VERIFICATIONS.load_request({"merchant_id": self.merchant_id, **page})
        return self.works.run(list_verifications, asked)["verifications"]


@pytest.fixture
def clock():
    return FixedClock(NOON)


@pytest.fixture
def counter(works):
    return Counter(works)


def sold(works, how_many=1, form="ticket", merchant=MERCHANT, **changes):
    """(order, codes) of a confirmed order of that many codes."""
    part = element(how_many, "code", form=form, **changes)
    one = bundle((part["element_id"], 1))
    brought = goods(kind="virtual", skus=[one], merchant_id=merchant["merchant_id"])
    bring_in(works, brought, elements=[part], merchants=[MERCHANT, OTHER])
    order_id = new_order()
    reserve(works, order_id, (one["sku_id"], how_many))
    works.apply(confirmed(order_id, (one["sku_id"], how_many)), commit_confirmed_order)
    [told] = emitted(works.engine, contract.CODES_ISSUED, order_id)
    return order_id, [code["code"] for code in told["data"]["codes"]]


def voids(works, order_id, *codes):
    asked = {"request_id": new_id("req"), "order_id": order_id, "codes": list(codes), "reason": "returned"}
    return works.once(contract.VOID_CODES, void_codes, contract.VOID_CODES.load_request(asked))


def refusal(act, *arguments):
    with pytest.raises(Refused) as refused:
        act(*arguments)
    return refused.value.code


def told_of(engine, order_id):
    events = itertools.chain(emitted(engine, contract.CODE_VERIFIED), emitted(engine, contract.CODE_UNVERIFIED))
    return sorted((event["data"]["version"], event["type"]) for event in events if event["subject"] == order_id)


def test_a_code_is_looked_up_then_verified_and_its_order_hears_of_it(engine, works, counter):
    order_id, [code] = sold(works, codes_valid_days=30)

    found = counter.finds(code.replace("-", "").lower())
    used = counter.verifies(code)

    assert (found["state"], found["form"], found["code_tail"], found["verified_at"]) == (
        "issued",
        "ticket",
        code[-4:],
        None,
    )
    assert (found["order_no"], found["valid_until"]) == (order_id[-8:].upper(), "2026-12-02")
    assert (used["state"], used["verified_at"]) == ("verified", "2026-11-02T04:00:00.000Z")
    [told] = emitted(engine, contract.CODE_VERIFIED, order_id)
    data = told["data"]
    assert (data["code"], data["member_id"], data["version"]) == (code, derived_id("mbr", order_id), 1)
    assert (data["merchant_id"], data["merchant_en"], data["key_id"]) == (
        MERCHANT["merchant_id"],
        MERCHANT["name_en"],
        counter.key_id,
    )


def test_a_second_time_it_is_refused_with_when_and_where_it_was_used(works, clock, counter):
    _, [code] = sold(works)
    counter.verifies(code, "one")
    clock.advance(hours=1)

    with pytest.raises(Refused) as refused:
        Counter(works).verifies(code)

    assert refused.value.code == contract.CODE_USED
    assert refused.value.details["verified_at"] == "2026-11-02T04:00:00.000Z"
    assert refused.value.details["counter"] == counter.key_id
    assert counter.verifies(code, "one")["verified_at"] == "2026-11-02T04:00:00.000Z"  # the same request once more


@pytest.mark.parametrize("form", ["code", "game-coins"])
def test_what_is_not_for_a_counter_is_unknown_there(works, counter, form):
    coins = {"form": "game-coins", "delivery": "code", "name_zh": "游戏币", "name_en": "Game coins"}
    bring_in(works, forms=[coins])
    order_id, [code] = sold(works, form=form)

    assert refusal(counter.verifies, code) == contract.CODE_UNKNOWN
    assert refusal(voids, works, order_id, code) == contract.CODE_NOT_FOR_COUNTER


def test_an_import_says_which_forms_are_for_the_counter_and_silence_changes_nothing(engine, works, counter):
    bring = {"form": "massage", "delivery": "code", "name_zh": "按摩", "name_en": "Massage"}
    for told in ({**bring, "is_for_counter": True}, bring):
        bring_in(works, forms=[told])
    _, [code] = sold(works, form="massage")

    assert counter.verifies(code)["state"] == "verified"


def test_the_counter_of_another_merchant_does_not_learn_that_it_exists(works):
    _, [code] = sold(works)
    assert refusal(Counter(works, OTHER["merchant_id"]).finds, code) == contract.CODE_UNKNOWN


def test_its_last_day_is_good_and_the_day_after_is_not(works, clock, counter):
    _, [one, other] = sold(works, 2, codes_valid_days=1)
    clock.advance(hours=24 + 11)  # 23:00 in China
    assert counter.verifies(one)["state"] == "verified"
    clock.advance(hours=1)
    assert refusal(counter.verifies, other) == contract.CODE_EXPIRED
    assert counter.finds(other)["state"] == "expired"
    assert counter.finds(one)["state"] == "verified"


def test_a_mistake_is_undone_within_minutes_and_the_code_is_good_again(engine, works, clock, counter):
    order_id, [code] = sold(works)
    counter.verifies(code)
    clock.advance(seconds=600)
    assert counter.undoes(code)["state"] == "issued"
    assert refusal(counter.undoes, code) == contract.CODE_NOT_VERIFIED
    counter.verifies(code)
    clock.advance(seconds=601)
    assert refusal(counter.undoes, code) == contract.UNDO_TOO_LATE
    verified, undone = contract.CODE_VERIFIED.type, contract.CODE_UNVERIFIED.type
    assert told_of(engine, order_id) == [(1, verified), (2, undone), (3, verified)]


def test_the_statement_of_a_merchant_has_every_deed_page_by_page(works):
    merchant = {"merchant_id": new_id("mer"), "name_zh": "新", "name_en": "New"}
    bring_in(works, merchants=[merchant])
    counter = Counter(works, merchant["merchant_id"])
    _, [one, other] = sold(works, 2, merchant=merchant)
    counter.verifies(one)
    counter.verifies(other)
    counter.undoes(one)

    first = counter.shows(limit=2)
    rest = counter.shows(limit=2, before=first[-1]["no"])

    deeds = [(each["what"], each["code_tail"], each["reason"]) for each in first + rest]
    assert deeds == [
        ("undone", one[-4:], "by mistake"),
        ("verified", other[-4:], "verified at the counter"),
        ("verified", one[-4:], "verified at the counter"),
    ]


def test_wrong_codes_lock_the_key_that_typed_them_for_a_while_and_no_other(works, clock, counter):
    _, [code] = sold(works)
    for number in range(10):
        assert refusal(counter.finds if number % 2 else counter.verifies, WRONG) == contract.CODE_UNKNOWN
        clock.advance(seconds=1)

    with pytest.raises(Refused) as refused:
        counter.verifies(code)
    assert (refused.value.code, refused.value.details) == (contract.COUNTER_LOCKED, {"retry_after_s": 590})
    assert Counter(works).finds(code)["state"] == "issued"

    clock.advance(seconds=590)
    assert counter.verifies(code)["state"] == "verified"


def test_guesses_at_once_are_counted_one_by_one(works, counter):
    outcomes = race(*[lambda: counter.verifies(WRONG)] * 12)
    codes = sorted(outcome.code for outcome in outcomes)
    assert codes == [contract.CODE_UNKNOWN] * 10 + [contract.COUNTER_LOCKED] * 2


def test_right_codes_cost_no_try(works, counter):
    _, codes = sold(works, 15)
    for code in codes:
        counter.finds(code)
        counter.verifies(code)


def test_voided_codes_are_used_by_nobody_and_used_ones_are_not_voided(works, counter):
    order_id, [one, other, third] = sold(works, 3)
    counter.verifies(one)

    assert refusal(voids, works, order_id, one, other) == contract.CODE_USED
    assert counter.finds(other)["state"] == "issued"  # all or none
    assert voids(works, order_id, other, third) == {"order_id": order_id, "codes": 2}
    assert refusal(counter.verifies, other) == refusal(voids, works, order_id, other) == contract.CODE_VOIDED
    assert refusal(voids, works, new_order(), third) == contract.CODE_UNKNOWN


def test_two_counters_with_one_code_one_of_them_uses_it(works):
    _, codes = sold(works, TRIES)
    counters = [Counter(works), Counter(works)]
    for code in codes:
        outcomes = race(*(lambda each=each, code=code: each.verifies(code) for each in counters))
        refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert [one.code for one in refused] == [contract.CODE_USED], outcomes


def test_a_code_is_verified_or_voided_never_both(engine, works, counter):
    order_id, codes = sold(works, TRIES)
    for code in codes:
        outcomes = race(lambda code=code: counter.verifies(code), lambda code=code: voids(works, order_id, code))
        [refused] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert refused.code in (contract.CODE_USED, contract.CODE_VOIDED)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE code_deed SET what = 'undone'",
        "DELETE FROM code_deed",
        "INSERT INTO code_deed (code_id, version, what, merchant_id, key_id, reason, actor, done_at)"
        " SELECT code_id, version, what, merchant_id, key_id, 'again', 'me', now() FROM code_deed",
    ],
)
def test_no_hand_changes_what_was_done(engine, works, counter, statement):
    counter.verifies(sold(works)[1][0])
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_operators_set_the_terms_and_see_what_was_verified(engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    assert main(["counter", "set", "--most-wrong", "3", "--because", "fewer"]) == 0
    counter = Counter(works_on(engine))
    assert [refusal(counter.finds, WRONG) for _ in range(4)][2:] == [contract.CODE_UNKNOWN, contract.COUNTER_LOCKED]
    capsys.readouterr()
    assert main(["counter", "set", "--most-wrong", "0", "--because", "none"]) == 1
    assert contract.TERMS_INVALID in capsys.readouterr().err
    assert main(["counter", "list"]) == main(["verifications", MERCHANT["merchant_id"]]) == 0
    assert "fewer" in capsys.readouterr().out


NOUGHT = "0" * 32
CODES_OF_BEFORE = """
SET session_replication_role = replica;
INSERT INTO merchant VALUES ('mer_{0}', '商', 'M');
INSERT INTO goods (goods_id, merchant_id, category, kind, name_zh, name_en, description_zh, description_en, least_tier,
    search_text, updated_at)
VALUES ('gds_{0}', 'mer_{0}', 'food', 'virtual', '票', 'T', '', '', 'registered', '', now());
INSERT INTO sku (sku_id, goods_id, variant_zh, variant_en, position) VALUES ('sku_{0}', 'gds_{0}', '', '', 0);
INSERT INTO element (element_id, delivery, form, name_zh, name_en, least_tier)
VALUES ('elm_{0}', 'code', 'ticket', '票', 'Ticket', 'registered');
INSERT INTO reservation (order_id, status, expires_at, opened_at, changed_at)
VALUES ('ord_{0}', 'committed', now(), now(), now());
INSERT INTO code (element_id, sku_id, code, state, order_id, issued_at)
VALUES ('elm_{0}', 'sku_{0}', 'AAAA-BBBB-CCCC-DDDD', 'issued', 'ord_{0}', now());
""".replace("{0}", NOUGHT)


def test_codes_that_were_issued_before_there_were_counters_are_used_at_one():
    with database_from("catalog", "0013", CODES_OF_BEFORE) as old:
        asked = {"merchant_id": f"mer_{NOUGHT}", "key_id": new_id("stk"), "code": WRONG}
        found = find_code(works_on(old), asked)
        used = works_on(old).run(verify_code, asked)

    assert (found["state"], used["state"], used["form"]) == ("issued", "verified", "ticket")
