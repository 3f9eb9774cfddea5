"""A process that books expiry as the service's job does: ``python -m tests.load.expiry_worker URL``.

Lines in: ``expire``. Lines out: {"buckets": how many, "chunks_ms": how long each transaction with locks took}.
"""

import services.chassis.green  # noqa: F401 — as the service is: greenthreads, and a driver that yields to them

import json
import sys
import time
from itertools import pairwise

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Works
from services.points.storage.expiry_runs import Counts
from services.points.usecases.expire_points import expire_points
from tests.load.answers import answers_apart, questions


def expire(works: Works) -> dict[str, object]:
    ends = [time.perf_counter()]

    def note(_booked: Counts) -> None:
        ends.append(time.perf_counter())

    booked = expire_points(works, told=note)
    chunks = [(end - start) * 1000 for start, end in pairwise(ends)]
    return {"buckets": booked["buckets"], "chunks_ms": chunks}


def main(url: str) -> None:
    answers = answers_apart()
    works = Works(make_engine(url, 1, "bench-expiry"), Context.fresh("bench"))
    print("ready", flush=True, file=answers)
    for _ in questions():
        print(json.dumps(expire(works)), flush=True, file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
