"""Whose staff key a token is, and what it opens."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members.contract import STAFF_KEY_UNKNOWN
from services.members.domain.keyed_hashes import token_hash
from services.members.storage.staff_keys import check_key


def check_staff_key(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's StaffChecked."""
    found = check_key(work, token_hash(request["token"]))
    if found is None:
        raise Refused(STAFF_KEY_UNKNOWN, "no such key: never issued, run out or revoked")
    return found
