"""Checkpoints against themselves: each says what it was signed for, and follows the one before."""

from collections.abc import Iterator

from services.chassis.data.work import Work
from services.points.domain.chart import SPENDABLE
from services.points.domain.proofs import START, Checkpoint
from services.points.domain.seals_chain import Finding
from services.points.storage.checkpoints import checkpoints_of

ALTERED, MISSING, REBUILT = "checkpoint_altered", "checkpoint_missing", "checkpoint_rebuilt"


def checkpoints_that_differ(work: Work) -> tuple[list[Finding], dict[int, str]]:
    """What is wrong with them; and the heads that those which are right know, {block: hash}."""
    findings: list[Finding] = []
    heads: dict[int, str] = {}
    for unit in SPENDABLE:
        before: Checkpoint | None = None
        for one in checkpoints_of(work, unit):
            wrong = list(_wrong(one, before))
            findings += wrong
            if not wrong:
                heads[one.upto_block] = one.head.hex()
            before = one
    return findings, heads


def _wrong(one: Checkpoint, before: Checkpoint | None) -> Iterator[Finding]:
    expected = before.no + 1 if before else 1
    for no in range(expected, one.no):
        yield {"what": MISSING, "unit": one.unit, "no": no}
    if one.own_hash() != one.hash:
        yield {"what": ALTERED, "unit": one.unit, "no": one.no}
    elif expected == one.no and one.prev not in ((before.hash, before.own_hash()) if before else (START,)):
        yield {"what": REBUILT, "unit": one.unit, "no": before.no if before else 1}
