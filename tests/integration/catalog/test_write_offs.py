"""What is damaged, stolen or expired leaves the books; much of it with two persons, and never what is promised."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import (
    GOODS_UNKNOWN,
    PLACE_UNKNOWN,
    POLICY_BACKDATED,
    POLICY_DECIDED_BEFORE,
    STOCK_NOT_CARRIED,
    STOCK_NOT_FREE,
    WRITE_OFF_DECIDED_BEFORE,
    WRITE_OFF_OF_ONESELF,
    WRITE_OFF_UNKNOWN,
    own_element,
)
from services.catalog.usecases.set_count_policy import list_count_policies, set_count_policy
from services.catalog.usecases.write_off_stock import (
    approve_write_off,
    list_write_offs,
    reject_write_off,
    write_off_stock,
)
from services.chassis.clock import FixedClock
from services.chassis.context import Context
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, race, works_on
from tests.integration.catalog.shop import (
    broken_invariants,
    movements_of,
    new_order,
    place_of,
    receive,
    reserve,
    stocked,
)
from tests.support.refusals import refused

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def by(works, actor):
    return replace(works, context=Context.fresh(actor))


def done(works, command, usecase, **told):
    return works.once(command, usecase, command.load_request({"request_id": new_id("req"), **told}))


class Shelf:
    """Twenty units of an element in a place of their own."""

    def __init__(self, works):
        self.sku_id, self.place_id = stocked(works, 0), place_of(works)
        self.element_id = own_element(self.sku_id)
        receive(works, self.element_id, 20, self.place_id)

    def off(self, works, quantity, cause="damaged", **changes):
        wish = {"element_id": self.element_id, "place_id": self.place_id, "quantity": quantity, "cause": cause}
        return done(works, contract.WRITE_OFF_STOCK, write_off_stock, **{**wish, "reason": "仓库进水", **changes})


def asked_for(works, query, usecase, **request):
    return query.dump_reply(works.run(usecase, query.load_request(request)))


def approve(works, asked):
    return done(works, contract.APPROVE_WRITE_OFF, approve_write_off, write_off_id=asked["write_off_id"])


def reject(works, asked):
    told = {"write_off_id": asked["write_off_id"], "reason": "包装完好"}
    return done(works, contract.REJECT_WRITE_OFF, reject_write_off, **told)


def units_of(engine, shelf):
    """(on hand, reserved) at its place."""
    asked = "SELECT on_hand, reserved FROM stock_level WHERE (element_id, place_id) = (:element_id, :place_id)"
    with engine.connect() as connection:
        return tuple(connection.execute(sa.text(asked), vars(shelf)).one())


def test_a_little_is_posted_at_once_with_its_cause(engine, works):
    shelf = Shelf(works)
    posted = shelf.off(works, 5, "stolen")
    assert (posted["status"], posted["decided_by"]) == ("posted", None)
    assert movements_of(engine, shelf.sku_id) == [("received", 20), ("written_off", -5)]


def test_much_waits_for_another_person_through_whatever_door(engine, works):
    shelf = Shelf(works)
    asked = shelf.off(by(works, "staff:Li.Lei"), 6)
    assert (asked["status"], units_of(engine, shelf)) == ("requested", (20, 0))
    refused(WRITE_OFF_OF_ONESELF, approve, by(works, "ops:li.lei"), asked)
    assert approve(by(works, "ops:han.mei"), asked)["decided_by"] == "ops:han.mei"
    assert units_of(engine, shelf) == (14, 0)
    refused(WRITE_OFF_DECIDED_BEFORE, approve, by(works, "ops:zhao"), asked)
    refused(WRITE_OFF_DECIDED_BEFORE, reject, by(works, "ops:zhao"), asked)


def test_much_in_small_pieces_is_much_until_a_day_has_passed(engine, works):
    shelf, li = Shelf(works), by(works, "staff:li.lei")
    assert shelf.off(li, 3)["status"] == "posted"
    assert shelf.off(by(works, "ops:Li.Lei"), 3)["status"] == "requested"
    assert shelf.off(by(works, "staff:han.mei"), 3)["status"] == "posted"
    tomorrow = replace(li, clock=FixedClock(li.clock.now() + timedelta(days=1, seconds=1)))
    assert shelf.off(tomorrow, 3)["status"] == "posted"


def test_small_pieces_at_once_are_counted_together(engine, works):
    shelf, li = Shelf(works), by(works, "staff:li.lei")
    told = race(*[lambda: shelf.off(li, 3)["status"]] * 3)
    assert sorted(told) == ["posted", "requested", "requested"]


def test_what_is_promised_is_not_written_off_now_or_on_approval(engine, works):
    shelf = Shelf(works)
    asked = shelf.off(works, 12)
    reserve(works, new_order(), (shelf.sku_id, 9))
    refused(STOCK_NOT_FREE, approve, by(works, "ops:han.mei"), asked)
    refused(STOCK_NOT_FREE, shelf.off, works, 12)
    assert units_of(engine, shelf) == (20, 9)
    assert reject(works, asked)["status"] == "rejected"


def test_of_two_who_decide_at_once_one_does(engine, works):
    shelf = Shelf(works)
    asked = shelf.off(by(works, "staff:li.lei"), 12)
    han = by(works, "ops:han.mei")
    told = race(*[lambda: approve(han, asked), lambda: approve(han, asked), lambda: reject(han, asked)])
    assert sum(isinstance(one, dict) for one in told) == 1
    assert units_of(engine, shelf)[0] in (8, 20)


def test_what_is_not_there_cannot_be_written_off(works):
    shelf = Shelf(works)
    refused(GOODS_UNKNOWN, shelf.off, works, 1, element_id=new_id("elm"))
    refused(PLACE_UNKNOWN, shelf.off, works, 1, place_id=new_id("whs"))
    codes = own_element(stocked(works, 5, kind="virtual"))
    refused(STOCK_NOT_CARRIED, shelf.off, works, 1, element_id=codes)
    refused(WRITE_OFF_UNKNOWN, approve, works, {"write_off_id": new_id("wof")})


def test_the_database_insists_on_two_persons(engine, works):
    asked = Shelf(works).off(by(works, "staff:li.lei"), 12)
    forged = "UPDATE write_off SET status = 'posted', decided_by = 'ops:LI.LEI' WHERE write_off_id = :id"
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(forged), {"id": asked["write_off_id"]})


def test_they_are_listed_newest_first_by_place_and_status(works):
    shelf = Shelf(works)
    little, much = shelf.off(works, 1), shelf.off(works, 12)
    listed = partial(asked_for, works, contract.LIST_WRITE_OFFS, list_write_offs, place_id=shelf.place_id)
    assert listed()["write_offs"] == [much, little]
    assert listed(status="posted")["write_offs"] == [little]


def set_policy(works, most, effective_from=None):
    told = {"most_units": most, "effective_from": effective_from, "reason": "小件放宽"}
    return done(works, contract.SET_COUNT_POLICY, set_count_policy, **told)


def test_operators_decide_how_much_one_person_settles_alone(works):
    now = works.clock.now()
    earlier, later = (replace(works, clock=FixedClock(now + timedelta(hours=hours))) for hours in (1, 3))
    told = set_policy(replace(works, clock=FixedClock(now)), 12, (now + timedelta(hours=2)).isoformat())
    assert [policy["most_units"] for policy in told["policies"]] == [12, 5]
    assert Shelf(works).off(earlier, 12)["status"] == "requested"
    assert Shelf(works).off(later, 12)["status"] == "posted"
    refused(POLICY_BACKDATED, set_policy, later, 9, now.isoformat())
    refused(POLICY_DECIDED_BEFORE, set_policy, earlier, 9, (now + timedelta(hours=2)).isoformat())
    assert asked_for(works, contract.LIST_COUNT_POLICIES, list_count_policies) == told
