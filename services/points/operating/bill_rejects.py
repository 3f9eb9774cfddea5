"""The reject file of a bill run."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from services.chassis.data.work import Works
from services.points.storage.bill_counts import rejects_of_run

REJECTS_A_PAGE = 5_000
COLUMNS = ("line_no", "line_id", "subscriber_no", "reason")


def show_rejects(works: Works, run_no: int, out: TextIO, as_json: bool) -> int:
    """CSV with a heading, or one JSON object a line. How many they are."""
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    if not as_json:
        table.writeheader()
    count = 0
    for reject in _all_rejects(works, run_no):
        out.write(json.dumps(reject, ensure_ascii=False) + "\n") if as_json else table.writerow(reject)
        count += 1
    return count


def write_rejects(works: Works, run_no: int, path: Path, as_json: bool) -> int:
    """Whole or not at all."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with half.open("w", encoding="utf-8", newline="") as out:
            count = show_rejects(works, run_no, out, as_json)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return count


def _all_rejects(works: Works, run_no: int) -> Iterator[dict[str, Any]]:
    after = 0
    while True:
        with works.begin() as work:
            page = rejects_of_run(work, run_no, after, REJECTS_A_PAGE)
        yield from page
        if len(page) < REJECTS_A_PAGE:
            return
        after = page[-1]["line_no"]
