"""Proofs of balances: a member checks them without the mall, and nothing in them can be changed."""

import copy
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract, verify_proof
from services.points.usecases.get_balance_proof import LeafDiffers
from tests.integration.points.proving import checkpoint, is_refused, proof_of, variants
from tests.integration.points.sealed_story import damage_to
from tests.integration.points.story import Ledger, card

engine = database_of("points", each="function")
SCRIPT = Path(verify_proof.__file__)
NASTY = '引号" \\ tab\t line\n bell\x07 del\x7f \u2028 😀'
MANY = 1_000


@pytest.fixture
def proof(ledger: Ledger) -> dict[str, Any]:
    """Of a member with an accrual, a redemption and a refund, among others."""
    for points in (5, 7, 11):
        ledger.member(points)
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.accrue(member_id, 100, reference=NASTY)
    ledger.hold(member_id, 40, order_id)
    ledger.capture(order_id)
    ledger.refund(order_id, 15)
    for points in (13, 17):
        ledger.member(points)
    checkpoint(ledger)
    return proof_of(ledger, member_id)


def test_a_proof_holds(proof: dict[str, Any]):
    verify_proof.check(proof, proof["checkpoint"]["hash"])

    leaf, last = proof["leaf"], proof["postings"][2]["journal_id"]
    assert (leaf["balance"], leaf["entries"], leaf["last_journal"]) == (75, 3, last)
    assert [posting["amount"] for posting in proof["postings"]] == [100, -40, 15]
    assert [posting["kind"] for posting in proof["postings"]] == ["accrual", "capture", "refund"]
    assert proof["postings"][0]["ref"] == NASTY


def test_any_single_change_is_refused(proof: dict[str, Any]):
    accepted, tried = [], 0
    for forged in variants(proof):
        tried += 1
        if not is_refused(forged, proof["checkpoint"]["hash"]):
            accepted.append(forged)

    assert accepted == []
    assert tried > 500


def test_an_omitted_entry_is_refused_wherever_it_stood(proof: dict[str, Any]):
    for place, omitted in enumerate(proof["postings"]):
        forged = copy.deepcopy(proof)
        del forged["postings"][place]
        forged["leaf"]["entries"] -= 1
        forged["leaf"]["balance"] -= omitted["amount"]
        assert is_refused(forged)
        forged["before"] = {"entries": 1, "balance": omitted["amount"], "digest": "0" * 64}
        forged["leaf"] = dict(proof["leaf"])
        assert is_refused(forged)


def test_a_proof_against_another_checkpoint_is_refused(ledger: Ledger, proof: dict[str, Any]):
    ledger.member(3)
    [later] = checkpoint(ledger)

    assert not is_refused(proof, proof["checkpoint"]["hash"])
    assert is_refused(proof, later["hash"])
    assert is_refused({**proof, "checkpoint": later})


def test_the_proof_of_another_member_is_not_mine(ledger: Ledger, proof: dict[str, Any]):
    other = ledger.fetch("SELECT owner FROM account WHERE kind = 'wallet' ORDER BY id LIMIT 1")[0][0]

    assert is_refused({**proof, "account": {**proof["account"], "member_id": other}})


def run_script(tmp_path: Path, document: Any, *arguments: str) -> subprocess.CompletedProcess:
    """Somewhere else, isolated: no site packages, no project, nothing of the environment."""
    script, file = tmp_path / "check.py", tmp_path / "proof.json"
    script.write_bytes(SCRIPT.read_bytes())
    file.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-I", "-S", str(script), str(file), *arguments]
    return subprocess.run(command, check=False, capture_output=True, cwd=tmp_path, env={}, timeout=60)


def test_the_script_stands_alone(proof: dict[str, Any], tmp_path: Path):
    published = proof["checkpoint"]["hash"]
    good = run_script(tmp_path, proof, "--checkpoint", published)
    alone = run_script(tmp_path, proof)
    forged = run_script(tmp_path, {**proof, "leaf": {**proof["leaf"], "balance": 76}})
    other = run_script(tmp_path, proof, "--checkpoint", "0" * 64)

    assert (good.returncode, alone.returncode, forged.returncode, other.returncode) == (0, 0, 1, 1)
    assert "余额为 75" in good.stdout.decode() and "has 75 as of checkpoint 2026-11-20 #1" in good.stdout.decode()
    assert published not in good.stdout.decode() and published in alone.stdout.decode()
    assert "证明无效：明细之和不等于余额" in forged.stdout.decode()
    assert "not the checkpoint that was published" in other.stdout.decode()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("", 2),
        ("{", 2),
        ("[]", 1),
        ("{}", 1),
        ('{"format": 1, "format": 1}', 1),
        ('{"format": NaN}', 1),
        ("[" * 100_000, 2),
        ("9" * 5_000, 2),
    ],
)
def test_what_is_no_proof_is_said_without_a_traceback(tmp_path: Path, document: str, code: int):
    done = run_script(tmp_path, document)

    assert done.returncode == code
    assert b"Traceback" not in done.stderr


def test_a_wallet_with_a_long_past_shows_the_newest_and_chains_the_rest(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(contract, "LARGEST_PROOF", 2)
    member_id = ledger.member()
    for points in (1, 2, 3, 4, 5):
        ledger.accrue(member_id, points)
    checkpoint(ledger)

    proof = proof_of(ledger, member_id)

    assert ([one["amount"] for one in proof["postings"]], proof["before"]["entries"], proof["before"]["balance"]) == (
        [4, 5],
        3,
        6,
    )
    assert "较早的 3 笔未逐笔列出" in run_script(tmp_path, proof).stdout.decode()
    assert all(is_refused(forged) for forged in variants(proof))


def test_who_cannot_have_a_proof_is_told_why(ledger: Ledger):
    newcomer = ledger.member()
    with pytest.raises(Refused, match=contract.ACCOUNT_UNKNOWN):
        proof_of(ledger, new_id("mbr"))
    with pytest.raises(Refused, match=contract.PROOF_NOT_READY):
        proof_of(ledger, newcomer)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET amount = amount + 1 WHERE account_id = :id",
        "DELETE FROM entry WHERE account_id = :id",
        "UPDATE entry SET expires_on = expires_on + 1 WHERE account_id = :id",
        "UPDATE proof_leaf SET balance = balance + 1 WHERE account_id = :id",
        "UPDATE proof_leaf SET balance = balance + 1 WHERE account_id <> :id",
        "UPDATE journal SET actor = 'x' WHERE id = (SELECT journal_id FROM entry WHERE account_id = :id)",
    ],
)
def test_no_proof_is_given_that_would_not_hold(engine: sa.Engine, damage: str):
    ledger = Ledger(engine)
    member_id = ledger.member(100)
    ledger.member(3)
    checkpoint(ledger)
    [(account_id,)] = ledger.fetch("SELECT id FROM account WHERE owner = :owner", owner=member_id)
    damage_to(ledger, damage, id=account_id)

    with pytest.raises(LeafDiffers):
        proof_of(ledger, member_id)


@pytest.mark.timeout(400)  # a thousand trees are a minute of a busy machine
def test_a_thousand_random_proofs(ledger: Ledger):
    """A seeded story of many members, several checkpoints on the way; whoever is drawn can prove the balance."""
    chance = random.Random(20261120)
    members = [new_id("mbr") for _ in range(MANY + 100)]
    for start in range(0, len(members), 500):
        ledger.enrol(*[card(member_id, channel="web") for member_id in members[start : start + 500]])
    balances = dict.fromkeys(members, 50)  # the sign-up bonus
    for turn in range(300):
        member_id, points = chance.choice(members[:200]), chance.randint(1, 40)
        if chance.random() < 0.5:
            ledger.accrue(member_id, points, chance.choice(["check_in", "review", "campaign"]))
            balances[member_id] += points
        elif balances[member_id] >= points:
            order_id = ledger.hold(member_id, points)["order_id"]
            ledger.capture(order_id)
            balances[member_id] -= points
        if turn % 100 == 99:
            [published] = checkpoint(ledger)

    for member_id in chance.sample(members, MANY):
        proof = proof_of(ledger, member_id)
        verify_proof.check(proof, published["hash"])
        assert proof["leaf"]["balance"] == balances[member_id]
    assert (published["accounts"], published["total"]) == (len(members), sum(balances.values()))
