"""For operators: ``python -m services.catalog.ops check [--json]``. Exit code 1 if an invariant is broken."""

import argparse
import sys
from collections.abc import Sequence

import orjson

from services.catalog.usecases.check_invariants import check_invariants
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal

SERVICE = "catalog"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m services.catalog.ops")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="count stock, reservations, codes and prices again")
    check.add_argument("--json", action="store_true", help="one JSON list of {name, ok, found}")
    arguments = parser.parse_args(argv)
    try:
        return _check(database_url(), arguments.json)
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 2


def database_url() -> str:
    env = environment_reader()
    own, base = env.str(f"DATABASE_URL_{SERVICE.upper()}", ""), env.str("DATABASE_URL", "")
    seal(env)
    if not own and not base:
        raise SettingsError("MALL_DATABASE_URL is not set")
    return own or database_url_of(base, SERVICE)


def _check(url: str, as_json: bool) -> int:
    engine = make_engine(url, pool_size=1, application=f"{SERVICE}-ops")
    try:
        with Works(engine).begin() as work:
            found = check_invariants(work)
    finally:
        engine.dispose()
    _show(found, as_json)
    return 0 if all(check["ok"] for check in found) else 1


def _show(found: list[dict], as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(found).decode())
        return
    for check in found:
        print(f"{'ok  ' if check['ok'] else 'FAIL'} {check['name']}")
        for row in check["found"]:
            print(f"     {row}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
