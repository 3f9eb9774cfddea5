"""Keys of the operator's people and of counters."""

from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, choice, identifier, listed, text
from services.members.contract.vocabulary import SERVICE, STAFF_KEY_UNKNOWN, STAFF_ROLES


class CheckStaffKey(Request):
    token = text(100)


class StaffChecked(Record):
    """``name`` is the person: two keys of one person are still two eyes only. A key of the role ``merchant`` is for
    ``merchant_id`` alone, one of the role ``hall`` for ``place_id`` alone."""

    key_id = identifier("stk")
    name = text(40)
    roles = listed(choice(*STAFF_ROLES), shortest=1)
    merchant_id = identifier("mer", allow_none=True)
    place_id = identifier("whs", allow_none=True)


CHECK_STAFF_KEY = Query(SERVICE, "check_staff_key", CheckStaffKey, StaffChecked, refuses=(STAFF_KEY_UNKNOWN,))
