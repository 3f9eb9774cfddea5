"""Names, codes and checks of the published language follow one set of rules."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from marshmallow import Schema, fields, validate

from deploy.documents.language import SERVICES, calls_of, contract_of, events_of, modules_of
from gateway.statuses import CODES_OF_HTTP, STATUSES
from gateway.texts import TITLES
from services.chassis.contract import Call, Command, Event, Query
from services.chassis.refusal import INVALID_REQUEST, KEY_REUSED
from services.chassis.schemas import Record, Request

CALLS = [call for service in SERVICES for call in calls_of(service)]
EVENTS = [event for service in SERVICES for event in events_of(service)]
QUERY_VERBS = ("get", "list", "find", "quote", "check")
IRREGULAR = ("clawed_back", "expiring", "sent", "paid", "lost", "sold", "made", "begun", "frozen", "unfrozen")
CODE = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
# A partner's message has a name of its own, by which its repetition is known.
NAMED_BY_PARTNERS = {
    "logistics.record_carrier_callback",
    "orders.record_payment_notice",
    "orders.record_provisioning_callback",
}


def named(message: Call | Event) -> str:
    return message.address if isinstance(message, Call) else message.type


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_query_says_that_it_only_asks_and_a_command_what_it_does(call: Call) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", call.method)
    verb = call.method.partition("_")[0]
    assert isinstance(call, Query) == (verb in QUERY_VERBS)
    assert isinstance(call, Query) != isinstance(call, Command)


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_command_carries_a_request_id_and_a_query_none(call: Call) -> None:
    expected = isinstance(call, Command) and call.address not in NAMED_BY_PARTNERS
    assert ("request_id" in call.request().fields) == expected


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_requests_are_strict_replies_are_read_tolerantly_and_nobody_waits_for_ever(call: Call) -> None:
    assert issubclass(call.request, Request)
    assert issubclass(call.reply, Record)
    assert 0 < call.timeout_s <= 20


@pytest.mark.parametrize("event", EVENTS, ids=named)
def test_an_event_is_a_fact_of_an_aggregate(event: Event) -> None:
    aggregate, participle, version = event.type.split(".")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", aggregate)
    assert participle.endswith(("ed", *IRREGULAR))
    assert re.fullmatch(r"v[1-9]\d*", version)
    assert issubclass(event.data, Record)
    assert event.exchange == f"{event.source}.events"


def test_no_two_services_say_the_same_name() -> None:
    for messages in (CALLS, EVENTS):
        counted = Counter(named(message) for message in messages)
        assert [name for name, count in counted.items() if count > 1] == []


def codes_of(service: str) -> dict[str, str]:
    """Rejection codes that a contract names as constants: name -> code."""
    values = vars(contract_of(service)).items()
    return {name: value for name, value in values if name.isupper() and isinstance(value, str) and "." in value}


@pytest.mark.parametrize("service", SERVICES)
def test_codes_have_one_form_and_are_refused_by_a_call_or_an_operators_command(service: str) -> None:
    codes = codes_of(service)
    assert all(CODE.fullmatch(code) for code in codes.values())
    assert len(set(codes.values())) == len(codes), "two constants for one code"
    refused = {code for call in calls_of(service) for code in call.refuses}
    assert refused <= set(codes.values()), "refuse with the contract's constants"
    modules = [path.read_text() for path in modules_of(service)]
    by_operators = {code for name, code in codes.items() if any(f"contract.{name}" in text for text in modules)}
    assert set(codes.values()) - refused <= by_operators, "a code that nothing refuses with"


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_call_names_each_code_once_and_never_the_ones_of_the_floor(call: Call) -> None:
    assert len(set(call.refuses)) == len(call.refuses)
    assert not {INVALID_REQUEST, KEY_REUSED} & set(call.refuses)


SHARED = {"cursor.invalid"}


def test_a_code_belongs_to_one_service() -> None:
    counted = Counter(code for service in SERVICES for code in codes_of(service).values())
    assert {code for code, count in counted.items() if count > 1} <= SHARED


def test_the_gateway_has_a_title_in_both_languages_and_a_status_for_every_code() -> None:
    codes = {code for service in SERVICES for code in codes_of(service).values()} | {INVALID_REQUEST, KEY_REUSED}
    assert sorted(codes - set(STATUSES)) == []
    assert sorted((codes | set(CODES_OF_HTTP.values())) - set(TITLES)) == []
    assert sorted(set(STATUSES) - codes) == [], "a status of a code that no contract knows"
    for zh, en in TITLES.values():
        assert re.search(r"[\u4e00-\u9fff]", zh) and re.fullmatch(r"[ -~]+", en)
    assert all(400 <= status < 600 and status != 500 for status in STATUSES.values())


def schemas_of(schema: type[Schema]) -> Iterator[Schema]:
    made = schema()
    yield made
    for field in made.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from schemas_of(type(inner.schema))


@pytest.mark.parametrize("message", [*CALLS, *EVENTS], ids=named)
def test_every_check_of_a_field_raises_when_it_fails(message: Call | Event) -> None:
    """A function that returns False refuses nothing."""
    roots = (message.request, message.reply) if isinstance(message, Call) else (message.data,)
    for schema in (found for root in roots for found in schemas_of(root)):
        for name, field in schema.fields.items():
            for check in field.validators:
                returns = inspect.signature(check).return_annotation
                assert isinstance(check, validate.Validator) or returns in (None, "None"), f"{schema}.{name}"


@pytest.mark.parametrize("message", [*CALLS, *EVENTS], ids=named)
def test_every_text_and_list_is_bounded(message: Call | Event) -> None:
    roots = (message.request, message.reply) if isinstance(message, Call) else (message.data,)
    for schema in (found for root in roots for found in schemas_of(root)):
        for name, field in schema.fields.items():
            if type(field) in (fields.String, fields.Integer) or isinstance(field, fields.List):
                assert field.validators, f"{type(schema).__name__}.{name} has no bounds"
