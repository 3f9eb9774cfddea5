"""The proof of a member's balance as of the newest checkpoint, as one document that can be checked without us."""

import json
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.merkle import Node, Step, path_to, root_from
from services.points.domain.proofs import PROOF_FORM, START, Checkpoint, Leaf, extended
from services.points.storage import checkpoints, proofs, proofs_tree
from services.points.storage.proofs import GROUP_BITS, POSTING_COLUMNS
from services.points.storage.proofs_tree import LOWER, UPPER
from services.points.storage.wallets import find_wallet_id

AMOUNT = 1 + list(POSTING_COLUMNS).index("amount")  # behind the name of the format


class LeafDiffers(RuntimeError):
    """What was checkpointed is not what the ledger says: the audit and ``ledger verify`` tell more."""


def get_balance_proof(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's BalanceProof. ``work`` must see one moment: leaves, nodes and checkpoint belong together."""
    account_id = find_wallet_id(work, request["member_id"], request["unit"])
    if account_id is None:
        raise Refused(contract.ACCOUNT_UNKNOWN, "the member has no account")
    leaf, checkpoint = proofs.find_leaf(work, account_id), checkpoints.newest_checkpoint(work, request["unit"])
    if leaf is None or checkpoint is None or _is_being_taken(work, checkpoint):
        raise Refused(contract.PROOF_NOT_READY, "no checkpoint covers the wallet yet, or one is being taken")
    steps = _path(work, leaf)
    if root_from(leaf.as_node(), steps) != Node(checkpoint.root, checkpoint.total):
        raise LeafDiffers(f"the path of account {account_id} does not lead to checkpoint {checkpoint.no}")
    return {
        "format": PROOF_FORM,
        "account": {"member_id": leaf.member_id, "account_id": account_id, "unit": leaf.unit},
        "leaf": {"balance": leaf.balance, "entries": leaf.entries, "digest": leaf.digest.hex()}
        | {"last_journal": leaf.last_journal},
        "path": [{"side": step.side, "hash": step.node.hash.hex(), "sum": step.node.sum} for step in steps],
        **_postings(work, leaf, checkpoint),
        "checkpoint": checkpoint.document(),
    }


def _is_being_taken(work: Work, newest: Checkpoint) -> bool:
    """The leaves are ahead of the newest checkpoint."""
    return proofs.progress_of_leaves(work)[newest.unit].upto_block != newest.upto_block


def _path(work: Work, leaf: Leaf) -> list[Step]:
    """Through the group of leaves, through the groups of the node above it, through all nodes at the top."""
    group = leaf.account_id >> GROUP_BITS
    [(_, leaves)] = proofs.groups_of_leaves(work, leaf.unit, [group])
    steps = path_to([each.as_node() for each in leaves], [each.account_id for each in leaves].index(leaf.account_id))
    for level, place, parent in ((LOWER, group, group >> GROUP_BITS), (UPPER, group >> GROUP_BITS, None)):
        nodes = proofs_tree.nodes_below(work, leaf.unit, level, parent)
        steps += path_to([each.node for each in nodes], [each.place for each in nodes].index(place))
    return steps


def _postings(work: Work, leaf: Leaf, checkpoint: Checkpoint) -> dict[str, Any]:
    """The newest postings one by one, those before them as what they came to."""
    upto = checkpoints.head_at(work, checkpoint.upto_block).last_journal
    lines = [json.loads(line) for line in proofs.posting_lines(work, leaf.account_id, upto)]
    older, shown = lines[: -contract.LARGEST_PROOF], lines[-contract.LARGEST_PROOF :]
    before = _chained(START, older)
    if _chained(before, shown) != leaf.digest or sum(line[AMOUNT] for line in lines) != leaf.balance:
        raise LeafDiffers(f"the entries of account {leaf.account_id} are not those of checkpoint {checkpoint.no}")
    older_balance = sum(line[AMOUNT] for line in older)
    return {
        "before": {"entries": len(older), "balance": older_balance, "digest": before.hex()},
        "postings": [dict(zip(POSTING_COLUMNS, line[1:], strict=True)) for line in shown],
    }


def _chained(digest: bytes, lines: list[list[Any]]) -> bytes:
    for line in lines:
        digest = extended(digest, line)
    return digest
