"""For operators: ``python -m services.points.ops check | bill-run import FILE | … status | rejects | resume RUN``.

A run that was stopped goes on when its file is imported again, or by ``resume``. ``rejects`` are CSV, or with
``--json`` one JSON object a line, as there may be millions of them.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb, audit, operate
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.points.contract import SERVICE
from services.points.domain.bill_file import FileRefused
from services.points.progress import ProgressBar
from services.points.storage.bill_runs import rejects_of_run
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.post_bill_run import post_bill_run

FILE_REFUSED = "bill_run.file_refused"
REJECTS_A_PAGE = 5_000
COLUMNS = ("line_no", "line_id", "subscriber_no", "reason")


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(SERVICE, "operations on the points ledger", VERBS, argv, prog)


def import_file(works: Works, options: argparse.Namespace) -> int:
    try:
        with ProgressBar(sys.stderr) as progress:
            return _show_run(import_bill_run(works, options.file, progress), options)
    except FileRefused as problem:
        raise Refused(FILE_REFUSED, str(problem)) from None


def resume(works: Works, options: argparse.Namespace) -> int:
    with ProgressBar(sys.stderr) as progress:
        return _show_run(post_bill_run(works, options.run_id, progress), options)


def status(works: Works, options: argparse.Namespace) -> int:
    return _show_run(works.run(get_bill_run, {"run_id": options.run_id}), options)


def rejects(works: Works, options: argparse.Namespace) -> int:
    works.run(get_bill_run, {"run_id": options.run_id})  # refuses an unknown run
    show = say_json if options.json else _csv_writer()
    for reject in _all_rejects(works, options.run_id):
        show(reject)
    return DONE


def _csv_writer() -> Callable[[dict[str, Any]], Any]:
    table = csv.DictWriter(sys.stdout, COLUMNS)
    table.writeheader()
    return table.writerow


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
        say_json(run)
    else:
        for name, value in run.items():
            if value is not None:
                print(f"{name:16}{value}")
    return FOUND if run["state"] == "refused" else DONE


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def _takes_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_id", metavar="RUN")


VERBS = [
    Verb("bill-run import", "stage, check and post a file; again to go on after a stop", import_file, _takes_file),
    Verb("bill-run status", "how far a run is", status, _takes_run),
    Verb("bill-run rejects", "its rejected lines, as CSV", rejects, _takes_run),
    Verb("bill-run resume", "post what is staged and not yet posted", resume, _takes_run),
    audit(check_invariants, meaning="audit the ledger against itself"),
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
