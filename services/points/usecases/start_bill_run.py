"""A bill run that the service works on: started by a file of the drop folder, resumed by its name."""

from pathlib import Path
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.bill_file import FileRefused
from services.points.domain.bill_runs import BILL_RUN
from services.points.storage.bill_chunks import take_up_again
from services.points.storage.bill_counts import counts_of_run
from services.points.storage.bill_runs import require_run, work_at_service
from services.points.usecases.open_bill_run import open_bill_run
from services.points.usecases.read_bill_file import BillFile


def start_bill_run(work: Work, request: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """The contract's BillRun. Only the header is read now. A run whose staging was interrupted goes on by this file."""
    path = file_in(folder, request["file"])
    try:
        with BillFile(path) as file:
            run = open_bill_run(work, file.header, path.name, drop_file=path.name)
    except FileRefused as problem:
        raise Refused(contract.BILL_FILE_REFUSED, str(problem)) from None
    if run.state != BILL_RUN.initial:
        raise Refused(contract.BILL_RUN_KNOWN, "this revision of the run is here already", state=run.state)
    work_at_service(work, run.no, path.name)
    return counts_of_run(work, run.no)


def resume_bill_run(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BillRun. Whatever stopped the service is forgotten; what has ended stays as it is."""
    run = require_run(work, request["run_id"], request["revision"])
    if run.state == BILL_RUN.initial and not run.drop_file:
        raise Refused(contract.BILL_RUN_NOT_STAGED, "staging was interrupted: start the run by its file again")
    if not BILL_RUN.is_end(run.state):
        take_up_again(work, run.no)
        work_at_service(work, run.no)
    return counts_of_run(work, run.no)


def file_in(folder: Path | None, name: str) -> Path:
    """A plain file right in the drop folder, whatever ``name`` tries. Refuses bill_run.file_unknown."""
    if folder is not None and (path := _path_in(folder, name)):
        return path
    raise Refused(contract.BILL_FILE_UNKNOWN, "there is no such file in the drop folder", file=name)


def _path_in(folder: Path, name: str) -> Path | None:
    try:
        path = (folder / name).resolve()
        return path if name == Path(name).name and path.parent == folder.resolve() and path.is_file() else None
    except (OSError, ValueError):  # a name that no file system takes, or that is no text
        return None
