"""S5: holding and capturing points in PostgreSQL, beside pgbench with the same statements and beside a plain ledger."""

import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from services.points.contract import SOURCES
from tests.load.cpu import Group, postgres_group
from tests.load.databases import temporary_database
from tests.load.frame import Measured, Row, compare, interleave, measure, plain, rates, rows_of_cpu
from tests.load.heap_only import forget_updates, heap_only_shares, rows_of_heap_only
from tests.load.ledger_book import WALLETS, insist_on_order, tidy, write_book
from tests.load.ledger_processes import LedgerProcesses, ledger_processes
from tests.load.ledger_script import redemption_script
from tests.load.pgbench import run_script
from tests.load.references import hordak_ledger

CONNECTIONS, CROWD = 8, 32
REDEMPTIONS, ACCRUALS = "redemptions/s", "accruals/s"
GOAL_RATE, GOAL_P99_MS, GOAL_ACCRUALS, GOAL_HEAP_ONLY = 800, 60, 2000, 95
GOAL_SCRIPT, GOAL_HORDAK, GOAL_HOT = 0.4, 3, 0.9
# Each hold and each capture updates one wallet; those that wrote the book are not meant.
WALLETS_UPDATED = f"SELECT count(*) - {2 * (WALLETS + 2)} FROM journal WHERE kind IN ('hold', 'capture')"  # noqa: S608
Sides = tuple[list[Measured], list[Measured]]


def run(pairs: int, orders: int) -> list[Row]:
    """``orders`` redemptions or accruals in each burst; every side has a database of its own on the mall's server."""
    server = os.environ["MALL_DATABASE_URL"]
    with our_side(server) as (url, ours):
        postgres = postgres_group(url)
        redeem = partial(burst, ours, postgres, "redeem", orders, CONNECTIONS, WALLETS)
        accrue = partial(burst, ours, postgres, "accrue", orders, CONNECTIONS)
        with temporary_database(server, "bench_script") as script_url:
            beside_script = interleave(pairs, redeem, script_side(script_url, postgres, orders))
            insist_on_order(script_url)  # it did what ours does
        with hordak_side(server) as hordak:
            reference = partial(burst, hordak, postgres, "redeem", orders, CONNECTIONS, WALLETS)
            beside_hordak = interleave(pairs, redeem, reference)
        heap_only = heap_only_shares(url, WALLETS_UPDATED)
        hot_beside_spread = interleave(pairs, partial(accrue, 1), partial(accrue, len(SOURCES)))
        crowd = burst(ours, postgres, "redeem", orders // 4, CROWD, 1)
        insist_on_order(url)
    return [
        *rows_of_redemptions(beside_script, beside_hordak),
        *rows_of_accruals(hot_beside_spread),
        plain("S5.one_wallet", f"hold + capture on one wallet, {CROWD} connections", REDEMPTIONS, crowd.per_second),
        *rows_of_heap_only("S5", heap_only),
        *rows_of_cpu("S5", "ours", beside_script[0], "redemption"),
        *rows_of_cpu("S5", "pgbench", beside_script[1], "redemption"),
        *rows_of_cpu("S5", "hordak", beside_hordak[1], "redemption"),
    ]


@contextmanager
def our_side(server: str) -> Iterator[tuple[str, LedgerProcesses]]:
    with temporary_database(server, "bench_ledger") as url:
        write_used_book(url)
        forget_updates(url)
        with ledger_processes("tests.load.ledger_worker", url, CROWD) as processes:
            yield url, processes


@contextmanager
def hordak_side(server: str) -> Iterator[LedgerProcesses]:
    with temporary_database(server, "bench_hordak") as url:
        hordak_ledger.write_book(url, WALLETS)
        with ledger_processes("tests.load.references.hordak_ledger", url, CONNECTIONS) as processes:
            yield processes


def write_used_book(url: str) -> str:
    """The script of a redemption, which ran for as many orders as there are wallets, beside the two that it was learnt
    from: a ledger is empty only on its first day."""
    write_book(url)
    script = redemption_script(url)
    run_script(url, script, WALLETS, CONNECTIONS)
    tidy(url)
    return script


def script_side(url: str, postgres: Group, orders: int) -> partial[Measured]:
    script = write_used_book(url)
    return partial(measure, [postgres], orders, partial(run_script, url, script, orders, CONNECTIONS))


def burst(side: LedgerProcesses, postgres: Group, word: str, count: int, connections: int, among: int) -> Measured:
    return measure([side.group, postgres], count, partial(side.ask, word, count, connections, among))


def rows_of_redemptions(beside_script: Sides, beside_hordak: Sides) -> list[Row]:
    mine = [*beside_script[0], *beside_hordak[0]]
    what = f"hold + capture, {CONNECTIONS} connections"
    by_script, by_hordak = ([rates(side) for side in sides] for sides in (beside_script, beside_hordak))
    latencies = Measured({}, 0, [took for measured in mine for took in measured.latencies_ms])
    return [
        plain("S5.rate", what, REDEMPTIONS, statistics.median(rates(mine)), GOAL_RATE, at_most=False),
        compare("S5.script", f"{what}, beside pgbench", REDEMPTIONS, *by_script, GOAL_SCRIPT, False),
        compare("S5.hordak", f"{what}, beside one transfer as hordak", REDEMPTIONS, *by_hordak, GOAL_HORDAK, False),
        plain("S5.p50", f"{what}: median", "ms", latencies.percentile(0.5)),
        plain("S5.p99", f"{what}: 99th percentile", "ms", latencies.percentile(0.99), GOAL_P99_MS),
    ]


def rows_of_accruals(sides: Sides) -> list[Row]:
    both = [rates(side) for side in sides]
    one = statistics.median([*both[0], *both[1]])
    return [
        plain("S5.accrual", f"accruals one by one, {CONNECTIONS} connections", ACCRUALS, one, GOAL_ACCRUALS, False),
        compare("S5.hot", f"one issuing account beside {len(SOURCES)}", ACCRUALS, *both, GOAL_HOT, False),
        *rows_of_cpu("S5", "accrual", [*sides[0], *sides[1]], "accrual"),
    ]
