"""What is switched on by a program that speaks open provision, over real HTTP: nothing twice, nothing lost."""

import json

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from tests.integration.orders.goods import CREDITS, GAMES, TOPUP
from tests.integration.orders.sandboxes import free_url, is_healthy, started, wait_for
from tests.integration.orders.topup_shop import SECRET, SECRET_NAME, TopupShop

engine = database_of("orders")
ONCE = {"CREDIT-50": 1}
DISTURBANCES = ("hang", "fail_before", "fail_after")


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder, url = tmp_path_factory.mktemp("topup"), free_url()
    (folder / "secrets.json").write_text(json.dumps({SECRET_NAME: SECRET}))
    environment = {
        "MALL_SANDBOX_DIR": str(folder),
        "MALL_SECRETS_FILE": str(folder / "secrets.json"),
        "MALL_SANDBOX_PACE_S": "0.05",
        "MALL_TOPUP_URL": url,
    }
    process = started("topup", folder, environment)
    wait_for(lambda: is_healthy(url))
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
def shop(engine, url, callbacks):
    shop = TopupShop(engine, url, callbacks)
    yield shop
    assert shop.broken_invariants() == []


def is_done(shop, order):
    return shop.status_of(order)[::2] == ("completed", "delivered")


def test_answered_at_once(shop):
    order = shop.bought()
    assert is_done(shop, order)
    assert (shop.books["has"], shop.letters()) == (ONCE, [])


def test_answered_later_by_a_callback_that_counts_once(shop):
    shop.switch(answers="later")
    order = shop.bought()
    assert shop.states(order) == ["requested"]
    [letter] = wait_for(shop.letters)
    assert [shop.take(letter), shop.take(letter)] == ["applied", "duplicate"]
    assert is_done(shop, order)
    assert (shop.books["has"], shop.facts_of(order).count("provisioning.succeeded")) == (ONCE, 1)


def test_a_callback_that_comes_late_finds_it_known(shop):
    shop.switch(answers="later", callbacks="off")
    order = shop.bought()
    wait_for(lambda: shop.books["has"] == ONCE)
    shop.ask_again(order)
    assert is_done(shop, order)
    assert shop.letters() == []
    shop.switch(callbacks="on")
    assert shop.take(wait_for(shop.letters)[0]) == "duplicate"


def test_answered_twice(shop):
    shop.switch(answers="twice")
    order = shop.bought()
    assert is_done(shop, order)
    assert shop.take(wait_for(shop.letters)[0]) == "duplicate"
    assert shop.facts_of(order).count("provisioning.succeeded") == 1


@pytest.mark.parametrize("how", DISTURBANCES)
def test_asking_is_disturbed(shop, how):
    shop.switch(request=how)
    order = shop.bought()
    assert shop.states(order) == ["unknown"]
    shop.switch(request="ok")
    shop.ask_again(order)
    assert is_done(shop, order)
    assert (shop.books["has"], len(shop.books["operations"])) == (ONCE, 1)


@pytest.mark.parametrize("how", DISTURBANCES)
def test_asking_what_became_of_it_is_disturbed_too(shop, how):
    shop.switch(request="fail_after", find=how)
    order = shop.bought()
    shop.ask_again(order)
    assert (shop.states(order), shop.books["has"]) == (["unknown"], ONCE)
    shop.switch(request="ok", find="ok")
    shop.ask_again(order)
    assert is_done(shop, order)
    assert (shop.books["has"], len(shop.books["operations"])) == (ONCE, 1)


@pytest.mark.parametrize("answers", ["at_once", "later"])
def test_a_number_that_is_refused_calls_the_order_off(shop, answers):
    shop.switch(refuse=[shop.number], answers=answers)
    order = shop.bought()
    if answers == "later":
        assert shop.take(wait_for(shop.letters)[0]) == "applied"
        shop.ask_again(order)
    assert (shop.status_of(order)[0], shop.states(order), shop.books["has"]) == ("cancelled", ["failed"], {})


@pytest.mark.parametrize("mode", ["wrong_sign", "stale"])
def test_callbacks_that_are_not_genuine_or_not_fresh_change_nothing(shop, mode):
    shop.switch(answers="later", callbacks="off")
    order = shop.bought()
    wait_for(lambda: shop.books["has"] == ONCE)
    with pytest.raises(Refused, match=contract.CALLBACK_NOT_GENUINE):
        shop.call_back(mode)
    assert shop.states(order) == ["requested"]
    assert shop.call_back("again") == "applied"
    assert is_done(shop, order)


def test_a_partner_that_takes_back_its_word_is_on_record(shop):
    order = shop.bought()
    assert shop.call_back("contradict") == "ignored"
    assert (is_done(shop, order), "provisioning.contradicted" in shop.facts_of(order)) == (True, True)


def half_refused(shop):
    """One partner has switched its part on; from now on numbers like this one are refused."""
    order = shop.paid(CREDITS)
    shop.drive()
    shop.drive_inside()
    shop.make_due(order)
    shop.drive_provisioners()
    assert shop.states(order) == ["requested", "succeeded"]
    shop.switch(refuse=[shop.number])
    return order


@pytest.mark.parametrize("how", ["ok", *DISTURBANCES])
def test_what_is_on_is_switched_off_before_the_order_is_cancelled(shop, how):
    order = half_refused(shop)
    shop.switch(reversal=how)
    shop.ask_again(order)
    if how != "ok":
        assert (shop.status_of(order)[0], shop.states(order)) == ("cancelling", ["failed", "succeeded"])
        shop.switch(reversal="ok")
        shop.ask_again(order)
    assert (shop.status_of(order)[0], shop.states(order)) == ("cancelled", ["failed", "reversed"])
    assert (shop.books["has"], len(shop.books["operations"])) == ({}, 2)


def test_what_the_partner_keeps_stays_with_the_order_for_somebody_to_look_at(shop):
    order = half_refused(shop)
    shop.switch(keep=True)
    shop.ask_again(order)
    assert (shop.status_of(order)[0], shop.states(order)) == ("confirmed", ["failed", "succeeded"])
    assert (shop.row_of(order).stuck_step, shop.books["has"]) == ("provision", ONCE)


def test_a_callback_and_questions_at_once_count_once(shop):
    shop.switch(answers="later", callbacks="off")
    order = shop.bought()
    wait_for(lambda: shop.books["has"] == ONCE)
    shop.make_due(order)
    results = race(lambda: shop.call_back("again"), shop.drive_provisioners, shop.drive_provisioners)
    assert not [one for one in results if isinstance(one, Exception)]
    assert is_done(shop, order)
    assert shop.facts_of(order).count("provisioning.succeeded") == 1


def test_the_quote_says_what_the_buyer_is_asked_for(shop):
    line = shop.request((CREDITS, 1))["lines"][0]
    asked = shop.quote(line)["asked_for"]
    assert [(one["line_no"], one["provisioner"], one["asks_for"], one["default"]) for one in asked] == [
        (1, GAMES, "phone", "own_phone"),
        (1, TOPUP, "phone", "own_phone"),
    ]
    assert {one["pattern"] for one in asked} == {"1[3-9][0-9]{9}"}
