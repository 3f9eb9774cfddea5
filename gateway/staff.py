"""Who of the operator's people is asking: a staff key, checked by members, remembered for a moment as sessions are."""

from dataclasses import dataclass

from flask import current_app
from werkzeug.exceptions import Forbidden

from gateway.identity import Remembered, bearer_token
from gateway.requests import rpc
from services.members import contract as members


@dataclass(frozen=True)
class Staff:
    key_id: str
    name: str
    roles: frozenset[str]

    @property
    def actor(self) -> str:
        """The person, whichever key was used: approvals compare persons."""
        return f"staff:{self.name}"


def identify_staff(role: str) -> Staff:
    """The person behind this request; refuses with staff.key_unknown, or answers 403 for another role."""
    token = bearer_token(members.STAFF_KEY_UNKNOWN)
    remembered: Remembered[Staff] = current_app.config["STAFF"]
    staff = remembered.get(token)
    if staff is None:
        checked = rpc().call(members.CHECK_STAFF_KEY, {"token": token})
        staff = Staff(checked["key_id"], checked["name"], frozenset(checked["roles"]))
        remembered.put(token, staff)
    if role not in staff.roles:
        raise Forbidden
    return staff
