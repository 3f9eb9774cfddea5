"""Who of the staff is asking: a key of the operator's people, or of the counter of one merchant or one hall.

It is checked by members and remembered for a moment, as sessions are.
"""

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
    merchant_id: str | None  # whose counter a key of the role "merchant" is for
    place_id: str | None  # which hall a key of the role "hall" is for

    @property
    def actor(self) -> str:
        """The person, whichever key was used: approvals compare persons."""
        return f"staff:{self.name}"


def identify_staff(role: str) -> Staff:
    """The person behind this request; refuses with staff.key_unknown, or answers 403 for another role.

    Of the role ``merchant`` or ``hall``, ``merchant_id`` or ``place_id`` is there.
    """
    token = bearer_token(members.STAFF_KEY_UNKNOWN)
    remembered: Remembered[Staff] = current_app.config["STAFF"]
    staff = remembered.get(token)
    if staff is None:
        checked = rpc().call(members.CHECK_STAFF_KEY, {"token": token})
        scope = checked["merchant_id"], checked["place_id"]
        staff = Staff(checked["key_id"], checked["name"], frozenset(checked["roles"]), *scope)
        remembered.put(token, staff)
    if role not in staff.roles:
        raise Forbidden
    return staff
