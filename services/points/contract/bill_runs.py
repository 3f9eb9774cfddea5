"""Bill runs: files of paid charges that become points.

A run is known by ``run_id`` and ``revision``: a corrected file is a whole file again, and the difference is posted.
"""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, instant, integer, listed, text
from services.points.contract.vocabulary import (
    BILL_FILE_REFUSED,
    BILL_FILE_UNKNOWN,
    BILL_REVISION_OUT_OF_ORDER,
    BILL_RUN_BUSY,
    BILL_RUN_KNOWN,
    BILL_RUN_NOT_STAGED,
    BILL_RUN_UNKNOWN,
    CURSOR_INVALID,
    LARGEST_BATCH,
    LARGEST_PAGE,
    SERVICE,
)

BILL_RUN_STATES = ("staging", "staged", "posting", "posted", "refused", "abandoned")
LARGEST_REVISION = 9999


class OfBillRun(Request):
    """``revision``: the newest one, if it is not said."""

    run_id = text(60)
    revision = integer(1, LARGEST_REVISION, allow_none=True)


class StartBillRun(Request):
    """``file`` is a name in the drop folder (MALL_BILL_RUN_DIR). Its header says which run it is."""

    request_id = text(80)
    file = text(200)


class ResumeBillRun(OfBillRun):
    request_id = text(80)


class BillRun(Record):
    """Of ``lines``, each is posted, rejected or excluded once the run is posted. ``points`` were accrued by this
    revision, ``clawed_back`` taken back by it. ``stopped_because``: work has stopped until it is resumed;
    ``stuck_chunks`` were set aside because of a fault, all others go on.
    """

    run_id = text(60)
    revision = integer(1, LARGEST_REVISION, load_default=1)
    state = choice(*BILL_RUN_STATES)
    period = text(7, allow_none=True)
    file_name = text(200)
    lines = integer()
    amount_fen = integer()
    posted_lines = integer()
    rejected_lines = integer()
    excluded_lines = integer(load_default=0)
    excluded_fen = integer(load_default=0)
    points = integer()
    clawed_back = integer(load_default=0)
    chunks = integer(load_default=0)
    posted_chunks = integer(load_default=0)
    stuck_chunks = integer(load_default=0)
    rule = text(60, allow_none=True)
    refused_because = text(400, allow_none=True)
    stopped_because = text(400, allow_none=True)
    started_at = instant(allow_none=True)
    finished_at = instant(allow_none=True)


class ListBillRuns(Request):
    """Newest first."""

    state = choice(*BILL_RUN_STATES, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class BillRuns(Record):
    runs = listed(BillRun)
    next_cursor = text(200, allow_none=True)


class ListBillRejects(OfBillRun):
    limit = integer(1, LARGEST_BATCH, load_default=100)
    cursor = text(200, allow_none=True)


class BillReject(Record):
    """``line_no`` counts from 1 after the columns. ``line_id`` and ``subscriber_no`` as far as they can be read."""

    line_no = integer(1)
    line_id = text(60, shortest=0, allow_none=True)
    subscriber_no = text(60, shortest=0, allow_none=True)
    reason = text(40)


class BillRejects(Record):
    rejects = listed(BillReject, longest=LARGEST_BATCH)
    next_cursor = text(200, allow_none=True)


class BillRunPostedData(Record):
    run_id = text(60)
    revision = integer(1, LARGEST_REVISION, load_default=1)
    lines = integer()
    posted_lines = integer()
    rejected_lines = integer()
    excluded_lines = integer(load_default=0)
    points = integer()
    clawed_back = integer(load_default=0)


START_BILL_RUN = Command(
    SERVICE,
    "start_bill_run",
    StartBillRun,
    BillRun,
    refuses=(BILL_FILE_UNKNOWN, BILL_FILE_REFUSED, BILL_RUN_KNOWN, BILL_RUN_BUSY, BILL_REVISION_OUT_OF_ORDER),
)
RESUME_BILL_RUN = Command(
    SERVICE, "resume_bill_run", ResumeBillRun, BillRun, refuses=(BILL_RUN_UNKNOWN, BILL_RUN_NOT_STAGED)
)
GET_BILL_RUN = Query(SERVICE, "get_bill_run", OfBillRun, BillRun, refuses=(BILL_RUN_UNKNOWN,))
LIST_BILL_RUNS = Query(SERVICE, "list_bill_runs", ListBillRuns, BillRuns, refuses=(CURSOR_INVALID,))
LIST_BILL_REJECTS = Query(
    SERVICE, "list_bill_rejects", ListBillRejects, BillRejects, refuses=(BILL_RUN_UNKNOWN, CURSOR_INVALID)
)
BILL_RUN_POSTED = Event(SERVICE, "bill_run.posted.v1", BillRunPostedData)
