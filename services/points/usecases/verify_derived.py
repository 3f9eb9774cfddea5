"""What is derived, worked out again: balances, buckets and leaves from entries, the tree from its leaves."""

from collections.abc import Iterator
from typing import Any

from services.chassis.data.work import Work, Works
from services.points.domain.chart import SPENDABLE
from services.points.domain.merkle import root_of
from services.points.domain.seals_chain import Finding
from services.points.storage import checkpoints, proofs, proofs_tree
from services.points.storage.derived_rows import figures_that_differ, slices_of_accounts
from services.points.storage.proofs import GROUP_BITS
from services.points.storage.proofs_tree import LOWER, UPPER, Place
from services.points.usecases.progress import Progress

ACCOUNTS_AT_A_TIME, GROUPS_AT_A_TIME = 2000, 64
FIGURE_DIFFERS = "figure_differs"


def derived_rows_that_differ(works: Works, progress: Progress) -> Iterator[Finding]:
    """Each slice of accounts as of one moment: memory does not grow with the ledger, nor does a snapshot grow old."""
    with works.begin() as work:
        slices = slices_of_accounts(work, ACCOUNTS_AT_A_TIME)
    for done, (first, last) in enumerate(slices, start=1):
        with works.still() as work:
            upto = _leaves_upto(work)
            yield from [_figure(table, row) for table, row in figures_that_differ(work, first, last, upto)]
        progress("balances", done, len(slices))
    for unit in SPENDABLE:
        yield from _tree(works, unit)


def _leaves_upto(work: Work) -> int:
    blocks = {each.upto_block for each in proofs.progress_of_leaves(work).values()}
    journals = [found for block in blocks if (found := checkpoints.journals_of_block(work, block))]
    return max((last for _, last in journals), default=0)


def _figure(table: str, row: Any) -> Finding:
    whose = {"account_id": row.account_id, "unit": row.unit, "kind": row.kind, "owner": row.owner}
    return _row(table, str(row.key), row.name, row.said, row.booked) | whose


def _tree(works: Works, unit: str) -> Iterator[Finding]:
    """Stale nodes, and what stands above them, are to be made anew, and say nothing."""
    with works.still() as work:
        stale = set(proofs_tree.stale_nodes(work, unit, LOWER))
        outgrown = {*proofs_tree.stale_nodes(work, unit, UPPER), *(place >> GROUP_BITS for place in stale)}
        groups = [each for each in proofs_tree.nodes_below(work, unit, LOWER, None) if each.place not in stale]
        upper = [each for each in proofs_tree.nodes_below(work, unit, UPPER, None) if each.place not in outgrown]
        for start in range(0, len(groups), GROUPS_AT_A_TIME):
            some = groups[start : start + GROUPS_AT_A_TIME]
            yield from _that_differ(unit, LOWER, some, _groups_again(work, unit, some))
        yield from _that_differ(unit, UPPER, upper, _above(work, unit, upper))
        if not outgrown:
            yield from _root(work, unit, upper)
        yield from _progress(work, unit)


def _groups_again(work: Work, unit: str, groups: list[Place]) -> dict[int, Place]:
    leaves = proofs.groups_of_leaves(work, unit, [each.place for each in groups])
    return {place: Place(place, len(some), root_of([each.as_node() for each in some])) for place, some in leaves}


def _above(work: Work, unit: str, upper: list[Place]) -> dict[int, Place]:
    below = {each.place: proofs_tree.nodes_below(work, unit, LOWER, each.place) for each in upper}
    return {
        place: Place(place, sum(each.leaves for each in nodes), root_of([each.node for each in nodes]))
        for place, nodes in below.items()
        if nodes
    }


def _root(work: Work, unit: str, upper: list[Place]) -> Iterator[Finding]:
    """Of a tree that has not grown since its checkpoint."""
    signed, progress = checkpoints.newest_checkpoint(work, unit), proofs.progress_of_leaves(work)[unit]
    root = root_of([each.node for each in upper]).hash.hex() if upper else None
    if signed and signed.upto_block == progress.upto_block and signed.root.hex() != root:
        yield _row("proof_node", unit, "root", root, signed.root.hex())


def _that_differ(unit: str, level: int, said: list[Place], made: dict[int, Place]) -> Iterator[Finding]:
    for one in said:
        other = made.get(one.place)
        if one != other:
            yield _row("proof_node", f"{unit} {level} {one.place}", "hash", _figures(one), other and _figures(other))


def _figures(place: Place) -> str:
    return f"{place.node.sum} in {place.leaves} leaves, {place.node.hash.hex()}"


def _progress(work: Work, unit: str) -> Iterator[Finding]:
    """Entries sum to zero, so what all other accounts have is what the leaves have, negative."""
    said, leaves = proofs.progress_of_leaves(work)[unit].in_others, -proofs.sum_of_leaves(work, unit)
    if said != leaves:
        yield _row("proof_progress", unit, "in_others", str(said), str(leaves))


def _row(table: str, key: str, column: str, said: str | None, booked: str | None) -> Finding:
    return {"what": FIGURE_DIFFERS, "table": table, "key": key, "column": column, "said": said, "booked": booked}
