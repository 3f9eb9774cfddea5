"""The open provision protocol, translated: pure functions from and to its JSON."""

from typing import Any

import orjson
from marshmallow import Schema, ValidationError

from services.chassis.schemas import Record, choice, text
from services.orders.domain.provisioning import CallbackMalformed, PartnerUnavailable, Result, Told, Wanted

# Their words for how far an operation is, in ours.
STATES = {"accepted": "pending", "succeeded": "succeeded", "refused": "failed", "reversed": "reversed"}
REFUSED, UNKNOWN = 422, 404


class _Operation(Record):
    """Unknown fields are passed over, so that a partner may add some; known ones are read strictly."""

    operation_id = text(60)
    status = choice(*STATES)
    serial_no = text(80, allow_none=True)
    reason = text(200, allow_none=True)


_OPERATION = _Operation()


def request_of(wanted: Wanted, callback_url: str) -> dict[str, Any]:
    """The body that asks for an operation; under its id the partner acts once."""
    return {
        "operation_id": wanted.operation_id,
        "product": wanted.product,
        "account": wanted.account,
        "quantity": wanted.units,
        "callback_url": callback_url,
    }


def parse_operation(status: int, body: bytes, operation_id: str) -> Result:
    """Raises PartnerUnavailable for anything that is not the story of this operation. Only a 422 is a refusal: other
    errors are about us, or about today, and say nothing of the account."""
    if status not in (200, 201, 202, REFUSED):
        raise PartnerUnavailable(f"status {status}")
    operation = _read(_OPERATION, body)
    if operation["operation_id"] != operation_id:
        raise PartnerUnavailable("the answer is about another operation")
    return _result(operation)


def parse_found(status: int, body: bytes, operation_id: str) -> Result:
    """As ``parse_operation``; absent, if the partner never heard of it."""
    return Result("absent") if status == UNKNOWN else parse_operation(status, body, operation_id)


def parse_callback(body: str) -> Told:
    """Raises CallbackMalformed that names every wrong field."""
    try:
        operation = _OPERATION.load(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise CallbackMalformed("the body is not JSON") from None
    except ValidationError as problem:
        raise CallbackMalformed(str(problem.normalized_messages())) from None
    return Told(operation["operation_id"], _result(operation))


def _result(operation: dict[str, Any]) -> Result:
    return Result(STATES[operation["status"]], operation["serial_no"], operation["reason"])


def _read(schema: Schema, body: bytes) -> dict[str, Any]:
    try:
        return schema.load(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError) as problem:
        raise PartnerUnavailable(f"the answer is malformed: {problem}") from None
