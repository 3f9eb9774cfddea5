"""The open provision protocol, and what is made of accounts and of several rounds of asking."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.adapters.provisioning.open_provision import (
    parse_callback,
    parse_found,
    parse_operation,
    request_of,
)
from services.orders.domain.provisioning import (
    CallbackMalformed,
    PartnerUnavailable,
    Provisioner,
    Provisioning,
    Result,
    Told,
    Wanted,
    account_for,
    as_they_stand,
    has_failed,
    lane_of,
    normal,
    question_of,
)

TOPUP = Provisioner(
    "topup", "open_provision", "http://x", "secret", 2000, "phone", "1[3-9][0-9]{9}", True, False, "充值", "Top-up"
)
STATES = ("requested", "unknown", "succeeded", "failed", "reversed")


def told(status="succeeded", operation_id="prv_1", **more):
    return json.dumps({"operation_id": operation_id, "status": status, **more}).encode()


def test_a_phone_is_asked_for_with_a_default_and_an_account_without():
    asked = question_of(3, TOPUP)
    assert asked == {
        "line_no": 3,
        "provisioner": "topup",
        "asks_for": "phone",
        "label_zh": "充值手机号码",
        "label_en": "Top-up phone number",
        "pattern": "1[3-9][0-9]{9}",
        "default": "own_phone",
        "is_paused": False,
    }
    account = question_of(1, replace(TOPUP, asks_for="account", is_paused=True))
    assert (account["label_en"], account["default"], account["is_paused"]) == ("Top-up account", None, True)


def test_what_is_asked_for():
    assert request_of(Wanted("prv_1", "CREDIT-50", "13800138000", 2), "http://mall/cb") == {
        "operation_id": "prv_1",
        "product": "CREDIT-50",
        "account": "13800138000",
        "quantity": 2,
        "callback_url": "http://mall/cb",
    }


@pytest.mark.parametrize(
    ("status", "body", "result"),
    [
        (200, told(serial_no="TU1"), Result("succeeded", "TU1")),
        (202, told("accepted"), Result("pending")),
        (201, told("reversed", of_the_future=1), Result("reversed")),
        (422, told("refused", reason="number unknown"), Result("failed", problem="number unknown")),
    ],
)
def test_answers_in_our_words(status, body, result):
    assert parse_operation(status, body, "prv_1") == result
    assert parse_found(status, body, "prv_1") == result


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 429])
def test_only_a_422_is_a_no(status):
    with pytest.raises(PartnerUnavailable):
        parse_operation(status, told("refused"), "prv_1")


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", told("gone"), told(operation_id="prv_2")])
def test_what_is_not_the_story_of_the_operation_says_nothing(body):
    with pytest.raises(PartnerUnavailable):
        parse_operation(200, body, "prv_1")


def test_what_the_partner_never_heard_of_is_absent():
    assert parse_found(404, b"whatever", "prv_1") == Result("absent")


def test_callbacks_are_read_and_wrong_ones_named():
    assert parse_callback(told(serial_no="TU1").decode()) == Told("prv_1", Result("succeeded", "TU1"))
    for body in ("{", "{}", told("gone").decode()):
        with pytest.raises(CallbackMalformed):
            parse_callback(body)


def test_whose_account_it_is():
    assert account_for([TOPUP], None, "+8613800138000") == "13800138000"
    assert account_for([TOPUP], " +8613911112222 ", "+8613800138000") == "13911112222"
    assert normal("+85291234567") == "+85291234567"
    for said, own in ((None, None), ("12345", "+8613800138000"), ("13911112222x", None)):
        with pytest.raises(Refused) as refusal:
            account_for([TOPUP], said, own)
        assert refusal.value.code == contract.ACCOUNT_WRONG


ROUNDS = st.lists(
    st.builds(Provisioning, st.just(1), st.sampled_from(["a", "b"]), st.just("topup"), st.sampled_from(STATES)),
    max_size=8,
)


@given(ROUNDS)
def test_what_succeeded_in_any_round_is_there_and_else_the_last_one_counts(rounds):
    stand = {one.element_id: one.state for one in as_they_stand(rounds)}
    for element_id in {one.element_id for one in rounds}:
        states = [one.state for one in rounds if one.element_id == element_id]
        assert stand[element_id] == ("succeeded" if "succeeded" in states else states[-1])
    is_over = not set(stand.values()) & {"requested", "unknown"}
    assert has_failed(as_they_stand(rounds)) == (is_over and bool(set(stand.values()) & {"failed", "reversed"}))


def test_who_was_asked_least_often_is_asked_next():
    one, other = Provisioning(1, "a", "slow", "unknown", 3), Provisioning(1, "b", "topup", "requested", 1)
    assert lane_of([one, other], ("requested", "unknown")) == "provisioner:topup"
    assert lane_of([one], ("unknown",)) == "provisioner:slow"
    assert lane_of([one], ("succeeded",)) is None
