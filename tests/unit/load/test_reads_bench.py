"""The rows of the reads: each reference with its own goal, on the pairs of its own."""

from tests.load.frame import Measured
from tests.load.read_setting import Read, Sql
from tests.load.reads_bench import rows_of

BALANCE = Read("balance", "a member's balance", b"GET", None, "/products/product_1", Sql("", [], []))


def bursts(*cpu_ms: float) -> list[Measured]:
    return [Measured({"gateway": ms / 2, "points": ms / 2}, 100.0) for ms in cpu_ms]


def test_every_reference_is_compared_within_its_pairs() -> None:
    compared = {"plain": (bursts(4, 6), bursts(4, 5)), "naive": (bursts(4, 4), bursts(8, 10))}

    rows = {row.id: row for row in rows_of(BALANCE, compared)}

    plain, naive = rows["S2.balance.plain"], rows["S2.balance.naive"]
    assert (plain.ours, plain.reference, plain.ratio, plain.goal, plain.met) == (5, 4.5, 1.1, "<= 1.0 x", False)
    assert (naive.ours, naive.reference, naive.ratio, naive.goal, naive.met) == (4, 9, 0.45, "<= 0.5 x", True)


def test_what_each_process_used_is_told_over_what_was_not_kept() -> None:
    compared = {"hello": (bursts(4), bursts(2)), "plain": (bursts(8), bursts(4)), "naive": (bursts(6), bursts(10))}

    rows = {row.id: row for row in rows_of(BALANCE, compared)}

    assert (rows["S2.balance.gateway"].ours, rows["S2.balance.gateway"].unit) == (3500, "CPU-us/read")
    assert (rows["S2.balance.hello"].ratio, rows["S2.balance.hello"].met) == (2.0, False)
