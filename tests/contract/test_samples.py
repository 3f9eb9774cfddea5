"""Golden samples: every message has one, and today's schemas read all of them, on both sides.

Samples are append-only: <message>.1.json stays when .2 comes, and must stay readable.
"""

import re
from datetime import datetime
from typing import Any

import pytest

from deploy.documents.language import ROOT, SERVICES, calls_of, events_of, samples_of
from services.chassis.contract import Call, Event
from services.chassis.ids import is_id
from services.chassis.refusal import Refused

CALLS = [call for service in SERVICES for call in calls_of(service)]
EVENTS = [event for service in SERVICES for event in events_of(service)]
CALL_SAMPLES = [(call, sample) for call in CALLS for sample in samples_of(call.service, call.method)]
EVENT_SAMPLES = [(event, sample) for event in EVENTS for sample in samples_of(event.source, event.type)]
ENVELOPE = {
    "id",
    "type",
    "source",
    "occurred_at",
    "subject",
    "sequence",
    "correlation_id",
    "causation_id",
    "traceparent",
    "data",
}
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def named(value: Any) -> str:
    return value.address if isinstance(value, Call) else value.type if isinstance(value, Event) else ""


def leftovers(given: Any, understood: Any, where: str = "") -> list[str]:
    """Where ``given`` says something that was not read, or was read as something else."""
    if isinstance(given, dict) and isinstance(understood, dict):
        missing = [f"{where}.{name}" for name in given if name not in understood]
        both = [name for name in given if name in understood]
        return missing + [at for name in both for at in leftovers(given[name], understood[name], f"{where}.{name}")]
    if isinstance(given, list) and isinstance(understood, list) and len(given) == len(understood):
        pairs = enumerate(zip(given, understood, strict=True))
        return [found for place, (one, other) in pairs for found in leftovers(one, other, f"{where}[{place}]")]
    return [] if given == understood else [f"{where}: {given!r} was read as {understood!r}"]


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_every_call_has_a_sample(call: Call) -> None:
    assert samples_of(call.service, call.method), f"write services/{call.service}/samples/{call.method}.1.json"


@pytest.mark.parametrize("event", EVENTS, ids=named)
def test_every_event_has_a_sample(event: Event) -> None:
    assert samples_of(event.source, event.type), f"write services/{event.source}/samples/{event.type}.1.json"


@pytest.mark.parametrize("service", SERVICES)
def test_every_sample_is_of_a_message(service: str) -> None:
    messages = {call.method for call in calls_of(service)} | {event.type for event in events_of(service)}
    names = {path.name for path in (ROOT / "services" / service / "samples").iterdir()}
    assert {name.removesuffix(".json").rpartition(".")[0] for name in names} <= messages


@pytest.mark.parametrize(("call", "sample"), CALL_SAMPLES, ids=named)
def test_the_server_reads_the_request(call: Call, sample: dict[str, Any]) -> None:
    assert set(sample) == {"request", "reply"}
    loaded = call.load_request(sample["request"])
    assert leftovers(sample["request"], call.request().dump(loaded)) == []


@pytest.mark.parametrize(("call", "sample"), CALL_SAMPLES, ids=named)
def test_the_server_refuses_a_request_with_more_in_it(call: Call, sample: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        call.load_request({**sample["request"], "not_in_the_contract": 1})
    assert refused.value.details == {"fields": {"not_in_the_contract": ["Unknown field."]}}


@pytest.mark.parametrize(("call", "sample"), CALL_SAMPLES, ids=named)
def test_a_remembered_reply_is_sent_again_as_it_was(call: Call, sample: dict[str, Any]) -> None:
    assert call.dump_reply(sample["reply"]) == sample["reply"]


@pytest.mark.parametrize(("call", "sample"), CALL_SAMPLES, ids=named)
def test_the_caller_reads_the_reply_and_ignores_what_is_new(call: Call, sample: dict[str, Any]) -> None:
    reader = call.reply()
    read = reader.load(sample["reply"])
    assert leftovers(sample["reply"], reader.dump(read)) == []
    assert reader.load({**sample["reply"], "of_the_future": [1]}) == read


@pytest.mark.parametrize(("event", "sample"), EVENT_SAMPLES, ids=named)
def test_the_envelope_is_whole(event: Event, sample: dict[str, Any]) -> None:
    assert set(sample) == ENVELOPE
    assert (sample["type"], sample["source"]) == (event.type, event.source)
    assert is_id(sample["id"], "evt")
    assert sample["subject"] and isinstance(sample["sequence"], int) and sample["sequence"] >= 0
    assert INSTANT.fullmatch(sample["occurred_at"]) and datetime.fromisoformat(sample["occurred_at"])
    assert TRACEPARENT.fullmatch(sample["traceparent"])
    assert sample["correlation_id"]


@pytest.mark.parametrize(("event", "sample"), EVENT_SAMPLES, ids=named)
def test_a_subscriber_reads_the_event_and_ignores_what_is_new(event: Event, sample: dict[str, Any]) -> None:
    read = event.load_data(sample["data"])
    assert leftovers(sample["data"], event.data().dump(read)) == []
    assert event.load_data({**sample["data"], "of_the_future": {"a": 1}}) == read


@pytest.mark.parametrize(("event", "sample"), EVENT_SAMPLES, ids=named)
def test_the_producer_writes_the_event(event: Event, sample: dict[str, Any]) -> None:
    assert leftovers(sample["data"], event.dump_data(event.load_data(sample["data"]))) == []


def prefixes_of(value: Any) -> set[tuple[str, str]]:
    """(field name, prefix) of every id in a sample."""
    if isinstance(value, list):
        return {pair for item in value for pair in prefixes_of(item)}
    if not isinstance(value, dict):
        return set()
    own = {
        (name, text.partition("_")[0])
        for name, text in value.items()
        if isinstance(text, str) and name.endswith("_id") and is_id(text, text.partition("_")[0])
    }
    return own | {pair for item in value.values() for pair in prefixes_of(item)}


CHOSEN_BY_CALLERS = {"request_id", "correlation_id", "causation_id"}


def test_a_field_name_always_names_the_same_kind_of_thing() -> None:
    samples = [sample for _, sample in [*CALL_SAMPLES, *EVENT_SAMPLES]]
    pairs = {pair for sample in samples for pair in prefixes_of(sample) if pair[0] not in CHOSEN_BY_CALLERS}
    names = [name for name, _ in pairs]
    assert sorted(names) == sorted(set(names)), f"one name, two prefixes: {sorted(pairs)}"
    prefixes = [prefix for _, prefix in pairs]
    assert sorted(prefixes) == sorted(set(prefixes)), f"one prefix, two names: {sorted(pairs)}"
