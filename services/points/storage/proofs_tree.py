"""The stored nodes of the balance trees. What stands above changed leaves is stale until it was made anew."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.domain.merkle import Node
from services.points.storage.proofs import GROUP_BITS

LOWER, UPPER = 1, 2  # levels
_BELOW = sa.text("""
    SELECT place, leaves, sum, hash FROM proof_node
    WHERE unit = :unit AND level = :level AND place BETWEEN :first AND :last ORDER BY place
""")
_STALE = sa.text("""
    SELECT place FROM proof_node WHERE level = :level AND unit = :unit AND stale ORDER BY place LIMIT :most
""")
_OUTGROWN = sa.text("""
    INSERT INTO proof_node (unit, level, place) SELECT :unit, :level, * FROM unnest(CAST(:places AS bigint[]))
    ON CONFLICT (unit, level, place) DO UPDATE SET stale = true
""")
_WRITE = sa.text("""
    UPDATE proof_node SET stale = false, leaves = made.leaves, sum = made.sum, hash = made.hash
    FROM unnest(CAST(:places AS bigint[]), CAST(:leaves AS bigint[]), CAST(:sums AS bigint[]),
                CAST(:hashes AS bytea[])) AS made (place, leaves, sum, hash)
    WHERE proof_node.unit = :unit AND proof_node.level = :level AND proof_node.place = made.place
""")


class Place(NamedTuple):
    """A node with ``leaves`` below it."""

    place: int
    leaves: int
    node: Node


def nodes_below(work: Work, unit: str, level: int, parent: int | None) -> list[Place]:
    """Nodes of ``level`` under one of the level above; all of them, if ``parent`` is None."""
    first, last = (0, 2**62) if parent is None else (parent << GROUP_BITS, ((parent + 1) << GROUP_BITS) - 1)
    rows = work.execute(_BELOW, {"unit": unit, "level": level, "first": first, "last": last})
    return [Place(row.place, row.leaves, Node(bytes(row.hash), row.sum)) for row in rows]


def stale_nodes(work: Work, unit: str, level: int, most: int | None = None) -> list[int]:
    """Their places, in order; at most ``most``, if that is given."""
    return list(work.execute(_STALE, {"unit": unit, "level": level, "most": most}).scalars())


def note_outgrown(work: Work, unit: str, level: int, places: Iterable[int]) -> None:
    work.execute(_OUTGROWN, {"unit": unit, "level": level, "places": sorted(places)})


def write_nodes(work: Work, unit: str, level: int, nodes: Sequence[Place]) -> None:
    """Of stale places; they are stale no more."""
    columns = {
        "places": [each.place for each in nodes],
        "leaves": [each.leaves for each in nodes],
        "sums": [each.node.sum for each in nodes],
        "hashes": [each.node.hash for each in nodes],
    }
    written = work.execute(_WRITE, {"unit": unit, "level": level, **columns}).rowcount
    if written != len(nodes):
        raise RuntimeError(f"{written} of {len(nodes)} nodes of level {level} were stale")
