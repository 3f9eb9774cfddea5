"""A process that imports bill runs as operators' program does: ``python -m tests.load.bill_worker URL``.

Lines in: the path of a file. Lines out: {"lines": how many were posted, "chunks_ms": how long each transaction took
that locks wallets, "peak_mb": the most memory that this process ever had}.
"""

import json
import resource
import sys
import threading
import time
from pathlib import Path

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.chassis.operations import CONNECTIONS
from services.points.operating.bill_runs import WORKERS
from services.points.usecases.import_bill_run import import_bill_run


class Stopwatch:
    """Told of every chunk by the thread that posted it. The first of a thread has no beginning, and is left out."""

    def __init__(self) -> None:
        self.ended: dict[int, float] = {}
        self.chunks_ms: list[float] = []

    def __call__(self, what: str, done: int, of: int, lines: int | None = None) -> None:
        if what != "posting":
            return
        now, thread = time.perf_counter(), threading.get_ident()
        if thread in self.ended:
            self.chunks_ms.append((now - self.ended[thread]) * 1000)
        self.ended[thread] = now


def import_file(works: Works, path: Path) -> dict[str, object]:
    watch = Stopwatch()
    run = import_bill_run(works, path, watch, WORKERS)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"lines": run["posted_now"], "chunks_ms": watch.chunks_ms, "peak_mb": peak_mb}


def main(url: str) -> None:
    works = Works(make_engine(url, CONNECTIONS, "bench-bill-run"), Context.fresh("bench"))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(import_file(works, Path(line.strip()))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
