"""Merkle sum trees: the root commits to every leaf and to the sum of all of them.

A leaf's hash is SHA-256 of 0x00 and its content; a node's is SHA-256 of 0x01 and, left then right, each child's hash
and its sum in eight bytes, big end first. An odd last node goes up as it is (the shape of RFC 6962). No sum is
negative: otherwise an account of less than nothing could hide what another one has.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEFT, RIGHT = "left", "right"
_SUM_BYTES = 8


class Node(NamedTuple):
    hash: bytes
    sum: int


@dataclass(frozen=True)
class Step:
    """The sibling on the way up, and on which side of the path it stands."""

    side: str
    node: Node


def leaf(content: bytes, amount: int) -> Node:
    return Node(hashlib.sha256(b"\x00" + content).digest(), amount)


def joined(left: Node, right: Node) -> Node:
    return Node(hashlib.sha256(b"\x01" + _packed(left) + _packed(right)).digest(), left.sum + right.sum)


def root_of(nodes: Sequence[Node]) -> Node:
    """At least one node."""
    level = list(nodes)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def path_to(nodes: Sequence[Node], place: int) -> list[Step]:
    """From the node at ``place`` up to the root of ``nodes``, sibling by sibling."""
    steps, level = [], list(nodes)
    while len(level) > 1:
        sibling = place ^ 1
        if sibling < len(level):
            steps.append(Step(LEFT if sibling < place else RIGHT, level[sibling]))
        level, place = _level_above(level), place // 2
    return steps


def root_from(node: Node, steps: Iterable[Step]) -> Node:
    for step in steps:
        node = joined(step.node, node) if step.side == LEFT else joined(node, step.node)
    return node


def _level_above(level: list[Node]) -> list[Node]:
    pairs = [joined(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return pairs + level[len(pairs) * 2 :]


def _packed(node: Node) -> bytes:
    return node.hash + node.sum.to_bytes(_SUM_BYTES, "big")
