"""A job while members redeem on the very wallets that it works on, and as long without it."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.load.children import ask
from tests.load.frame import Measured, Row, plain

REDEMPTIONS_PER_SECOND = 50
GOAL_P99_MS = 250


@dataclass(frozen=True)
class BesideLive:
    """Latencies of redemptions in ms."""

    job: Measured
    beside: list[float]
    alone: list[float]


def beside_live(live: subprocess.Popen[str], wallets: int, job: Callable[[], Measured], most_s: float) -> BesideLive:
    """``live``: a tests.load.live_worker. Without the job redemptions go on as long as with it, ``most_s`` at most."""
    jobs: list[Measured] = []
    started = time.perf_counter()
    beside = _redemptions(live, wallets, lambda: jobs.append(job()))
    seconds = min(time.perf_counter() - started, most_s)
    return BesideLive(jobs[0], beside, _redemptions(live, wallets, lambda: time.sleep(seconds)))


def rows_of_live(goal: str, runs: Sequence[BesideLive]) -> list[Row]:
    beside = Measured({}, 0, [took for run in runs for took in run.beside])
    alone = Measured({}, 0, [took for run in runs for took in run.alone])
    what = f"{REDEMPTIONS_PER_SECOND} redemptions/s on wallets of the job"
    return [
        plain(f"{goal}.live.p50", f"{what}: median, while it runs", "ms", beside.percentile(0.5)),
        plain(f"{goal}.live.p99", "99th percentile, while it runs", "ms", beside.percentile(0.99), GOAL_P99_MS),
        plain(f"{goal}.live.p50.alone", "median, without it", "ms", alone.percentile(0.5)),
        plain(f"{goal}.live.p99.alone", "99th percentile, without it", "ms", alone.percentile(0.99)),
    ]


def _redemptions(live: subprocess.Popen[str], wallets: int, during: Callable[[], object]) -> list[float]:
    ask(live, f"begin {REDEMPTIONS_PER_SECOND} {wallets}")
    during()
    return [float(took) for took in json.loads(ask(live, "end"))]
