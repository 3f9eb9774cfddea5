"""What operators run by hand: ``python -m services.logistics.ops check | exceptions | parked [--json]``.

``check`` audits what must always be true, ``exceptions`` lists parcels that need a person; both exit with 1 if they
find any. ``parked`` lists genuine callbacks of unknown waybills.
"""

import argparse
import sys
from typing import Any

import orjson

from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal
from services.logistics.contract import SERVICE
from services.logistics.usecases.check_invariants import Finding, check_invariants, list_exceptions
from services.logistics.usecases.list_parked import list_parked

VERBS = {
    "check": "audit the invariants",
    "exceptions": "parcels that need a person",
    "parked": "callbacks of unknown waybills",
}


def main(argv: list[str]) -> int:
    """0: all is well; 1: something was found; 2: the environment is not complete."""
    wanted = _arguments().parse_args(argv)
    try:
        works = Works(make_engine(_database_url(), pool_size=1, application="logistics-ops"))
    except SettingsError as problem:
        print(f"logistics ops: {problem}", file=sys.stderr)
        return 2
    if wanted.verb == "parked":
        return _parked(works, wanted.json)
    return _report(works.run(check_invariants if wanted.verb == "check" else list_exceptions, {}), wanted.json)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="logistics")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, meaning in VERBS.items():
        verbs.add_parser(verb, help=meaning).add_argument("--json", action="store_true")
    return parser


def _database_url() -> str:
    env = environment_reader()
    own = env.str(f"DATABASE_URL_{SERVICE.upper()}", "")
    base = "" if own else env.str("DATABASE_URL")
    seal(env)
    return own or database_url_of(base, SERVICE)


def _report(findings: list[Finding], as_json: bool) -> int:
    if as_json:
        _print_json(findings)
    else:
        for each in findings:
            print(f"{'ok    ' if each['ok'] else 'BROKEN'} {each['name']}", *each["found"])
    return 0 if all(each["ok"] for each in findings) else 1


def _parked(works: Works, as_json: bool) -> int:
    waiting = works.run(list_parked, {})
    if as_json:
        _print_json(waiting)
    else:
        for each in waiting:
            print(each["parked_at"].isoformat(), each["carrier"], each["waybill_no"], each["status"], each["event_id"])
    return 0


def _print_json(content: Any) -> None:
    print(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
