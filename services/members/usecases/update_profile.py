"""Name, e-mail address and language of a member."""

from typing import Any

from services.chassis.data.work import Work
from services.members.contract import PROFILE_CHANGED
from services.members.storage.members import change_profile
from services.members.usecases.accepted_inputs import accept_email
from services.members.usecases.get_member import get_member
from services.members.usecases.member_views import card_of, member_of

FIELDS = ("name", "email", "language")


def update_profile(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The member as it is now. Fields left out stay; a request that changes nothing is no event."""
    accept_email(request["email"])
    given = {name: request[name] for name in FIELDS if request[name] is not None}
    changed = change_profile(work, request["member_id"], given) if given else None
    if changed is None:
        return get_member(work, request)
    work.emit(PROFILE_CHANGED, changed.member_id, {"member": card_of(changed)}, sequence=changed.version)
    return member_of(changed)
