"""A checkpoint: one hash that commits to the balance of every wallet as of a seal, and to their total.

It is taken step by step, each a transaction of its own: stopped anywhere, the next run goes on. Between the first step
and the last no balance can be proved.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.points import contract
from services.points.domain.chart import POINTS, SPENDABLE
from services.points.domain.merkle import root_of
from services.points.domain.proofs import START, Checkpoint
from services.points.storage import checkpoints, proofs, proofs_tree
from services.points.storage.locks import alone_at
from services.points.storage.proofs import GROUP_BITS
from services.points.storage.proofs_tree import LOWER, UPPER, Place

GROUPS_AT_A_TIME = 256
log = structlog.get_logger(__name__)


class TotalsDiffer(RuntimeError):
    """Leaves, wallets and other accounts do not say the same: nothing is signed before somebody has found out why."""


class _AnotherIsAtIt(Exception):
    pass


def take_checkpoint(works: Works) -> list[Checkpoint]:
    """One a unit, all as of one seal; none if nothing was sealed since the last, or another process is at it."""
    try:
        while _grow_by_a_block(works):
            pass
        for unit in SPENDABLE:
            while _freshen_groups(works, unit):
                pass
        return _sign(works)
    except _AnotherIsAtIt:
        return []


def take_daily_checkpoint(works: Works) -> list[Checkpoint]:
    """Nothing if today, by the calendar in China, one was taken."""
    with works.begin() as work:
        today = local_date(work.now)
        newest = [checkpoints.newest_checkpoint(work, unit) for unit in SPENDABLE]
    if any(one and one.day >= today for one in newest):
        return []
    return take_checkpoint(works)


@contextmanager
def _step(works: Works) -> Iterator[Work]:
    with works.begin() as work:
        work.at_leisure()
        if not alone_at(work, "take_checkpoint"):
            raise _AnotherIsAtIt
        yield work


def _grow_by_a_block(works: Works) -> bool:
    with _step(works) as work:
        block = proofs.progress_of_leaves(work)[POINTS].upto_block + 1
        journals = checkpoints.journals_of_block(work, block)
        if journals:
            proofs.grow_leaves(work, block, *journals)
    return journals is not None


def _freshen_groups(works: Works, unit: str) -> bool:
    with _step(works) as work:
        stale = proofs_tree.stale_nodes(work, unit, LOWER, GROUPS_AT_A_TIME)
        groups = [
            Place(place, len(leaves), root_of([each.as_node() for each in leaves]))
            for place, leaves in proofs.groups_of_leaves(work, unit, stale)
        ]
        proofs_tree.write_nodes(work, unit, LOWER, groups)
        proofs_tree.note_outgrown(work, unit, UPPER, {place >> GROUP_BITS for place in stale})
    return bool(stale)


def _sign(works: Works) -> list[Checkpoint]:
    with _step(works) as work:
        if any(proofs_tree.stale_nodes(work, unit, LOWER, 1) for unit in SPENDABLE):
            raise _AnotherIsAtIt  # leaves have grown meanwhile
        progress = proofs.progress_of_leaves(work)
        taken = [_signed(work, unit, progress[unit]) for unit in SPENDABLE]
    return [one for one in taken if one]


def _signed(work: Work, unit: str, progress: proofs.Progress) -> Checkpoint | None:
    before, root = checkpoints.newest_checkpoint(work, unit), _root(work, unit)
    if progress.upto_block == (before.upto_block if before else 0):
        return None
    head = checkpoints.head_at(work, progress.upto_block)
    _require_equal_totals(work, unit, head.last_journal, root.node.sum if root else 0, -progress.in_others)
    if root is None:
        return None
    checkpoint = Checkpoint(
        unit=unit,
        no=before.no + 1 if before else 1,
        day=local_date(work.now),
        upto_block=head.block,
        head=head.hash,
        accounts=root.leaves,
        total=root.node.sum,
        root=root.node.hash,
        prev=before.hash if before else START,
        taken_at=work.now,
    ).signed()
    checkpoints.write_checkpoint(work, checkpoint)
    _announce(work, checkpoint)
    return checkpoint


def _root(work: Work, unit: str) -> Place | None:
    """None if there is no leaf."""
    stale = proofs_tree.stale_nodes(work, unit, UPPER)
    fresh = [_above(place, proofs_tree.nodes_below(work, unit, LOWER, place)) for place in stale]
    proofs_tree.write_nodes(work, unit, UPPER, fresh)
    top = proofs_tree.nodes_below(work, unit, UPPER, None)
    return _above(0, top) if top else None


def _above(place: int, nodes: list[Place]) -> Place:
    return Place(place, sum(each.leaves for each in nodes), root_of([each.node for each in nodes]))


def _require_equal_totals(work: Work, unit: str, upto_journal: int, in_leaves: int, by_others: int) -> None:
    in_wallets = checkpoints.total_in_wallets(work, unit, upto_journal)
    if not in_leaves == by_others == in_wallets:
        raise TotalsDiffer(
            f"{unit} up to journal {upto_journal}: {in_leaves} in the leaves, {in_wallets} in the wallets,"
            f" {-by_others} in all other accounts"
        )


def _announce(work: Work, checkpoint: Checkpoint) -> None:
    """The event and the log line are the anchor: they leave the database in which everything else could be rebuilt."""
    said = checkpoint.document()
    work.emit(contract.CHECKPOINT_SEALED, f"checkpoint:{checkpoint.unit}", said, checkpoint.no)
    log.info("checkpoint_sealed", **said)
