"""Verbs on bill runs. A run that was stopped goes on when its file is imported again, or by ``resume``.

``rejects`` are CSV, or with ``--json`` one JSON object a line, as there may be millions of them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.refusal import Refused
from services.chassis.showing import say_json
from services.points import contract
from services.points.domain.bill_file import FileRefused
from services.points.domain.bill_runs import BILL_RUN
from services.points.operating.bill_rejects import show_rejects, write_rejects
from services.points.operating.progress import ProgressBar
from services.points.storage.bill_runs import require_run
from services.points.usecases.finish_bill_run import finish_bill_run
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.list_bill_runs import list_bill_runs

WORKERS, MOST_WORKERS = 2, 3  # as many as an operators' program has connections
RUNS_SHOWN = 20
LISTED = ("run_id", "revision", "state", "lines", "posted_lines", "rejected_lines", "points", "clawed_back")


def import_file(works: Works, options: argparse.Namespace) -> int:
    try:
        with ProgressBar(sys.stderr) as progress:
            run = import_bill_run(works, options.file, progress, options.workers)
    except FileRefused as problem:
        raise Refused(contract.BILL_FILE_REFUSED, str(problem)) from None
    return _show_run(run, options)


def resume(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        run = require_run(work, options.run_id, options.revision)
    if run.state == BILL_RUN.initial:
        raise Refused(contract.BILL_RUN_NOT_STAGED, "staging was interrupted: import the file again")
    with ProgressBar(sys.stderr) as progress:
        return _show_run(finish_bill_run(works, run, progress, options.workers), options)


def status(works: Works, options: argparse.Namespace) -> int:
    return _show_run(works.run(get_bill_run, _asked(options)), options)


def rejects(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        run = require_run(work, options.run_id, options.revision)
    if options.output is None:
        show_rejects(works, run.no, sys.stdout, options.json)
        return DONE
    written = write_rejects(works, run.no, options.output, options.json)
    print(f"{written} rejected lines are in {options.output}", file=sys.stderr)
    return DONE


def show_list(works: Works, options: argparse.Namespace) -> int:
    asked = {"state": options.state, "limit": options.limit, "cursor": None}
    runs = works.run(list_bill_runs, asked)["runs"]
    if options.json:
        for run in runs:
            say_json(contract.BillRun().dump(run))
    else:
        print("  ".join(LISTED))
        for run in runs:
            print("  ".join(str(run[name]).rjust(len(name)) for name in LISTED))
    return DONE


def _show_run(run: dict[str, Any], options: argparse.Namespace) -> int:
    shown = contract.BillRun().dump(run) | {name: run[name] for name in ("posted_now",) if name in run}
    if options.json:
        say_json(shown)
    else:
        for name, value in shown.items():
            if value is not None:
                print(f"{name:16}{value}")
    return FOUND if run["state"] == "refused" or run["stuck_chunks"] else DONE


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    return {"run_id": options.run_id, "revision": options.revision}


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    _takes_workers(parser)


def _takes_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_id", metavar="RUN")
    parser.add_argument("--revision", type=int, metavar="N", help="the newest, if it is not said")


def _takes_run_and_workers(parser: argparse.ArgumentParser) -> None:
    _takes_run(parser)
    _takes_workers(parser)


def _takes_run_and_output(parser: argparse.ArgumentParser) -> None:
    _takes_run(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write them there instead")


def _takes_workers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers", type=int, choices=range(1, MOST_WORKERS + 1), default=WORKERS, help="chunks posted at once (2)"
    )


def _takes_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", choices=contract.BILL_RUN_STATES)
    parser.add_argument(
        "--limit", type=int, choices=range(1, contract.LARGEST_PAGE + 1), default=RUNS_SHOWN, metavar="N"
    )


BILL_RUN_VERBS = [
    Verb("bill-run import", "stage, check and post a file; again to go on after a stop", import_file, _takes_file),
    Verb("bill-run status", "how far a run is", status, _takes_run),
    Verb("bill-run rejects", "its rejected lines, as CSV", rejects, _takes_run_and_output),
    Verb("bill-run resume", "post what is staged and not yet posted", resume, _takes_run_and_workers),
    Verb("bill-run list", "the newest runs", show_list, _takes_filter),
]
