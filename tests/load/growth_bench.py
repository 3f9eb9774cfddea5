"""S9: what a redemption costs in a book of very many members, beside a small one; and what a second process adds."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial

from tests.load.cpu import Group, postgres_group
from tests.load.databases import temporary_database
from tests.load.frame import Measured, Row, compare, interleave, measure, rates, rows_of_cpu
from tests.load.ledger_book import insist_on_order
from tests.load.ledger_processes import LedgerProcesses, ledger_processes
from tests.load.wallet_book import LAST_DAY, WalletBook

FEW = 1_000
DEALS = 10  # entries of each member; the first is the book's own
POINTS_EACH = 1_000
CONNECTIONS = 8
CORES = 4  # two processes, PostgreSQL, and whoever else there is
GOAL_CPU, GOAL_SECOND = 1.2, 1.7
WORKER = "tests.load.ledger_worker"


def run(pairs: int, members: int, redemptions: int) -> list[Row]:
    """``redemptions`` in each burst; both books are on the mall's server, and audited in the end."""
    server = os.environ["MALL_DATABASE_URL"]
    with ExitStack() as stack:
        grown, young = (stack.enter_context(written_book(server, wallets)) for wallets in (members, FEW))
        postgres = postgres_group(server)
        mine, theirs, one = (
            partial(burst, stack.enter_context(processes), postgres, redemptions, wallets)
            for processes, wallets in (
                (ledger_processes(WORKER, grown, CONNECTIONS), members),
                (ledger_processes(WORKER, young, CONNECTIONS), FEW),
                (ledger_processes(WORKER, grown, CONNECTIONS, processes=1), members),
            )
        )
        beside_young = interleave(pairs, mine, theirs)
        beside_one = interleave(pairs, mine, one)
        for url in (grown, young):
            insist_on_order(url)
    return [
        row_of_growth(members, *beside_young),
        row_of_second(*beside_one),
        *rows_of_cpu("S9", "grown", beside_young[0], "redemption"),
        *rows_of_cpu("S9", "young", beside_young[1], "redemption"),
    ]


@contextmanager
def written_book(server: str, wallets: int) -> Iterator[str]:
    """Each wallet with ``DEALS`` entries, in as many buckets."""
    with temporary_database(server, "bench_growth") as url:
        book = WalletBook(url, wallets)
        for earlier in range(1, DEALS):
            book.deal(date(LAST_DAY.year - earlier, LAST_DAY.month, LAST_DAY.day), POINTS_EACH)
        book.close()
        yield url


def burst(side: LedgerProcesses, postgres: Group, redemptions: int, wallets: int) -> Measured:
    run = partial(side.ask, "redeem", redemptions, CONNECTIONS, wallets)
    return measure([side.group, postgres], redemptions, run)


def row_of_growth(members: int, mine: list[Measured], theirs: list[Measured]) -> Row:
    cpu = [[measured.cpu_total for measured in side] for side in (mine, theirs)]
    what = f"CPU of hold + capture, {members:,} members and {DEALS * members:,} entries beside {FEW:,} members"
    return compare("S9.cpu", what, "CPU-ms", *cpu, GOAL_CPU, True)


def row_of_second(mine: list[Measured], one: list[Measured]) -> Row:
    """Where no core is free a second process can only take from PostgreSQL's: then there is no goal."""
    cores = os.cpu_count() or 1
    what = f"hold + capture, two processes beside one, PostgreSQL with them on {cores} cores"
    goal = GOAL_SECOND if cores >= CORES else None
    return compare("S9.second", what, "redemptions/s", rates(mine), rates(one), goal, False)
