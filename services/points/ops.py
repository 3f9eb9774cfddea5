"""Operations on the ledger, as a plain process beside the service: ``python -m services.points.ops …``.

    bill-run import FILE [--json]   stage, check and post a file of paid charges; import it again to go on after a stop
    bill-run status RUN [--json]    how far a run is
    bill-run rejects RUN [--json]   its rejected lines: number, line id, subscriber, reason
    bill-run resume RUN [--json]    post what is staged and not yet posted
    check [--json]                  audit the ledger against itself

It needs MALL_DATABASE_URL (or MALL_DATABASE_URL_POINTS). Exit codes: 0 done, 1 refused or not in order, 2 wrong usage.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.refusal import Refused
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal
from services.points.domain.bill_file import FileRefused
from services.points.progress import ProgressBar
from services.points.storage.bill_runs import rejects_of_run
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.post_bill_run import post_bill_run

REJECTS_A_PAGE = 5_000
CONNECTIONS = 3


def main(argv: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(argv)
    try:
        engine = make_engine(_database_url(), pool_size=CONNECTIONS, application="points-ops")
        works = Works(engine, context=Context.fresh("ops:points"))
        try:
            return options.run(works, options)
        finally:
            engine.dispose()
    except Refused as refusal:
        return _complain(f"{refusal.message} ({refusal.code})")
    except (FileRefused, SettingsError) as problem:
        return _complain(str(problem))
    except sa.exc.OperationalError as problem:
        return _complain(f"the database is not there: {problem.orig}")


def _import(works: Works, options: argparse.Namespace) -> int:
    with ProgressBar(sys.stderr) as progress:
        return _show_run(import_bill_run(works, options.file, progress), options)


def _resume(works: Works, options: argparse.Namespace) -> int:
    with ProgressBar(sys.stderr) as progress:
        return _show_run(post_bill_run(works, options.run_id, progress), options)


def _status(works: Works, options: argparse.Namespace) -> int:
    return _show_run(works.run(get_bill_run, {"run_id": options.run_id}), options)


def _rejects(works: Works, options: argparse.Namespace) -> int:
    works.run(get_bill_run, {"run_id": options.run_id})  # refuses an unknown run
    columns = ["line_no", "line_id", "subscriber_no", "reason"]
    table = csv.DictWriter(sys.stdout, columns)
    if not options.json:
        table.writeheader()
    for reject in _all_rejects(works, options.run_id):
        if options.json:
            print(json.dumps(reject, ensure_ascii=False))
        else:
            table.writerow(reject)
    return 0


def _check(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        checks = check_invariants(work)
    if options.json:
        print(json.dumps(checks))
    else:
        for check in checks:
            print(f"ok      {check['name']}" if check["ok"] else f"BREACH  {check['name']}: {check['found']}")
    return 0 if all(check["ok"] for check in checks) else 1


def _all_rejects(works: Works, run_id: str) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        with works.begin() as work:
            page = rejects_of_run(work, run_id, after, REJECTS_A_PAGE)
        yield from page
        if len(page) < REJECTS_A_PAGE:
            return
        after = page[-1]["line_no"]


def _show_run(run: dict[str, Any], options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps(run, ensure_ascii=False))
    else:
        for name, value in run.items():
            if value is not None:
                print(f"{name:16}{value}")
    return 1 if run["state"] == "refused" else 0


def _complain(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 1


def _database_url() -> str:
    env = environment_reader()
    own = env.str("DATABASE_URL_POINTS", "")
    url = own or database_url_of(env.str("DATABASE_URL"), "points")
    seal(env)
    return url


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="points ops", description="operations on the points ledger")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    runs = commands.add_parser("bill-run", help="bill runs").add_subparsers(required=True, metavar="COMMAND")
    _command(runs, "import", _import, "stage, check and post a file").add_argument("file", type=Path, metavar="FILE")
    for name, run, text in (
        ("status", _status, "how far a run is"),
        ("rejects", _rejects, "its rejected lines, as CSV"),
        ("resume", _resume, "post what is staged and not yet posted"),
    ):
        _command(runs, name, run, text).add_argument("run_id", metavar="RUN")
    _command(commands, "check", _check, "audit the ledger against itself")
    return parser


def _command(
    commands: Any, name: str, run: Callable[[Works, argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("--json", action="store_true", help="JSON on standard output")
    parser.set_defaults(run=run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
