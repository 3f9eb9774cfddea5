"""Merkle sum trees: every leaf proves itself against root and total, and nothing else does."""

import hashlib

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.points.domain.merkle import LEFT, RIGHT, Node, Step, joined, leaf, path_to, root_from, root_of

amounts = st.lists(st.integers(0, 2**40), min_size=1, max_size=70)


def leaves_of(sums: list[int]) -> list[Node]:
    return [leaf(str(place).encode(), amount) for place, amount in enumerate(sums)]


def by_definition(nodes: list[Node]) -> Node:
    """RFC 6962: split at the largest power of two below the number of leaves."""
    if len(nodes) == 1:
        return nodes[0]
    split = 1
    while split * 2 < len(nodes):
        split *= 2
    return joined(by_definition(nodes[:split]), by_definition(nodes[split:]))


@given(amounts)
def test_the_tree_has_the_shape_of_rfc_6962_and_sums_up(sums: list[int]):
    root = root_of(leaves_of(sums))

    assert root == by_definition(leaves_of(sums))
    assert root.sum == sum(sums)


@given(amounts, st.data())
def test_every_path_leads_to_the_root(sums: list[int], data: st.DataObject):
    nodes = leaves_of(sums)
    place = data.draw(st.integers(0, len(nodes) - 1))

    steps = path_to(nodes, place)

    assert root_from(nodes[place], steps) == root_of(nodes)
    assert len(steps) <= (len(nodes) - 1).bit_length()


@given(st.lists(st.integers(0, 100), min_size=2, max_size=70), st.data())
def test_another_amount_leads_elsewhere(sums: list[int], data: st.DataObject):
    nodes = leaves_of(sums)
    place = data.draw(st.integers(0, len(nodes) - 1))
    steps = path_to(nodes, place)
    at = data.draw(st.integers(0, len(steps) - 1))
    step = steps[at]
    forged = [*steps[:at], Step(step.side, Node(step.node.hash, step.node.sum + 1)), *steps[at + 1 :]]

    assert root_from(leaf(str(place).encode(), sums[place] + 1), steps) != root_of(nodes)
    assert root_from(nodes[place], forged).hash != root_of(nodes).hash


@given(amounts, st.integers(1, 6))
def test_nodes_over_groups_of_two_to_the_n_give_the_same_root(sums: list[int], bits: int):
    nodes, size = leaves_of(sums), 1 << bits
    groups = [root_of(nodes[start : start + size]) for start in range(0, len(nodes), size)]

    assert root_of(groups) == root_of(nodes)


def test_a_node_cannot_be_taken_for_a_leaf():
    one, other = leaf(b"a", 1), leaf(b"b", 2)
    inside = one.hash + (1).to_bytes(8, "big") + other.hash + (2).to_bytes(8, "big")

    assert joined(one, other) == Node(hashlib.sha256(b"\x01" + inside).digest(), 3)
    assert leaf(inside, 3).hash == hashlib.sha256(b"\x00" + inside).digest() != joined(one, other).hash


def test_a_sum_below_zero_is_no_sum():
    with pytest.raises(OverflowError):
        joined(leaf(b"a", -1), leaf(b"b", 2))


def test_a_path_says_on_which_side_the_siblings_stand():
    nodes = leaves_of([1, 2, 3])

    assert [step.side for step in path_to(nodes, 0)] == [RIGHT, RIGHT]
    assert [step.side for step in path_to(nodes, 1)] == [LEFT, RIGHT]
    assert path_to(nodes, 2) == [Step(LEFT, joined(nodes[0], nodes[1]))]  # an odd last one goes up as it is
