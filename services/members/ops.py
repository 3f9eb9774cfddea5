"""For operators: ``python -m services.members.ops check | show | state | staff … | credit … [--json]``."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb, audit, operate
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.members import contract
from services.members.operating.credit import CREDIT_VERBS
from services.members.operating.segments import SEGMENT_VERBS
from services.members.operating.staff import STAFF_VERBS
from services.members.storage.history import state_changes_of, tier_changes_of
from services.members.storage.members import find_by_phone, find_member
from services.members.storage.segments import segment_history_of
from services.members.usecases.accepted_inputs import accepted_phone
from services.members.usecases.change_state import change_state
from services.members.usecases.check_invariants import check_invariants
from services.members.usecases.member_views import member_of


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(contract.SERVICE, "operations on members", VERBS, argv, prog)


def show(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        whole = whole_member(work, options.phone, options.member)
    say_json(whole, indented=not options.json)
    return DONE


def state(works: Works, options: argparse.Namespace) -> int:
    typed = {"request_id": new_id("ops"), "member_id": options.member, "change": options.change}
    request = contract.CHANGE_STATE.load_request(typed | {"reason": options.reason, "actor": works.context.actor})
    changed = works.once(contract.CHANGE_STATE, change_state, request)
    if options.json:
        say_json(changed)
    else:
        print(f"{changed['member_id']} is {changed['state']}")
    return DONE


def whole_member(work: Work, phone: str | None, member_id: str) -> dict[str, Any]:
    """A member as the contract shows it, with the changes of state, tier and segments; refuses an unknown one."""
    row = find_by_phone(work, accepted_phone(phone)) if phone else find_member(work, member_id)
    if row is None:
        raise Refused(contract.MEMBER_UNKNOWN, "no such member")
    histories = {
        "state_changes": state_changes_of(work, row.member_id),
        "tier_changes": tier_changes_of(work, row.member_id),
        "segments": segment_history_of(work, row.member_id),
    }
    return member_of(row) | histories


def _takes_member(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--phone")
    who.add_argument("--member", metavar="MEMBER_ID")


def _takes_change(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("member", metavar="MEMBER_ID")
    parser.add_argument("change", choices=("suspend", "resume", "pre_cancel", "cancel"))
    parser.add_argument("--reason", required=True)


VERBS = [
    audit(check_invariants),
    Verb("show", "one member with its history", show, _takes_member),
    Verb("state", "suspend, resume, pre-cancel or cancel a membership", state, _takes_change),
    *STAFF_VERBS,
    *CREDIT_VERBS,
    *SEGMENT_VERBS,
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
