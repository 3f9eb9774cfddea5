"""What runs short is proposed once, ordered once, and comes."""

import json
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from services.catalog import contract
from services.catalog.contract import (
    CONSIGNMENT_LINES_WRONG,
    GOODS_UNKNOWN,
    PLACE_UNKNOWN,
    POLICY_BACKDATED,
    POLICY_DECIDED_BEFORE,
    REPLENISHMENT_DECIDED_BEFORE,
    REPLENISHMENT_NOT_NEEDED,
    REPLENISHMENT_RULE_INVALID,
    REPLENISHMENT_UNKNOWN,
    own_element,
)
from services.catalog.ops import main
from services.catalog.usecases.audit_stock import observe_stock
from services.catalog.usecases.move_consignment import dispatch_consignment, receive_consignment
from services.catalog.usecases.open_consignment import open_consignment
from services.catalog.usecases.replenish_stock import (
    accept_replenishment,
    dismiss_replenishment,
    list_replenishments,
    propose_replenishments,
)
from services.catalog.usecases.set_place_state import set_place_state
from services.catalog.usecases.set_replenishment_rule import set_replenishment_rule
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted, race, works_on
from tests.integration.catalog.shop import broken_invariants, new_order, place_of, receive, reserve, stocked
from tests.support.refusals import refused

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def done(works, command, usecase, **told):
    return works.once(command, usecase, command.load_request({"request_id": new_id("req"), **told}))


class Shelf:
    """An element with ``units`` in a place of its own, and a rule: fewer than 20 are too few, 100 are wanted."""

    def __init__(self, works, units=12, **changes):
        self.sku_id, self.place_id = stocked(works, 0), place_of(works)
        self.element_id = own_element(self.sku_id)
        if units:
            receive(works, self.element_id, units, self.place_id)
        self.rule(works, **changes)

    def rule(self, works, least=20, target=100, **changes):
        wish = {"element_id": self.element_id, "place_id": self.place_id, "least": least, "target": target}
        told = {**wish, "reason": "热销", **changes}
        return done(works, contract.SET_REPLENISHMENT_RULE, set_replenishment_rule, **told)

    def proposals(self, works, status=None):
        query = contract.LIST_REPLENISHMENTS
        request = query.load_request({"place_id": self.place_id, "status": status})
        return query.dump_reply(works.run(list_replenishments, request))["replenishments"]

    def proposed(self, works):
        propose_replenishments(works)
        [one] = self.proposals(works, "open")
        return one

    def arrive(self, works, accepted):
        told = {"consignment_id": accepted["consignment_id"], "is_last": True, "reason": "到货"}
        lines = [{"element_id": self.element_id, "quantity": accepted["quantity"]}]
        request = contract.RECEIVE_CONSIGNMENT.load_request({"request_id": new_id("req"), **told, "lines": lines})
        return works.run(lambda work, asked: receive_consignment(work, asked, secrets.token_bytes), request)

    def order_by_hand(self, works, units):
        wish = {"kind": "inbound", "from_place": None, "to_place": self.place_id, "reason": "手工补货"}
        lines = [{"element_id": self.element_id, "quantity": units}]
        return done(works, contract.OPEN_CONSIGNMENT, open_consignment, **wish, lines=lines)


def accept(works, proposal):
    told = {"replenishment_id": proposal["replenishment_id"]}
    return done(works, contract.ACCEPT_REPLENISHMENT, accept_replenishment, **told)


def dismiss(works, proposal):
    told = {"replenishment_id": proposal["replenishment_id"], "reason": "即将下架"}
    return done(works, contract.DISMISS_REPLENISHMENT, dismiss_replenishment, **told)


def at(works, **delta):
    return replace(works, clock=FixedClock(works.clock.now() + timedelta(**delta)))


def test_what_is_short_is_proposed_and_told_once_and_what_is_enough_is_not(engine, works):
    short, enough = Shelf(works, 19, pack=12), Shelf(works, 20)
    proposal = short.proposed(works)
    assert (proposal["quantity"], proposal["available"], proposal["least"]) == (84, 19, 20)
    propose_replenishments(works)
    assert [one["replenishment_id"] for one in short.proposals(works)] == [proposal["replenishment_id"]]
    assert enough.proposals(works) == []
    told = [event for event in emitted(engine) if event["data"].get("element_id") == short.element_id]
    assert [(event["type"], event["data"]["quantity"]) for event in told] == [("replenishment.proposed.v1", 84)]


def test_accepted_it_is_ordered_comes_and_is_enough(works):
    shelf = Shelf(works)
    accepted = accept(works, shelf.proposed(works))
    assert (accepted["status"], accepted["quantity"]) == ("accepted", 88)
    propose_replenishments(works)
    assert shelf.proposals(works, "open") == []
    shelf.arrive(works, accepted)
    propose_replenishments(works)
    assert shelf.proposals(works, "open") == []
    assert reserve(works, new_order(), (shelf.sku_id, 100))


def test_what_is_promised_is_not_there_and_what_is_coming_is(works):
    shelf = Shelf(works, 60)
    reserve(works, new_order(), (shelf.sku_id, 45))
    assert shelf.proposed(works)["available"] == 15
    shelf.order_by_hand(works, 10)
    propose_replenishments(works)
    assert shelf.proposals(works, "open") == []
    assert [one["status"] for one in shelf.proposals(works)] == ["lapsed"]


def test_accepting_orders_what_is_missing_by_then(works):
    shelf = Shelf(works, 0)
    proposal = shelf.proposed(works)
    shelf.order_by_hand(works, 15)
    assert accept(works, proposal)["quantity"] == 85


def test_accepting_what_is_needed_no_more_orders_nothing(works):
    shelf = Shelf(works)
    proposal = shelf.proposed(works)
    shelf.order_by_hand(works, 50)
    refused(REPLENISHMENT_NOT_NEEDED, accept, works, proposal)
    lifted = Shelf(works)
    proposal = lifted.proposed(works)
    lifted.rule(works, 0, None)
    refused(REPLENISHMENT_NOT_NEEDED, accept, works, proposal)


def test_a_proposal_follows_what_is_sold_meanwhile(works):
    shelf = Shelf(works)
    first = shelf.proposed(works)
    reserve(works, new_order(), (shelf.sku_id, 2))
    second = shelf.proposed(works)
    assert second["replenishment_id"] == first["replenishment_id"]
    assert (first["quantity"], second["quantity"]) == (88, 90)


def test_from_another_place_no_more_is_asked_than_it_has_to_spare(works):
    source = place_of(works)
    shelf = Shelf(works, 4, from_place=source, pack=10)
    propose_replenishments(works)
    assert shelf.proposals(works) == []
    receive(works, shelf.element_id, 57, source)
    accepted = accept(works, shelf.proposed(works))
    assert accepted["quantity"] == 50
    told = {"consignment_id": accepted["consignment_id"]}
    assert done(works, contract.DISPATCH_CONSIGNMENT, dispatch_consignment, **told)["status"] == "in_transit"
    shelf.arrive(works, accepted)


def test_two_places_are_not_both_promised_the_same_units(works):
    source = place_of(works)
    one = Shelf(works, 0, from_place=source)
    receive(works, one.element_id, 100, source)
    accept(works, one.proposed(works))
    other = place_of(works)
    wish = {"element_id": one.element_id, "place_id": other, "from_place": source, "least": 5, "target": 10}
    done(works, contract.SET_REPLENISHMENT_RULE, set_replenishment_rule, **wish, reason="新店")
    propose_replenishments(works)
    assert works.run(list_replenishments, {"status": None, "place_id": other, "limit": 5})["replenishments"] == []


def test_what_was_dismissed_is_quiet_for_as_long_as_the_rule_says(works):
    shelf = Shelf(works, quiet_hours=3)
    proposal = shelf.proposed(works)
    assert dismiss(works, proposal)["decided_because"] == "即将下架"
    refused(REPLENISHMENT_DECIDED_BEFORE, accept, works, proposal)
    propose_replenishments(at(works, hours=2, minutes=59))
    assert shelf.proposals(works, "open") == []
    assert shelf.proposed(at(works, hours=3, minutes=1))["quantity"] == 88


def test_jobs_at_once_propose_once(works):
    shelf = Shelf(works)
    race(*[lambda: propose_replenishments(works)] * 4)
    assert len(shelf.proposals(works)) == 1


def test_whoever_accepts_at_once_with_jobs_and_others_orders_once(works):
    shelf = Shelf(works)
    proposal = shelf.proposed(works)
    told = race(
        lambda: accept(works, proposal),
        lambda: accept(works, proposal),
        lambda: propose_replenishments(works),
        lambda: propose_replenishments(works),
        lambda: dismiss(works, proposal),
    )
    decided = [one for one in told if isinstance(one, dict)]
    assert len(decided) == 1
    propose_replenishments(works)
    assert [one["status"] for one in shelf.proposals(works)] == [decided[0]["status"]]


def test_to_a_closed_place_nothing_is_proposed(works):
    shelf = Shelf(works)
    told = {"place_id": shelf.place_id, "state": "closed", "reason": "装修"}
    done(works, contract.SET_PLACE_STATE, set_place_state, **told)
    propose_replenishments(works)
    assert shelf.proposals(works) == []


def test_what_is_wrong_is_refused(works):
    shelf = Shelf(works)
    later = (works.clock.now() + timedelta(hours=1)).isoformat()
    shelf.rule(works, effective_from=later)
    refused(POLICY_DECIDED_BEFORE, shelf.rule, works, effective_from=later)
    refused(POLICY_BACKDATED, shelf.rule, works, effective_from="2020-01-01T00:00:00Z")
    refused(REPLENISHMENT_RULE_INVALID, shelf.rule, works, least=200)
    refused(PLACE_UNKNOWN, shelf.rule, works, from_place=new_id("whs"))
    refused(GOODS_UNKNOWN, shelf.rule, works, element_id=new_id("elm"))
    codes = own_element(stocked(works, 5, kind="virtual"))
    refused(CONSIGNMENT_LINES_WRONG, shelf.rule, works, element_id=codes, from_place=place_of(works))
    refused(REPLENISHMENT_UNKNOWN, accept, works, {"replenishment_id": new_id("rpl")})


def readings(works):
    with works.begin() as work:
        return {one.name: one.values for one in observe_stock(work)}


def test_whoever_watches_sees_what_is_short_and_undecided(works):
    before = readings(works)
    shelf = Shelf(works)
    assert readings(works)["mall_stock_short"][""] == before["mall_stock_short"][""] + 1
    proposal = shelf.proposed(works)
    opened = readings(works)["mall_replenishments_open"][""]
    accept(works, proposal)
    after = readings(works)
    assert after["mall_replenishments_open"][""] == opened - 1
    assert after["mall_stock_short"][""] == before["mall_stock_short"][""]


def test_what_operators_type(engine, works, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))

    def told(*typed):
        capsys.readouterr()
        assert main(["replenishment", *typed, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    shelf = Shelf(works)
    typed = ("rule", shelf.element_id, shelf.place_id, "--least", "30", "--target", "60", "--pack", "6")
    assert told(*typed, "--because", "淡季")["rules"][0]["least"] == 30
    assert told("rules", "--place", shelf.place_id)["rules"][0]["target"] == 60
    assert told("propose")["changed"] >= 1
    [proposal] = told("list", "--place", shelf.place_id, "--status", "open")["replenishments"]
    assert told("accept", proposal["replenishment_id"])["quantity"] == 48
    assert main(["replenishment", "dismiss", proposal["replenishment_id"], "--because", "晚了"]) == 1
    assert "replenishment.decided_before" in capsys.readouterr().err
    assert main(["replenishment", "list", "--place", shelf.place_id]) == 0
