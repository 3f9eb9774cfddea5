"""Schemathesis plays with the gateway of a real mall, as everybody who may use it, and tells what the OpenAPI document
does not say, or says otherwise."""

import copy
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.case import Case
from schemathesis.hooks import HookContext
from schemathesis.openapi.checks import RejectedPositiveData

from tests.conformance.doors import TIMEOUT_S, Doors

KEY = "Idempotency-Key"
WRITING = ("POST", "PUT", "PATCH", "DELETE")
SIGNING_OUT = "revoke_session"  # of all things: who plays would play on as nobody
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
TAKEN = ["2xx", "3xx", "401", "403", "404", "409", "413", "429"]  # well formed, if not always true, or not too much
CHECKS = {
    "negative_data_rejection": {"expected-statuses": REFUSALS},
    "positive_data_acceptance": {"expected-statuses": TAKEN},
}
ALL_CASES_OF_EVERY = 12  # operations, unless all are played with
EXAMPLES, STORIES, STEPS = 2, 15, 8
TIMES_MORE = 10  # of both, when the whole is played
LONGEST_SHOWN = 1500

# What no schema can say of a request: what fits what, and what an address is.
SAID_IN_WORDS = {
    "a campaign has a window, and nothing else has one",
    "a piece costs points, cash or coins",
    "a ticket is for one piece",
    "a ticket is for one piece that is there",
    "at least as many as least",
    "each means of payment once",
    "each ticket once",
    "how many pieces are sold in bulk?",
    "is not an e-mail address",
    "say whose orders by phone or by member_id, not both",
    "the pre-sale ends before it begins",
    "the sale ends before it begins",
    "the sale ends before it starts",
    "the window ends before it begins",
}


@dataclass
class Played:
    """``findings`` in words; which operations were asked, how often each check was made, which statuses came."""

    findings: list[str] = field(default_factory=list)
    operations: set[str] = field(default_factory=set)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def note(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.NonFatalError):
            self.findings.append(f"{event.label}: {event.value}")
        if isinstance(event, events.ScenarioFinished):
            self._read(event.recorder)

    def _read(self, recorder: ScenarioRecorder) -> None:
        self.operations |= {node.value.operation.label for node in recorder.cases.values()}
        answers = {each: seen.response for each, seen in recorder.interactions.items() if seen.response}
        self.statuses.update(answer.status_code for answer in answers.values())
        for case_id, checks in recorder.checks.items():
            self.checks.update(check.name for check in checks)
            self.findings += [
                found_by(check.name, check.failure_info, answers.get(case_id)) for check in checks if check.failure_info
            ]


def found_by(check: str, found: Any, answer: Response | None) -> str:
    told = f"{answer.status_code} {answer.content!r}" if answer else "no answer"
    said = f"{found.failure.operation}: {check}: {found.failure}\n{found.code_sample[:LONGEST_SHOWN]}"
    return f"{said}\n{told[:LONGEST_SHOWN]}"


def play(doors: Doors, seed: int, whole: bool) -> Played:
    """Examples, what hypothesis makes up, and stories along the links, with all operations; and every case of the
    coverage phase, with some of them or with ``whole`` all."""
    played, times = Played(), TIMES_MORE if whole else 1
    everything = {
        "examples": {"enabled": True},
        "fuzzing": {"enabled": True, "generation": {"max-examples": EXAMPLES * times}},
        "stateful": {"enabled": True, "max-steps": STEPS, "generation": {"max-examples": STORIES * times}},
    }
    for phases, every in ((everything, 1), ({"coverage": {"enabled": True}}, 1 if whole else ALL_CASES_OF_EVERY)):
        for event in from_schema(schema_of(doors, seed, phases, every)).execute():
            played.note(event)
    return played


def schema_of(doors: Doors, seed: int, phases: dict[str, Any], every: int) -> Any:
    schema = schemathesis.openapi.from_dict(
        without_defaults(doors.document), config=configured(doors.url, seed, phases)
    )
    schema.auth(refresh_interval=None)(tokens_of(doors))
    schema.hook(filter_failure)
    names = sorted({operation["operationId"] for operation in operations_of(doors.document)} - {SIGNING_OUT})
    return schema.include(operation_id=names[seed % every :: every])


def configured(url: str, seed: int, phases: dict[str, Any]) -> SchemathesisConfig:
    generation = {"deterministic": True, "database": "none", "no-shrink": True, "allow-x00": False}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "cache": {"enabled": False},
            "base-url": url,
            "request-timeout": TIMEOUT_S,
            "continue-on-failure": True,
            "checks": CHECKS,
            "generation": generation,
            "phases": {"enabled": False, **phases},
        }
    )


def operations_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [item[method] for item in document["paths"].values() for method in item if method != "parameters"]


def without_defaults(document: dict[str, Any]) -> dict[str, Any]:
    """ "Any other problem" would make every status a documented one."""
    strict = copy.deepcopy(document)
    for operation in operations_of(strict):
        del operation["responses"]["default"]
    return strict


def tokens_of(doors: Doors) -> type:
    class Tokens:
        def get(self, _case: Case, context: AuthContext) -> str | None:
            return doors.token_for(context.operation.definition.raw)

        def set(self, case: Case, token: str | None, _context: AuthContext) -> None:
            if token:
                case.headers["Authorization"] = f"Bearer {token}"

    return Tokens


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """A key that could be one names a request of its own; else every other request would have been there before."""
    key = case.headers.get(KEY)
    if isinstance(key, str) and 1 <= len(key) <= 80 and all("!" <= letter <= "~" for letter in key):
        case.headers[KEY] = uuid.uuid4().hex


@schemathesis.check
def same_answer(_context: CheckContext, response: Response, case: Case) -> None:
    """Of a write that is sent again under its key."""
    if KEY in case.headers and response.request.method in WRITING and response.status_code < 300:
        with requests.Session() as client:
            again = client.send(response.request, timeout=TIMEOUT_S)
        if (again.status_code, again.json()) != (response.status_code, json.loads(response.content)):
            raise AssertionError(f"another answer to the same request: {again.status_code} {again.text}")


def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Whether it is one. What is well formed may be refused for a reason that the document lists as a code, or can
    say only in words; and 5.0 is an integer for a JSON Schema, but not for everybody who reads JSON."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = json.loads(response.content)
    if problem["code"] != "request.invalid":
        return problem["code"] not in context.operation.definition.raw["x-problem-codes"]
    reasons = set(texts_in(problem["errors"] if "errors" in problem else problem["detail"]))
    return not (reasons <= SAID_IN_WORDS or has_a_fraction(case.body))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def has_a_fraction(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(has_a_fraction(inner) for inner in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, float)
