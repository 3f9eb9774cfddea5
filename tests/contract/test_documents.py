"""The generated documents are valid, say what the samples say, and come out the same every time."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_spec_validator import validate

from deploy import docs
from deploy.documents import language, tables
from deploy.documents.asyncapi import asyncapi_document
from deploy.documents.language import SERVICES, calls_of, events_of

ASYNCAPI_SCHEMA = Path(__file__).parent / "schemas" / "asyncapi-3.0.0.json"


@pytest.fixture(scope="module")
def asyncapi() -> dict[str, Any]:
    return orjson.loads(orjson.dumps(asyncapi_document()))


def test_the_asyncapi_document_meets_the_official_schema(asyncapi: dict[str, Any]) -> None:
    problems = Draft7Validator(orjson.loads(ASYNCAPI_SCHEMA.read_bytes())).iter_errors(asyncapi)
    assert [(list(problem.path), problem.message[:200]) for problem in problems] == []


def test_the_official_schema_would_find_a_fault(asyncapi: dict[str, Any]) -> None:
    name = next(iter(asyncapi["operations"]))
    broken = asyncapi | {"operations": {name: asyncapi["operations"][name] | {"action": "shout"}}}
    assert list(Draft7Validator(orjson.loads(ASYNCAPI_SCHEMA.read_bytes())).iter_errors(broken))


def test_every_reference_leads_somewhere(asyncapi: dict[str, Any]) -> None:
    for reference in set(re.findall(r'"\$ref":"#/([^"]+)"', orjson.dumps(asyncapi).decode())):
        place: Any = asyncapi
        for step in reference.split("/"):
            place = place[step]
        assert place


def test_every_message_and_every_end_of_it_is_documented(asyncapi: dict[str, Any]) -> None:
    operations = asyncapi["operations"]
    for service in SERVICES:
        for call in calls_of(service):
            assert operations[f"{service}.serves.{call.method}"]["action"] == "receive"
            assert f"{call.address}.reply" in asyncapi["components"]["messages"]
        for event in events_of(service):
            assert operations[f"{service}.publishes.{event.type}"]["action"] == "send"
    assert operations["points.hears.order.confirmed.v1"]["action"] == "receive"
    assert operations["gateway.calls.orders.place_order"]["action"] == "send"


def test_every_sample_meets_the_documented_payload(asyncapi: dict[str, Any]) -> None:
    checked = 0
    for name, message in asyncapi["components"]["messages"].items():
        reader = Draft202012Validator({**message["payload"], "components": asyncapi["components"]})
        for example in message["examples"]:
            problems = [problem.message for problem in reader.iter_errors(example["payload"])]
            assert problems == [], name
            checked += 1
    assert checked >= len(asyncapi["components"]["messages"])


def test_a_payload_without_its_envelope_is_none(asyncapi: dict[str, Any]) -> None:
    message = asyncapi["components"]["messages"]["order.confirmed.v1"]
    reader = Draft202012Validator({**message["payload"], "components": asyncapi["components"]})
    assert not reader.is_valid(message["examples"][0]["payload"]["data"])


def test_the_openapi_document_is_valid() -> None:
    validate(docs.openapi_document())  # type: ignore[arg-type]


def test_documents_come_out_the_same_every_time_and_name_no_machine() -> None:
    first, again = docs.generated(), docs.generated()
    assert first == again
    for path, text in first.items():
        if path.suffix == ".json":
            assert not re.search(r"127\.0\.0\.1|localhost|(/root|/work|/home)/", text), path


def readme(text: str) -> str:
    return f"# points\n{tables.BEGIN}\n{text}\n{tables.END}\nafter\n"


def test_tables_are_put_between_the_marks_and_nothing_else_is_touched() -> None:
    filled = tables.with_tables(readme("stale text"), "points")
    assert filled.startswith(f"# points\n{tables.BEGIN}\n") and filled.endswith(f"{tables.END}\nafter\n")
    assert "stale text" not in filled and "| `hold_points` |" in filled
    assert tables.with_tables(filled, "points") == filled


def test_a_readme_without_marks_is_a_mistake() -> None:
    with pytest.raises(tables.MarksMissing, match=r"services/points/README\.md"):
        tables.with_tables("# points\n", "points")


def test_check_names_what_is_stale_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "services" / "points" / "README.md"
    place.parent.mkdir(parents=True)
    place.write_text(readme("old"))
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs.generated, "__defaults__", (tmp_path,))
    assert docs.main(["--check"]) == 1
    stale = set(capsys.readouterr().out.split("\n")) - {""}
    assert stale == {
        "stale: docs/api/openapi.json",
        "stale: docs/api/asyncapi.json",
        "stale: services/points/README.md",
    }
    assert place.read_text() == readme("old")
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0


def test_a_service_without_a_door_yet_is_documented_by_its_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (language.door_of, language.heard_by, language.called_by):
        function.cache_clear()
    monkeypatch.setattr(language, "door_of", lambda _service: None)
    try:
        assert language.served_by("points") == {} and language.heard_by("points") == {}
        assert "| `hold_points` |" in tables.tables_of("points")
    finally:
        language.heard_by.cache_clear()
