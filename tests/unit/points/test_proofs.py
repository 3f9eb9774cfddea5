"""What is hashed for a proof: pinned, so that proofs that members keep stay good; and the script that checks them."""

import ast
import sys
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.points import contract, verify_proof
from services.points.domain.proofs import POSTING_FORM, START, Checkpoint, Leaf, extended
from services.points.storage.proofs import POSTING_COLUMNS

LEAF = Leaf("PTS", 17, "mbr_0192f0c1a2b34c5d8e9f001122334455", 120, 3, b"d" * 32, 9)
CHECKPOINT = Checkpoint(
    unit="PTS",
    no=2,
    day=date(2026, 11, 20),
    upto_block=5,
    head=b"h" * 32,
    accounts=3,
    total=1000,
    root=b"r" * 32,
    prev=b"p" * 32,
    taken_at=datetime(2026, 11, 20, 4, 0, 0, 120_000, tzinfo=UTC),
)
OTHERS = {
    "unit": "COIN",
    "no": 3,
    "day": date(2026, 11, 21),
    "upto_block": 6,
    "head": b"x" * 32,
    "accounts": 4,
    "total": 1001,
    "root": b"x" * 32,
    "prev": b"x" * 32,
    "taken_at": datetime(2026, 11, 20, 4, 0, 0, 120_001, tzinfo=UTC),
}


def test_hashes_are_what_they_always_were():
    posting = [
        POSTING_FORM,
        3,
        1,
        -20,
        0,
        "9999-12-31",
        "capture",
        None,
        '引号" \\ \n\x07\x7f\u2028😀',
        "t",
        "t",
        "0" * 64,
    ]

    assert LEAF.as_node().hash.hex() == "9e465cf2937892cde013092ea9478b1275ead06eeedeacaad85181be5dd1ecb7"
    assert CHECKPOINT.own_hash().hex() == "1868bd11c1e803499faf56c41651bd0c049cecf575e0afc5eca5c8a00d34adc4"
    assert extended(START, posting).hex() == "78faa5291b4699f512475f2cdca788aa261c522a874d12f14b644faaee50c7de"


OTHER_LEAVES = {
    "unit": "COIN",
    "account_id": 18,
    "member_id": "mbr_x",
    "balance": 121,
    "entries": 4,
    "digest": b"x" * 32,
    "last_journal": 10,
}


@pytest.mark.parametrize("name", OTHER_LEAVES)
def test_every_field_of_a_leaf_is_under_its_hash(name: str):
    assert replace(LEAF, **{name: OTHER_LEAVES[name]}).as_node().hash != LEAF.as_node().hash


@pytest.mark.parametrize("name", OTHERS)
def test_every_field_of_a_checkpoint_is_under_its_hash(name: str):
    assert replace(CHECKPOINT, **{name: OTHERS[name]}).own_hash() != CHECKPOINT.own_hash()


def test_no_field_was_forgotten():
    assert {each.name for each in fields(Checkpoint)} == {*OTHERS, "hash"}
    assert (
        CHECKPOINT.signed().document().keys() == verify_proof.CHECKPOINT.keys() == contract.Checkpoint().fields.keys()
    )


def test_the_script_knows_postings_as_the_ledger_writes_them():
    assert list(verify_proof.POSTING) == list(POSTING_COLUMNS) == list(contract.ProvedPosting().fields)
    assert verify_proof.SHAPE.keys() == contract.BalanceProof().fields.keys()


def test_the_script_needs_nothing_but_the_standard_library():
    tree = ast.parse(Path(verify_proof.__file__).read_text())
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
