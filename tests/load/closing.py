"""The closing account of a benchmark that used a mall: everything has come to rest, and the books are in order."""

import os
import time

import requests
from sqlalchemy.exc import SQLAlchemyError

from deploy.ops.invariants import Check, all_checks
from tests.load.failures import BenchFailed
from tests.load.frame import Row, plain
from tests.load.mall_work import mall_work
from tests.load.patience import wait_until

READY_WITHIN_S = 60.0
TIMEOUT_S = 5.0


def closing_rows() -> list[Row]:
    """Waits until the mall is ready and at rest, and lets every service check its own database."""
    started = time.monotonic()
    restless = _come_to_rest()
    seconds = time.monotonic() - started
    return [
        plain("closing.rest", f"until everything begun has come to its end{restless}", "s", seconds),
        row_of_checks(all_checks()),
    ]


def row_of_checks(checks: list[Check]) -> Row:
    broken = [f"{check.service} {check.name}: {check.found}" for check in checks if not check.ok]
    what = f"of {len(checks)} invariants of the services' databases do not hold"
    return plain("closing.invariants", "; ".join([what, *broken]), "invariants", len(broken), 0)


def _come_to_rest() -> str:
    """Empty, or what did not: the books are looked at all the same."""
    try:
        wait_until("the mall is ready", _is_ready, READY_WITHIN_S)
        with mall_work(os.environ["MALL_DATABASE_URL"]) as work:
            work.wait_for_rest()
    except (BenchFailed, SQLAlchemyError) as problem:
        return f", but: {problem}"
    return ""


def _is_ready() -> bool:
    try:
        return requests.get(f"{os.environ['MALL_PUBLIC_URL']}/readyz", timeout=TIMEOUT_S).ok
    except requests.RequestException:
        return False
