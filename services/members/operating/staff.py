"""Verbs on the keys of staff: the operator's own people, and counters of merchants and halls.

A key is shown once, when it is issued; only its hash is kept.
"""

import argparse
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.ids import is_id, new_id
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.members.contract import OPERATOR_ROLES, STAFF_KEY_UNKNOWN
from services.members.domain.keyed_hashes import token_hash
from services.members.storage.staff_keys import add_key, all_keys, revoke_key

NAME = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
DAYS, MOST_DAYS = 90, 366


def issue(works: Works, options: argparse.Namespace) -> int:
    key, token = _asked_for(options), f"mall-staff-{secrets.token_urlsafe(32)}"
    with works.begin() as work:
        ends = work.now + timedelta(days=options.days)
        add_key(work, key, token_hash(token), ends)
    if options.json:
        say_json({**key, "token": token, "expires_at": ends})
    else:
        print(f"{token}\n{key['key_id']} of {options.name}, good until {ends:%Y-%m-%d}; it is not shown again")
    return DONE


def list_keys(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        keys = all_keys(work)
    if options.json:
        say_json(keys)
        return DONE
    for key in keys:
        ended = f"revoked by {key['revoked_by']}" if key["revoked_at"] else f"until {key['expires_at']:%Y-%m-%d}"
        counter = key["merchant_id"] or key["place_id"] or ""
        print(f"{key['key_id']}  {key['name']:20}  {','.join(key['roles']):12}  {ended}  {counter}".rstrip())
    return DONE


def revoke(works: Works, options: argparse.Namespace) -> int:
    works.run(_revoke, {"key_id": options.key_id})
    print(f"{options.key_id} opens nothing any more")
    return DONE


def _revoke(work: Work, request: dict[str, str]) -> None:
    if not revoke_key(work, request["key_id"]):
        raise Refused(STAFF_KEY_UNKNOWN, "no such key")


def _asked_for(options: argparse.Namespace) -> dict[str, Any]:
    """A key of a counter opens that counter and nothing else."""
    roles = ["merchant"] if options.merchant else ["hall"] if options.hall else sorted(set(options.role))
    scope = {"merchant_id": options.merchant, "place_id": options.hall}
    return {"key_id": new_id("stk"), "name": options.name, "roles": roles, **scope}


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name is 1 to 40 lower-case letters, digits, dots, hyphens, underscores")
    return text


def _id_of(prefix: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not is_id(text, prefix):
            raise argparse.ArgumentTypeError(f"must be an id like {prefix}_ and 32 hex digits")
        return text

    return read


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MOST_DAYS}")
    return int(text)


def _takes_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", type=_name, help="whose key it is; approvals need two names")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--role", action="append", choices=OPERATOR_ROLES, help="of the operator; may be given twice")
    what.add_argument("--merchant", metavar="MERCHANT_ID", type=_id_of("mer"), help="the counter of this merchant")
    what.add_argument("--hall", metavar="PLACE_ID", type=_id_of("whs"), help="the counter of this business hall")
    parser.add_argument("--days", type=_days, default=DAYS, help=f"how long it is good ({DAYS})")


def _takes_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key_id", metavar="KEY_ID")


STAFF_VERBS = [
    Verb(
        "staff issue",
        "a key for a person of the operator, or at a merchant's or a hall's counter",
        issue,
        _takes_person,
    ),
    Verb("staff list", "all keys, without their secrets", list_keys),
    Verb("staff revoke", "end a key", revoke, _takes_key),
]
