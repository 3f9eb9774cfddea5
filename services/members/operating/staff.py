"""Verbs on the keys of the operator's own people. A key is shown once, when it is issued; only its hash is kept."""

import argparse
import re
import secrets
from datetime import timedelta

from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.operations import DONE, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.members.contract import STAFF_KEY_UNKNOWN, STAFF_ROLES
from services.members.domain.keyed_hashes import token_hash
from services.members.storage.staff_keys import add_key, all_keys, revoke_key

NAME = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
DAYS, MOST_DAYS = 90, 366


def issue(works: Works, options: argparse.Namespace) -> int:
    key_id, token = new_id("stk"), f"mall-staff-{secrets.token_urlsafe(32)}"
    with works.begin() as work:
        ends = work.now + timedelta(days=options.days)
        add_key(work, key_id, options.name, sorted(set(options.role)), token_hash(token), ends)
    if options.json:
        say_json({"key_id": key_id, "name": options.name, "token": token, "expires_at": ends})
    else:
        print(f"{token}\n{key_id} of {options.name}, good until {ends:%Y-%m-%d}; it is not shown again")
    return DONE


def list_keys(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        keys = all_keys(work)
    if options.json:
        say_json(keys)
        return DONE
    for key in keys:
        ended = f"revoked by {key['revoked_by']}" if key["revoked_at"] else f"until {key['expires_at']:%Y-%m-%d}"
        print(f"{key['key_id']}  {key['name']:20}  {','.join(key['roles']):12}  {ended}")
    return DONE


def revoke(works: Works, options: argparse.Namespace) -> int:
    works.run(_revoke, {"key_id": options.key_id})
    print(f"{options.key_id} opens nothing any more")
    return DONE


def _revoke(work: Work, request: dict[str, str]) -> None:
    if not revoke_key(work, request["key_id"]):
        raise Refused(STAFF_KEY_UNKNOWN, "no such key")


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("a name is 1 to 40 lower-case letters, digits, dots, hyphens, underscores")
    return text


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {MOST_DAYS}")
    return int(text)


def _takes_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", type=_name, help="whose key it is; approvals need two names")
    parser.add_argument("--role", action="append", choices=STAFF_ROLES, required=True, help="may be given twice")
    parser.add_argument("--days", type=_days, default=DAYS, help=f"how long it is good ({DAYS})")


def _takes_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key_id", metavar="KEY_ID")


STAFF_VERBS = [
    Verb("staff issue", "a key for a person of operations or finance", issue, _takes_person),
    Verb("staff list", "all keys, without their secrets", list_keys),
    Verb("staff revoke", "end a key", revoke, _takes_key),
]
