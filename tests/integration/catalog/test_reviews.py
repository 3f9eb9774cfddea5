"""Listings: proposed by one person, reviewed by another, listed with two merits or sent back with a reason."""

import json
import secrets
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.operating.reviews import check_band
from services.catalog.ops import main
from services.catalog.storage.tables import direct_listing, value_exception
from services.catalog.usecases.check_values import offered_values_outside, set_value_band
from services.catalog.usecases.review_listings import (
    approve_listing,
    draft_listing,
    get_listing,
    list_listings,
    reject_listing,
    submit_listing,
)
from services.chassis.clock import FixedClock
from services.chassis.context import Context
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    CATEGORIES,
    MERCHANT,
    bring_in,
    broken_invariants,
    element,
    goods,
    price,
    seen,
)
from tests.integration.catalog.shop import bundle as composed
from tests.integration.catalog.shop import sku as plain_sku
from tests.support.refusals import code_of

engine = database_of("catalog")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
GOOD = ["practical", "good_value"]


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    bring_in(works, merchants=[MERCHANT], categories=CATEGORIES)
    yield works
    assert broken_invariants(works) == []


def said_by(works, actor):
    """The same works as another person has them."""
    return replace(works, context=Context.fresh(actor))


def asked(works, call, usecase, **request):
    loaded = call.load_request({"request_id": new_id("req"), **request})
    return works.once(call, usecase, loaded)


def drafted(works, one, **changes):
    return asked(works, contract.DRAFT_LISTING, draft_listing, goods=one, **changes)["listing_id"]


def submitted(works, one, **changes):
    listing_id = drafted(works, one, **changes)
    asked(works, contract.SUBMIT_LISTING, submit_listing, listing_id=listing_id)
    return listing_id


def approve(works, listing_id, merits=GOOD, **review):
    usecase = partial(approve_listing, random_bytes=secrets.token_bytes)
    return asked(works, contract.APPROVE_LISTING, usecase, listing_id=listing_id, merits=merits, **review)


@pytest.fixture
def people(works):
    return said_by(works, "ops:han.mei"), said_by(works, "staff:li.lei")


def test_what_was_approved_is_on_offer_and_not_before(works, people):
    (han_mei, li_lei), one = people, goods()
    listing_id = submitted(han_mei, one)
    assert code_of(seen, works, one["goods_id"]) == contract.GOODS_UNKNOWN
    approved = approve(li_lei, listing_id, ["quality", "novel", "quality"])
    assert (approved["state"], approved["merits"]) == ("listed", ["novel", "quality"])
    assert (approved["drafted_by"], approved["decided_by"]) == ("ops:han.mei", "staff:li.lei")
    assert seen(works, one["goods_id"])["name_en"] == one["name_en"]


def test_a_reviewer_finds_at_least_two_merits(people):
    han_mei, li_lei = people
    listing_id = submitted(han_mei, goods())
    for merits in ([], ["novel"], ["novel", "novel"]):
        assert code_of(approve, li_lei, listing_id, merits) == contract.LISTING_NOT_GOOD_ENOUGH
    assert code_of(approve, li_lei, listing_id, ["cheap", "novel"]) == "request.invalid"


@pytest.mark.parametrize("door", ["ops:han.mei", "staff:Han.Mei"])
def test_nobody_reviews_what_they_propose_whichever_door_they_use(works, people, door):
    han_mei, li_lei = people
    assert code_of(approve, said_by(works, door), submitted(han_mei, goods())) == contract.LISTING_OF_ONESELF
    listing_id = drafted(li_lei, goods())
    asked(han_mei, contract.SUBMIT_LISTING, submit_listing, listing_id=listing_id)
    for proposer in (said_by(works, door), li_lei):
        assert code_of(approve, proposer, listing_id) == contract.LISTING_OF_ONESELF


def test_what_was_rejected_says_why_and_may_be_drafted_anew(works, people):
    (han_mei, li_lei), one = people, goods()
    listing_id = submitted(han_mei, one)
    sent_back = asked(li_lei, contract.REJECT_LISTING, reject_listing, listing_id=listing_id, reason="名称有误")
    assert (sent_back["state"], sent_back["decided_because"]) == ("rejected", "名称有误")
    assert code_of(approve, li_lei, listing_id) == contract.LISTING_DECIDED_BEFORE
    drafted(han_mei, {**one, "name_en": "Better"}, listing_id=listing_id)
    asked(han_mei, contract.SUBMIT_LISTING, submit_listing, listing_id=listing_id)
    approve(li_lei, listing_id)
    assert seen(works, one["goods_id"])["name_en"] == "Better"


def test_what_does_not_fit_what_is_stored_is_refused_whole(works, people):
    han_mei, li_lei = people
    listing_id = submitted(han_mei, goods(category="no/such"))
    assert code_of(approve, li_lei, listing_id) == contract.IMPORT_INCONSISTENT
    found = works.run(get_listing, {"listing_id": listing_id})
    assert (found["state"], found["merits"]) == ("submitted", None)
    assert code_of(drafted, han_mei, goods(picture_svg="<script/>")) == contract.IMPORT_INCONSISTENT


def test_of_many_reviewers_at_once_one_decides(works, people):
    listing_id = submitted(people[0], goods())
    reviewers = [said_by(works, f"staff:{name}") for name in "abcdefgh"]
    outcomes = race(*(partial(approve, reviewer, listing_id) for reviewer in reviewers))
    refusals = [outcome.code for outcome in outcomes if isinstance(outcome, Exception)]
    assert refusals == [contract.LISTING_DECIDED_BEFORE] * 7


def test_reviewers_see_what_waits_newest_first(works, people):
    waiting = [submitted(people[0], goods()) for _ in range(3)]

    def page(**asked_for):
        request = contract.LIST_LISTINGS.load_request({"state": "submitted", "limit": 2, **asked_for})
        return contract.LIST_LISTINGS.dump_reply(works.run(list_listings, request))

    first = page()
    assert [one["listing_id"] for one in first["listings"]] == waiting[:0:-1]
    assert page(before=first["next_before"])["listings"][0]["listing_id"] == waiting[0]
    shown = contract.GET_LISTING.dump_reply(works.run(get_listing, {"listing_id": waiting[0]}))
    assert shown["goods"]["goods_id"] == shown["goods_id"]


def test_what_operators_import_directly_is_on_record(engine, works):
    one = goods()
    bring_in(said_by(works, "ops:han.mei"), one)
    with engine.connect() as connection:
        statement = sa.select(direct_listing).where(direct_listing.c.goods_id == one["goods_id"])
        [row] = connection.execute(statement).all()
    assert (row.actor, row.listed_at, len(row.content_sha256)) == ("ops:han.mei", NOON, 64)


@pytest.fixture
def phone(works):
    """An element worth 1,000 yuan."""
    one = element(market_value_fen=100_000)
    bring_in(works, elements=[one])
    return one["element_id"]


def of_phone(phone, *prices):
    return goods(skus=[composed((phone, 1), prices=list(prices))])


def test_points_are_worth_about_the_same_everywhere(works, phone):
    bring_in(works, of_phone(phone, price(200_000), price(50_000), price(50_000, 50_000), price(0, 1)))
    for wrong, value in ((price(200_201), 499), (price(49_950), 2_002), (price(1_000, 100_000), 0)):
        with pytest.raises(Refused) as refusal:
            bring_in(works, of_phone(phone, wrong))
        assert refusal.value.code == contract.VALUE_OUTSIDE_BAND
        [named] = refusal.value.details["prices"]
        assert (named["price_id"], named["value_per_1000_points_fen"]) == (wrong["price_id"], value)


def test_members_see_what_points_are_worth(works, phone):
    one = of_phone(phone, price(50_000, 60_000), price(0, 90_000))
    bring_in(works, one)
    values = [each["value_per_1000_points_fen"] for each in seen(works, one["goods_id"])["skus"][0]["prices"]]
    assert values == [800, None]
    unknown = goods()
    bring_in(works, unknown)
    assert seen(works, unknown["goods_id"])["skus"][0]["prices"][0]["value_per_1000_points_fen"] is None
    own = goods(skus=[plain_sku(market_value_fen=1_500, prices=[price(1_000)])])
    bring_in(works, own)
    assert seen(works, own["goods_id"])["skus"][0]["prices"][0]["value_per_1000_points_fen"] == 1_500


def test_an_unusual_price_is_lawful_once_a_second_person_accepted_its_explanation(engine, works, people, phone):
    (han_mei, li_lei), dear = people, price(400_000)
    one = of_phone(phone, dear)
    unexplained = submitted(han_mei, one)
    assert code_of(approve, li_lei, unexplained, accepts_values=True) == contract.VALUE_OUTSIDE_BAND
    listing_id = submitted(han_mei, one, explanation="rare")
    assert code_of(approve, li_lei, listing_id) == contract.VALUE_OUTSIDE_BAND
    approve(li_lei, listing_id, accepts_values=True)
    bring_in(works, one)
    bring_in(works, {**one, "skus": [{**one["skus"][0], "prices": [{**dear, "points": 300_000}]}]})
    worse = {**one, "skus": [{**one["skus"][0], "prices": [{**dear, "points": 500_000}]}]}
    assert code_of(bring_in, works, worse) == contract.VALUE_OUTSIDE_BAND
    with engine.connect() as connection:
        statement = sa.select(value_exception).where(value_exception.c.price_id == dear["price_id"])
        [row] = connection.execute(statement).all()
    assert (row.value, row.explanation, row.approved_by) == (250, "rare", "staff:li.lei")


def test_the_band_is_decided_for_time_to_come(works, phone):
    later = NOON + timedelta(days=1)
    decided = {"least": 100, "most": 9_000, "effective_from": later}
    works.run(set_value_band, decided)
    assert code_of(works.run, set_value_band, decided) == contract.VALUE_OUTSIDE_BAND
    backdated = {**decided, "effective_from": NOON - timedelta(days=1)}
    assert code_of(works.run, set_value_band, backdated) == contract.VALUE_OUTSIDE_BAND
    assert code_of(bring_in, works, of_phone(phone, price(1_000_000))) == contract.VALUE_OUTSIDE_BAND
    works.clock.advance(days=1)
    bring_in(works, of_phone(phone, price(1_000_000)))


def test_operators_type_reviews(engine, works, people, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    file = tmp_path / "goods.json"
    file.write_text(json.dumps(goods()), encoding="utf-8")
    assert main(["review", "submit", str(file), "--json"]) == 0
    mine = json.loads(capsys.readouterr().out)["listing_id"]
    assert main(["review", "approve", mine, "--merit", "novel", "--merit", "quality"]) == 1
    assert contract.LISTING_OF_ONESELF in capsys.readouterr().err
    assert main(["review", "approve", submitted(people[0], goods()), "--merit", "novel", "--merit", "quality"]) == 0
    assert main(["review", "reject", mine, "--because", "twice"]) == 0
    capsys.readouterr()
    assert main(["review", "list", "--state", "rejected"]) == 0
    assert mine in capsys.readouterr().out
    assert main(["review", "show", mine]) == 0
    assert main(["value-band", "set", "--least", "1", "--most", "5000", "--from", "2099-01-01T00:00:00Z"]) == 0


def offered_outside(works):
    found = works.run(lambda work, _: offered_values_outside(work), {})
    return {one["price_id"]: one["value_per_1000_points_fen"] for one in found}


def test_what_fell_out_of_the_band_since_it_was_brought_in_is_listed(engine, works, phone, capsys):
    fair = price(100_000)
    bring_in(works, of_phone(phone, fair))
    assert fair["price_id"] not in offered_outside(works)
    with engine.begin() as connection:
        cheaper = sa.text("UPDATE element SET market_value_fen = 40000 WHERE element_id = :phone")
        connection.execute(cheaper, {"phone": phone})
    assert offered_outside(works)[fair["price_id"]] == 400
    assert check_band(works, Namespace(json=True)) == 1
    assert fair["price_id"] in {one["price_id"] for one in json.loads(capsys.readouterr().out)["prices"]}
    assert check_band(works, Namespace(json=False)) == 1
    assert fair["price_id"] in capsys.readouterr().out
