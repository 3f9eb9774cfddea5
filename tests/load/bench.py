"""``./mall bench [NAME]``, all but soak without a name.

bill-run: S6, events: S4, expiry: S7, flash: S8, footprint: S10, growth: S9, ledger: S5, overload: P10, reads: S2,
redeem: S1, rpc: S3, soak: long use.
"""

import argparse
import os
import sys
from subprocess import SubprocessError

from sqlalchemy.exc import SQLAlchemyError

from deploy.demo.shop import StoryBroken
from tests.load import (
    bill_run_bench,
    events_bench,
    expiry_bench,
    flash_bench,
    footprint_bench,
    growth_bench,
    ledger_bench,
    overload_bench,
    reads_bench,
    redeem_bench,
    rpc_bench,
    soak_bench,
)
from tests.load.closing import closing_rows
from tests.load.failures import BenchFailed
from tests.load.frame import Row, report
from tests.load.troubles import Disturbed

BENCHES = {
    "bill-run": lambda options: bill_run_bench.run(options.pairs, options.lines),
    "events": lambda options: events_bench.run(options.pairs, options.events),
    "expiry": lambda options: expiry_bench.run(options.pairs, options.buckets),
    "flash": lambda options: flash_bench.run(options.pairs, options.buyers, options.units),
    "footprint": lambda options: footprint_bench.run(options.pairs),
    "growth": lambda options: growth_bench.run(options.pairs, options.members, options.redemptions),
    "ledger": lambda options: ledger_bench.run(options.pairs, options.redemptions),
    "overload": lambda options: overload_bench.run(options.seconds),
    "reads": lambda options: reads_bench.run(options.pairs, options.reads),
    "redeem": lambda options: redeem_bench.run(options.pairs, options.orders, options.connections),
    "rpc": lambda options: rpc_bench.run(options.pairs),
    "soak": lambda options: soak_bench.run(options.minutes),
}

PLACE_ORDERS = ("flash", "overload", "redeem", "soak")
ONLY_BY_NAME = ("soak",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./mall bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(BENCHES), help="one benchmark; without a name all but soak")
    parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")
    parser.add_argument("--pairs", type=whole_number, default=5, help="interleaved pairs; footprint: warm starts (5)")
    parser.add_argument("--orders", type=whole_number, default=240, help="redeem: orders in each load (240)")
    parser.add_argument("--connections", type=whole_number, default=16, help="redeem: buyers at once (16)")
    parser.add_argument("--lines", type=whole_number, default=100_000, help="bill-run: in each file (100000)")
    parser.add_argument("--buckets", type=whole_number, default=50_000, help="expiry: in each run (50000)")
    parser.add_argument("--events", type=hundreds, default=5000, help="events: in each burst, by hundreds (5000)")
    parser.add_argument("--buyers", type=whole_number, default=2000, help="flash: who want a piece at once (2000)")
    parser.add_argument("--units", type=whole_number, default=100, help="flash: pieces (100)")
    parser.add_argument("--seconds", type=whole_number, default=20, help="overload: of each of its phases (20)")
    parser.add_argument("--reads", type=whole_number, default=1000, help="reads: in each burst (1000)")
    parser.add_argument("--redemptions", type=whole_number, default=2400, help="ledger, growth: in each burst (2400)")
    parser.add_argument("--members", type=whole_number, default=100_000, help="growth: with ten entries each (100000)")
    parser.add_argument("--minutes", type=two_or_more, default=30, help="soak: how long (30)")
    options = parser.parse_args()
    if "MALL_AMQP_URL" not in os.environ:
        return _failed("no mall to measure: start it by ./mall bench, which brings one up or takes the running one")
    names = [options.name] if options.name else sorted(set(BENCHES).difference(ONLY_BY_NAME))
    return next((code for name in names if (code := run(name, options))), 0)


def run(name: str, options: argparse.Namespace) -> int:
    """Exit status. Whatever becomes of its figures, of a benchmark that places orders the books are looked at."""
    rows: list[Row] = []
    code = 0
    try:
        rows = BENCHES[name](options)
    except Disturbed as disturbed:
        rows = disturbed.rows
        print(f"no figures, for the mall was disturbed: {disturbed}", file=sys.stderr)
    except (BenchFailed, StoryBroken, SQLAlchemyError, OSError, SubprocessError) as problem:
        code = _failed(str(problem) or type(problem).__name__)
    if name in PLACE_ORDERS:
        closing = closing_rows()
        rows = [*rows, *closing]
        code = code or int(any(row.met is False for row in closing))
    if rows:
        report(name, rows, options.json)
    return code


def whole_number(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def two_or_more(text: str) -> int:
    """Minutes: in less, two looks at the first part could be missing."""
    if (number := whole_number(text)) < 2:
        raise argparse.ArgumentTypeError("must be 2 or more")
    return number


def hundreds(text: str) -> int:
    if (number := whole_number(text)) % 100:
        raise argparse.ArgumentTypeError("must be a multiple of 100")
    return number


def _failed(problem: str) -> int:
    print(f"the benchmark did not come to an end: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
