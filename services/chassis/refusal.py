"""Refusals: the answer "no, because …". On the wire they are data; faults are exceptions."""

from typing import Any

Reply = dict[str, Any]


class Refused(Exception):
    """Ends a use case with a refusal; its transaction rolls back and the caller gets code, message and details.

    ``code`` is stable and listed in the contract (``stock.insufficient``); ``message`` is English for developers,
    the edge translates by code; ``details`` are plain JSON values.
    """

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.details = code, message, details

    def as_reply(self) -> Reply:
        return {"ok": False, "rejection": {"code": self.code, "message": self.message, "details": self.details}}

    @classmethod
    def from_rejection(cls, rejection: dict[str, Any]) -> "Refused":
        return cls(rejection["code"], rejection["message"], **rejection.get("details", {}))


def accepted(value: Any) -> Reply:
    return {"ok": True, "value": value}


def value_of(reply: Reply) -> Any:
    """The value of an accepted reply; a refusal is raised again in the caller."""
    if reply["ok"]:
        return reply["value"]
    raise Refused.from_rejection(reply["rejection"])


# Codes that the chassis itself answers with, on any command.
INVALID_REQUEST = "request.invalid"
KEY_REUSED = "request.key_reused"
