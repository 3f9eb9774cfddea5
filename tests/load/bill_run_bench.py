"""S6: a bill run from the file to posted points, beside bare SQL that trusts the file, and beside redemptions."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

from tests.load.beside_live import BesideLive, beside_live, rows_of_live
from tests.load.bill_book import write_file
from tests.load.children import ask, running
from tests.load.cpu import Group, group_of_pids, postgres_group
from tests.load.databases import temporary_database
from tests.load.failures import BenchFailed
from tests.load.frame import Measured, Row, compare, interleave, measure, plain, rates, rows_of_cpu
from tests.load.heap_only import forget_updates, heap_only_shares, rows_of_heap_only
from tests.load.ledger_book import insist_on_order
from tests.load.references import bare_bill_run
from tests.load.wallet_book import WalletBook

GOAL_RATE, GOAL_BARE, GOAL_CHUNK_MS, GOAL_MEMORY_MB = 20_000, 0.6, 50, 200
UNIT = "lines/s"
ALONE_AT_MOST_S = 30


def run(pairs: int, lines: int) -> list[Row]:
    """``lines`` in every file, one for each wallet: ``2 * pairs + 2`` files are imported by ours, ``pairs + 1`` by the
    reference."""
    server = os.environ["MALL_DATABASE_URL"]
    with files() as folder, our_side(server, folder, lines) as ours, bare_book(server, lines) as bare:
        postgres = postgres_group(ours.book.url)
        beside_bare = interleave(pairs, partial(ours.run, postgres), partial(run_bare, bare, folder, postgres))
        with running("tests.load.live_worker", ours.book.url) as live:
            live_runs = [meanwhile(live, ours, postgres) for _ in range(pairs)]
        jobs = [live_run.job for live_run in live_runs]
        heap_only = ours.heap_only_shares()
        insist_on_order(ours.book.url)
        insist_on_order(bare.url)
    return [
        *rows_of_rates(*beside_bare),
        plain("S6.memory", "most memory of the importing process", "MB", ours.peak_mb, GOAL_MEMORY_MB),
        plain("S6.live.rate", "the same beside redemptions", UNIT, statistics.median(rates(jobs))),
        *rows_of_live("S6", live_runs),
        *rows_of_heap_only("S6", heap_only),
        *rows_of_cpu("S6", "ours", beside_bare[0], "line"),
        *rows_of_cpu("S6", "bare", beside_bare[1], "line"),
    ]


@dataclass
class OurSide:
    book: WalletBook
    worker: subprocess.Popen[str]
    folder: Path
    peak_mb: float = 0
    numbers: Iterator[int] = field(default_factory=count)

    def run(self, postgres: Group) -> Measured:
        """A new file. Latencies are those of the chunks: so long a wallet may be locked."""
        return self.run_file(self.new_file(), postgres)

    def new_file(self) -> Path:
        return write_file(self.folder, f"OURS-{next(self.numbers):03}-", self.book.wallets)

    def run_file(self, path: Path, postgres: Group) -> Measured:
        def import_it() -> list[float]:
            told = json.loads(ask(self.worker, str(path)))
            insist_on_all(told["lines"], self.book)
            self.peak_mb = max(self.peak_mb, told["peak_mb"])
            return list(told["chunks_ms"])

        return measure([group_of_pids("python", [self.worker.pid]), postgres], self.book.wallets, import_it)

    def heap_only_shares(self) -> dict[str, float]:
        """Of one file; of it alone, for opening the book and redemptions update wallets, too."""
        path = self.new_file()
        self.book.tidy()
        self.book.close()
        forget_updates(self.book.url)
        insist_on_all(json.loads(ask(self.worker, str(path)))["lines"], self.book)
        return heap_only_shares(self.book.url, f"SELECT {self.book.wallets}")


@contextmanager
def files() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-bill-run-") as folder:
        yield Path(folder)


@contextmanager
def our_side(server: str, folder: Path, wallets: int) -> Iterator[OurSide]:
    with (
        temporary_database(server, "bench_bills") as url,
        written_book(url, wallets) as book,
        running("tests.load.bill_worker", url) as worker,
    ):
        yield OurSide(book, worker, folder)


@contextmanager
def bare_book(server: str, wallets: int) -> Iterator[WalletBook]:
    with temporary_database(server, "bench_bare") as url, written_book(url, wallets) as book:
        yield book


@contextmanager
def written_book(url: str, wallets: int) -> Iterator[WalletBook]:
    book = WalletBook(url, wallets)
    try:
        yield book
    finally:
        book.close()


def run_bare(book: WalletBook, folder: Path, postgres: Group) -> Measured:
    path = write_file(folder, "BARE", book.wallets)

    def import_it() -> list[float]:
        insist_on_all(bare_bill_run.import_file(book.url, path), book)
        return []

    return measure([postgres], book.wallets, import_it)


def insist_on_all(lines: int, book: WalletBook) -> None:
    if lines != book.wallets:
        raise BenchFailed(f"{lines} of {book.wallets} lines were posted")


def meanwhile(live: subprocess.Popen[str], ours: OurSide, postgres: Group) -> BesideLive:
    path = ours.new_file()
    return beside_live(live, ours.book.wallets, partial(ours.run_file, path, postgres), ALONE_AT_MOST_S)


def rows_of_rates(mine: Sequence[Measured], theirs: Sequence[Measured]) -> list[Row]:
    both = [rates(side) for side in (mine, theirs)]
    chunks = Measured({}, 0, [took for m in mine for took in m.latencies_ms])
    what = "median time of a chunk, in which its wallets are locked"
    return [
        plain("S6.rate", "lines, from the file to posted points", UNIT, statistics.median(both[0]), GOAL_RATE, False),
        compare("S6.bare", "the same beside bare SQL", UNIT, *both, GOAL_BARE, False),
        plain("S6.chunk.p50", what, "ms", chunks.percentile(0.5), GOAL_CHUNK_MS),
        plain("S6.chunk.p99", "99th percentile of it", "ms", chunks.percentile(0.99)),
    ]
