"""Contract descriptors: every wrong field is named, a producer that breaks its own word fails first."""

from types import ModuleType

import pytest
from marshmallow import ValidationError

from services.chassis.bus.wire import decode, encode
from services.chassis.contract import Command, Event, Query, published_language
from services.chassis.refusal import INVALID_REQUEST, Refused, accepted, value_of
from services.chassis.schemas import Record, Request, instant, integer, listed, text


class Line(Request):
    quantity = integer(1, 9)


class Buy(Request):
    request_id = text(80)
    lines = listed(Line, shortest=1)


class Bought(Record):
    total = integer()
    at = instant()


BUY = Command("shop", "buy_things", Buy, Bought, refuses=("shop.closed",))
LIST = Query("shop", "list_things", Line, Bought)
SOLD = Event("shop", "things.sold.v1", Bought)


def test_a_valid_request_is_loaded() -> None:
    request = {"request_id": "r", "lines": [{"quantity": 2}]}
    assert BUY.load_request(request) == request


def test_every_wrong_field_is_named_also_inside_lists_and_fit_to_be_sent() -> None:
    with pytest.raises(Refused) as refused:
        BUY.load_request({"lines": [{"quantity": 1}, {"quantity": 10}], "price": 1})
    assert refused.value.code == INVALID_REQUEST
    found = refused.value.details["fields"]
    assert decode(encode(refused.value.as_reply()))["rejection"]["details"]["fields"] == found
    assert set(found) == {"request_id", "lines", "price"}
    assert set(found["lines"]) == {"1"} and set(found["lines"]["1"]) == {"quantity"}


@pytest.mark.parametrize("payload", [None, [], "text", 7, [["request_id", "r"]]])
def test_a_request_that_is_no_object_is_refused(payload: object) -> None:
    with pytest.raises(Refused, match=INVALID_REQUEST):
        BUY.load_request(payload)


def test_a_producer_that_breaks_its_contract_fails_before_anything_is_written() -> None:
    with pytest.raises(ValueError, match=r"things\.sold\.v1 does not meet its contract"):
        SOLD.dump_data({"total": -1, "at": "2026-11-21T08:00:00.000Z"})
    with pytest.raises(ValueError, match="at"):
        SOLD.dump_data({"total": 1})


def test_a_reader_takes_what_it_knows() -> None:
    data = {"total": 1, "at": "2026-11-21T08:00:00.000Z", "of_the_future": True}
    assert set(SOLD.load_data(data)) == {"total", "at"}
    with pytest.raises(ValidationError):
        SOLD.load_data({"total": 1})


def test_a_reply_is_dumped_by_its_field_list() -> None:
    reply = BUY.dump_reply({"total": 1, "at": "2026-11-21T08:00:00.000Z", "secret": "x"})
    assert reply == {"total": 1, "at": "2026-11-21T08:00:00.000Z"}


def test_the_published_language_is_sorted_by_name() -> None:
    module = ModuleType("contract")
    vars(module).update(BUY=BUY, AGAIN=BUY, LIST=LIST, SOLD=SOLD, SERVICE="shop")
    assert published_language(module) == {"commands": [BUY], "queries": [LIST], "events": [SOLD]}
    assert (BUY.address, SOLD.exchange) == ("shop.buy_things", "shop.events")


def test_a_refusal_survives_the_journey() -> None:
    reply = decode(encode(Refused("shop.closed", "not now", until=5).as_reply()))
    with pytest.raises(Refused) as refused:
        value_of(reply)
    assert (refused.value.code, refused.value.message) == ("shop.closed", "not now")
    assert refused.value.details == {"until": 5}
    assert value_of(decode(encode(accepted({"a": 1})))) == {"a": 1}
