"""The partner that tops up: signed requests in, one effect an operation, signed callbacks out."""

import json
import threading
import time
from datetime import UTC, datetime
from itertools import count

import pytest
import requests
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = "whsec_dG9wLXVwcyBhcmUgc2lnbmVkIHdpdGggdGhpcyBvbmUh"
NORMAL = {
    "request": "ok", "find": "ok", "reversal": "ok", "answers": "later", "decisions": "on", "callbacks": "on",
    "refuse": [], "keep": False,
}  # fmt: skip
numbers = count(1)


@pytest.fixture(scope="module")
def topup(start_partner):
    return start_partner("topup", "MALL_TOPUP_URL")


@pytest.fixture(autouse=True)
def normal(topup):
    yield
    if topup.process.poll() is None:
        topup.post("/control/faults", NORMAL)


def signed(method, url, body=None, secret=SECRET, at=None):
    text, webhook_id = "" if body is None else json.dumps(body, ensure_ascii=False), f"msg_{next(numbers)}"
    moment = datetime.fromtimestamp(int(at or time.time()), UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, moment, text),
    }
    return requests.request(method, url, data=text.encode(), headers=headers, timeout=5)


@pytest.fixture
def wish(listener):
    named = {"operation_id": f"prv_{next(numbers)}", "product": "CREDIT-10", "account": f"138{next(numbers):08d}"}
    return {**named, "quantity": 2, "callback_url": listener.url}


@pytest.fixture
def ask(topup, wish):
    def ask(secret=SECRET, at=None, **changes):
        return signed("POST", f"{topup.http_url}/v1/operations", wish | changes, secret, at)

    return ask


def find(topup, wish):
    return signed("GET", f"{topup.http_url}/v1/operations/{wish['operation_id']}")


def reverse(topup, wish):
    return signed("POST", f"{topup.http_url}/v1/operations/{wish['operation_id']}/reversal", {})


def account(topup, wish):
    return topup.get(f"/control/accounts/{wish['account']}").json()


def switch(topup, **switches):
    assert topup.post("/control/faults", switches).status_code == 200


def heard(listener):
    return [json.loads(body) for _, body, _ in listener.seen]


def test_it_is_taken_on_done_and_told_of_signed(topup, ask, wish, listener, until):
    answer = ask()
    assert (answer.status_code, answer.json()["status"]) == (202, "accepted")
    until(lambda: listener.seen)
    [(headers, body, _)] = listener.seen
    told = Webhook(SECRET).verify(body, headers)
    assert told == find(topup, wish).json()
    assert (told["status"], told["reason"]) == ("succeeded", None)
    assert told["serial_no"].startswith("TU")
    assert account(topup, wish)["has"] == {"CREDIT-10": 2}


def test_the_same_operation_has_one_effect_and_another_content_is_refused(topup, ask, wish):
    switch(topup, answers="at_once")
    first, again = ask(), ask()
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert ask(quantity=3).status_code == 409
    assert account(topup, wish)["has"] == {"CREDIT-10": 2}


def test_only_who_shares_the_secret_and_signed_now_is_heard(topup, ask, wish):
    assert ask(secret="whsec_c29tZWJvZHkgZWxzZSBzaWduZWQgdGhpcyBvbmUgaGVyZQ==").status_code == 401
    assert ask(at=time.time() - 600).status_code == 401
    assert requests.get(f"{topup.http_url}/v1/operations/{wish['operation_id']}", timeout=5).status_code == 401
    assert find(topup, wish).status_code == 404
    assert account(topup, wish)["operations"] == []


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"quantity": True}, {"account": ""}, {"product": None}, {"callback_url": "ftp://x"}]
)
def test_wrong_wishes_are_refused_by_name(ask, wrong):
    answer = ask(**wrong)
    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.json()["detail"]


def test_a_number_that_is_unknown_is_refused_at_once_or_later(topup, ask, wish, listener, until):
    switch(topup, refuse=[wish["account"]], answers="at_once")
    assert (ask().status_code, ask().json()["status"]) == (422, "refused")
    switch(topup, answers="later")
    assert ask(operation_id="prv_later").status_code == 202
    until(lambda: listener.seen)
    assert [(one["operation_id"], one["status"]) for one in heard(listener)] == [("prv_later", "refused")]
    assert account(topup, wish)["has"] == {}


@pytest.mark.parametrize(("fault", "effect"), [("fail_before", {}), ("fail_after", {"CREDIT-10": 2})])
def test_it_fails_before_or_after_its_effect(topup, ask, wish, fault, effect):
    switch(topup, request=fault, answers="at_once")
    assert ask().status_code == 503
    assert account(topup, wish)["has"] == effect
    switch(topup, request="ok")
    assert ask().status_code == 200
    assert account(topup, wish)["has"] == {"CREDIT-10": 2}


def test_what_hangs_was_done_and_is_answered_when_it_is_switched_back(topup, ask, wish, until):
    switch(topup, request="hang", answers="at_once")
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(ask()))
    waiting.start()
    until(lambda: account(topup, wish)["has"] == {"CREDIT-10": 2})
    assert answers == []
    switch(topup, request="ok")
    waiting.join(5)
    assert answers[0].json()["status"] == "succeeded"


def test_what_is_reversed_is_gone_and_what_is_kept_stays(topup, ask, wish):
    switch(topup, answers="at_once", keep=True)
    ask()
    assert reverse(topup, wish).json()["status"] == "succeeded"
    assert account(topup, wish)["has"] == {"CREDIT-10": 2}
    switch(topup, keep=False)
    assert [reverse(topup, wish).json()["status"] for _ in range(2)] == ["reversed"] * 2
    assert (account(topup, wish)["has"], ask().json()["status"]) == ({}, "reversed")


def test_what_was_reversed_before_it_was_done_is_never_done(topup, ask, wish, listener):
    switch(topup, decisions="off")
    ask()
    assert reverse(topup, wish).json()["status"] == "reversed"
    switch(topup, decisions="on")
    assert (account(topup, wish)["has"], listener.seen) == ({}, [])


def test_answered_twice_and_kept_back(topup, ask, wish, listener, until):
    switch(topup, answers="twice", callbacks="off")
    assert ask().json()["status"] == "succeeded"
    assert listener.seen == []
    switch(topup, callbacks="on")
    until(lambda: listener.seen)
    assert heard(listener) == [find(topup, wish).json()]


def test_callbacks_by_hand(topup, ask, wish, listener):
    switch(topup, answers="at_once")
    ask()
    for mode in ("again", "stale", "contradict", "wrong_sign"):
        told = {"operation_id": wish["operation_id"], "mode": mode}
        assert topup.post("/control/callbacks", told).json() == {"status_code": 200, "body": "success"}
    assert [one["status"] for one in heard(listener)] == ["succeeded", "succeeded", "refused", "succeeded"]
    genuine = []
    for headers, body, _ in listener.seen:
        try:
            genuine.append(bool(Webhook(SECRET).verify(body, headers)))
        except WebhookVerificationError:
            genuine.append(False)
    assert genuine == [True, False, True, False]
    assert topup.post("/control/callbacks", told | {"mode": "loud"}).status_code == 400
    assert topup.post("/control/callbacks", told | {"operation_id": "prv_none"}).status_code == 404


def test_killed_it_still_owes_what_it_took_on(topup, ask, wish, listener, until):
    switch(topup, decisions="off")
    ask()
    topup.kill()
    topup.start()
    switch(topup, decisions="on")
    until(lambda: listener.seen)
    assert [one["status"] for one in heard(listener)] == ["succeeded"]
    assert account(topup, wish)["has"] == {"CREDIT-10": 2}


def test_the_page_shows_it_and_it_ends_friendly(topup, ask, wish):
    ask()
    assert wish["operation_id"] in topup.get("/").text
    assert topup.terminate() == 0
