"""Which parts of the ledger are audited at a time, and what stays known to be broken."""

from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from services.points.domain.audits import FULL, INCREMENTAL, AuditRun, Slice, known_breaches, merged_slices


@given(st.lists(st.integers(1, 60), max_size=30), st.integers(1, 50))
def test_slices_cover_all_blocks_in_order_and_are_as_large_as_they_may_be(sizes: list[int], most: int):
    blocks = [Slice(place * 10 + 1, place * 10 + 10, lines) for place, lines in enumerate(sizes)]

    slices = list(merged_slices(blocks, most))

    assert sum(part.lines for part in slices) == sum(sizes)
    assert [part.first for part in slices][:1] == [block.first for block in blocks][:1]
    assert [part.last for part in slices][-1:] == [block.last for block in blocks][-1:]
    assert all(one.last + 1 == other.first for one, other in pairwise(slices))
    starts = {block.first: block.lines for block in blocks}
    assert all(one.lines + starts[other.first] > most for one, other in pairwise(slices))
    assert all(part.lines <= most or part.lines == starts[part.first] for part in slices)


def run(kind: str, **found: int) -> AuditRun:
    return AuditRun(kind, 0, [{"name": name, "found": ["x"] * count} for name, count in found.items()])


def test_nothing_is_known_before_the_first_audit():
    assert known_breaches([]) == {}


def test_a_breach_stays_known_until_a_full_audit_does_not_find_it():
    broken = [run(FULL, wallet=2), run(INCREMENTAL, bucket=1), run(INCREMENTAL), run(INCREMENTAL, wallet=1)]

    assert known_breaches(broken) == {"wallet": 2, "bucket": 1}
    assert known_breaches([*broken, run(FULL)]) == {}
