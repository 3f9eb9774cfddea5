"""S7: booking expired points, beside one bare SQL statement that does it at once, and beside redemptions that go on."""

import json
import os
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.load.beside_live import BesideLive, beside_live, rows_of_live
from tests.load.children import ask, running
from tests.load.cpu import Group, group_of_pids, postgres_group
from tests.load.databases import temporary_database
from tests.load.expiry_book import ExpiryBook, written_book
from tests.load.failures import BenchFailed
from tests.load.frame import Measured, Row, compare, interleave, measure, plain, rates, rows_of_cpu
from tests.load.heap_only import forget_updates, heap_only_shares
from tests.load.ledger_book import insist_on_order
from tests.load.references.bare_expiry import expire_all

GOAL_RATE, GOAL_BARE = 10_000, 0.33
UNIT = "buckets/s"


def run(pairs: int, buckets: int) -> list[Row]:
    """``buckets`` expired ones, one a wallet, in each run: 2 * (pairs + 1) beside the statement, ``pairs`` beside
    redemptions, and one to count updates."""
    server = os.environ["MALL_DATABASE_URL"]
    with our_side(server, buckets) as ours, bare_side(server, buckets) as bare:
        postgres = postgres_group(ours.book.url)
        beside_bare = interleave(pairs, partial(ours.expire, postgres), partial(expire_bare, bare, postgres))
        with running("tests.load.live_worker", ours.book.url) as live:
            live_runs = [meanwhile(live, ours, postgres) for _ in range(pairs)]
        jobs = [live_run.job for live_run in live_runs]
        heap_only = ours.heap_only_share()
        insist_on_order(ours.book.url)
    return [
        *rows_of_rates(*beside_bare),
        plain("S7.live.rate", "the same beside redemptions", UNIT, statistics.median(rates(jobs))),
        *rows_of_live("S7", live_runs),
        plain("S7.heap_only", "updates of wallets that left the indexes alone", "%", heap_only),
        *rows_of_cpu("S7", "ours", beside_bare[0], "bucket"),
        *rows_of_cpu("S7", "bare", beside_bare[1], "bucket"),
    ]


@dataclass(frozen=True)
class OurSide:
    book: ExpiryBook
    worker: subprocess.Popen[str]

    def expire(self, postgres: Group) -> Measured:
        """A deal, booked. Latencies are those of the chunks: so long a wallet may be locked."""
        self.book.deal_expired()
        return self.book_deal(postgres)

    def book_deal(self, postgres: Group) -> Measured:
        def run_job() -> list[float]:
            told = json.loads(ask(self.worker, "expire"))
            insist_on_all(told["buckets"], self.book)
            return list(told["chunks_ms"])

        return measure([group_of_pids("python", [self.worker.pid]), postgres], self.book.wallets, run_job)

    def heap_only_share(self) -> float:
        """Of one deal; of it alone, for dealing updates wallets, too."""
        self.book.deal_expired()
        self.book.close()
        forget_updates(self.book.url)
        insist_on_all(json.loads(ask(self.worker, "expire"))["buckets"], self.book)
        return heap_only_shares(self.book.url, f"SELECT {self.book.wallets}")["account"]


@contextmanager
def our_side(server: str, wallets: int) -> Iterator[OurSide]:
    with (
        temporary_database(server, "bench_expiry") as url,
        written_book(url, wallets) as book,
        running("tests.load.expiry_worker", url) as worker,
    ):
        yield OurSide(book, worker)


@contextmanager
def bare_side(server: str, wallets: int) -> Iterator[ExpiryBook]:
    with temporary_database(server, "bench_bare") as url, written_book(url, wallets) as book:
        yield book


def expire_bare(book: ExpiryBook, postgres: Group) -> Measured:
    book.deal_expired()

    def run_statement() -> list[float]:
        insist_on_all(expire_all(book.url), book)
        return []

    return measure([postgres], book.wallets, run_statement)


def insist_on_all(buckets: int, book: ExpiryBook) -> None:
    if buckets != book.wallets:
        raise BenchFailed(f"{buckets} of {book.wallets} buckets were booked")


def meanwhile(live: subprocess.Popen[str], ours: OurSide, postgres: Group) -> BesideLive:
    ours.book.deal_expired()
    return beside_live(live, ours.book.wallets, partial(ours.book_deal, postgres), most_s=60)


def rows_of_rates(mine: Sequence[Measured], theirs: Sequence[Measured]) -> list[Row]:
    both = [rates(side) for side in (mine, theirs)]
    chunks = Measured({}, 0, [took for m in mine for took in m.latencies_ms])
    return [
        plain("S7.rate", "expired buckets booked", UNIT, statistics.median(both[0]), GOAL_RATE, at_most=False),
        compare("S7.bare", "the same beside one bare statement", UNIT, *both, GOAL_BARE, False),
        plain("S7.chunk.p50", "median time of a chunk, in which its wallets are locked", "ms", chunks.percentile(0.5)),
        plain("S7.chunk.p99", "99th percentile of it", "ms", chunks.percentile(0.99)),
    ]
