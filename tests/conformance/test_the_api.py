"""The whole API of a running mall does what its document says, for everybody; nothing is left half done by it."""

import re
from typing import Any

import pytest
import requests

from services.chassis.ids import new_id
from tests.conformance.doors import MEMBER, Doors
from tests.conformance.player import SIGNING_OUT, Played
from tests.journeys.at_hand import ops
from tests.support.mall import Mall

pytestmark = pytest.mark.timeout(1800)  # whichever test comes first waits until the mall is up and has been played with

MADE = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "same_answer",
}


def test_nothing_is_answered_otherwise_than_the_document_says(played: Played) -> None:
    assert played.findings == [], "\n\n".join(played.findings)


def test_every_operation_was_asked_and_every_check_made(played: Played, doors: Doors) -> None:
    asked = {f"{method.upper()} {path}" for path, method, told in listed(doors) if told["operationId"] != SIGNING_OUT}
    assert asked <= played.operations
    assert set(played.checks) >= MADE
    assert {200, 201, 400, 401, 404, 405, 409, 415, 422} <= set(played.statuses)


def test_a_door_is_closed_to_everybody_whom_it_is_not_for(doors: Doors) -> None:
    opened = []
    with requests.Session() as client:
        for path, method, operation in listed(doors):
            for role, token in [*doors.tokens.items(), ("nobody", "")]:
                if operation.get("security") and token != doors.token_for(operation):
                    answer = client.request(method, doors.url + filled(doors, path), headers=headers(token))
                    if answer.status_code != closed_with(operation, role):
                        opened.append(f"{method} {path} for {role}: {answer.status_code}")
    assert opened == []


def test_after_all_of_it_the_books_are_right(played: Played, mall: Mall) -> None:
    assert played.operations
    assert [finding for finding in ops(mall, "check") if not finding["ok"]] == []


def listed(doors: Doors) -> list[tuple[str, str, dict[str, Any]]]:
    paths = doors.document["paths"].items()
    return [(path, method, item[method]) for path, item in paths for method in item if method != "parameters"]


def closed_with(operation: dict[str, Any], role: str) -> int:
    """A staff key of another role is known, and not enough; anything else is no staff key."""
    return 403 if operation.get("x-role") and role not in (MEMBER, "nobody") else 401


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id("key")}


def filled(doors: Doors, path: str) -> str:
    """With ids that could be some."""
    for parameter in doors.document["paths"][path].get("parameters", ()):
        path = path.replace(f"{{{parameter['name']}}}", fitting(parameter["schema"]["pattern"]))
    return path


def fitting(pattern: str) -> str:
    an_id = pattern.strip("^()$").split("|")[0].replace("[0-9a-f]{32}", "0" * 32)
    return next(text for text in (an_id, "1", "2026-10", "x") if re.fullmatch(pattern, text))
