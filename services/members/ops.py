"""For operators: ``python -m services.members.ops check | show | state``."""

import argparse
import getpass
import json
import sys
from typing import Any

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal
from services.members import contract
from services.members.storage.history import state_changes_of, tier_changes_of
from services.members.storage.members import find_by_phone, find_member
from services.members.usecases.accepted_inputs import accepted_phone
from services.members.usecases.change_state import change_state
from services.members.usecases.check_invariants import check_invariants
from services.members.usecases.member_views import member_of


def main(argv: list[str]) -> int:
    """0: done and all well; 1: refused or an invariant is broken; 2: wrong use or no database."""
    asked = _parser().parse_args(argv)
    try:
        works = _open_works()
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        return int(asked.run(works, asked))
    except Refused as refusal:
        print(f"{refusal.code}: {refusal.message}", file=sys.stderr)
        return 1
    finally:
        works.engine.dispose()


def check(works: Works, asked: argparse.Namespace) -> int:
    with works.begin() as work:
        results = check_invariants(work)
    if asked.json:
        print(json.dumps(results, ensure_ascii=False))
    else:
        for result in results:
            print(f"{'ok    ' if result['ok'] else 'BROKEN'} {result['name']} ({result['found']})")
    return 0 if all(result["ok"] for result in results) else 1


def show(works: Works, asked: argparse.Namespace) -> int:
    with works.begin() as work:
        found = find_by_phone(work, accepted_phone(asked.phone)) if asked.phone else find_member(work, asked.member)
        if found is None:
            raise Refused(contract.MEMBER_UNKNOWN, "no such member")
        print(json.dumps(_whole(work, found), ensure_ascii=False, indent=2, default=to_wire))
    return 0


def state(works: Works, asked: argparse.Namespace) -> int:
    typed = {"request_id": new_id("ops"), "member_id": asked.member, "change": asked.change, "reason": asked.reason}
    request = contract.CHANGE_STATE.load_request(typed | {"actor": works.context.actor})
    changed = works.once(contract.CHANGE_STATE, change_state, request)
    print(f"{changed['member_id']} is {changed['state']}")
    return 0


def _whole(work: Work, row: Any) -> dict[str, Any]:
    histories = {
        "state_changes": state_changes_of(work, row.member_id),
        "tier_changes": tier_changes_of(work, row.member_id),
    }
    return member_of(row) | {name: [dict(line._mapping) for line in lines] for name, lines in histories.items()}


def _open_works() -> Works:
    env = environment_reader()
    own, base = env.str("DATABASE_URL_MEMBERS", ""), env.str("DATABASE_URL", "")
    seal(env)
    if not own and not base:
        raise SettingsError("MALL_DATABASE_URL or MALL_DATABASE_URL_MEMBERS must name the database")
    engine = make_engine(own or database_url_of(base, contract.SERVICE), pool_size=1, application="members-ops")
    return Works(engine, Context.fresh(actor=f"ops:{getpass.getuser()}"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="members")
    commands = parser.add_subparsers(required=True)
    checking = commands.add_parser("check", help="do the invariants hold?")
    checking.add_argument("--json", action="store_true")
    checking.set_defaults(run=check)
    showing = commands.add_parser("show", help="one member with its history")
    who = showing.add_mutually_exclusive_group(required=True)
    who.add_argument("--phone")
    who.add_argument("--member")
    showing.set_defaults(run=show)
    changing = commands.add_parser("state", help="suspend, resume, pre_cancel or cancel a membership")
    changing.add_argument("member")
    changing.add_argument("change", choices=("suspend", "resume", "pre_cancel", "cancel"))
    changing.add_argument("--reason", required=True)
    changing.set_defaults(run=state)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
