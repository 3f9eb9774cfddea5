"""Checkpoints: one hash a day for all balances, chained, and never signed while the books disagree."""

import copy
import json
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.points import contract, verify_proof
from services.points.usecases.list_checkpoints import list_checkpoints
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.take_checkpoint import TotalsDiffer, take_checkpoint, take_daily_checkpoint
from tests.integration.points.bill_files import ops
from tests.integration.points.proving import checkpoint, proof_of
from tests.integration.points.sealed_story import damage_to
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


def test_a_checkpoint_commits_to_every_wallet_and_their_total(ledger: Ledger):
    ledger.member(100)
    spender, order_id = ledger.member(50), new_id("ord")
    ledger.hold(spender, 20, order_id)
    ledger.capture(order_id)
    ledger.member()  # has no entries, hence no leaf

    [taken] = checkpoint(ledger)

    [(block, head)] = ledger.fetch("SELECT block, encode(hash, 'hex') FROM seal")
    assert {name: taken[name] for name in ("unit", "no", "accounts", "total", "upto_block", "head", "prev", "day")} == {
        "unit": "PTS",
        "no": 1,
        "accounts": 2,
        "total": 130,
        "upto_block": block,
        "head": head,
        "prev": "0" * 64,
        "day": "2026-11-20",
    }


def test_the_hash_leaves_the_database_as_an_event(ledger: Ledger):
    ledger.member(100)
    [taken] = checkpoint(ledger)

    [event] = emitted(ledger.engine, contract.CHECKPOINT_SEALED)
    assert (event["subject"], event["sequence"], event["data"]) == ("checkpoint:PTS", 1, taken)


def test_checkpoints_are_chained_and_listed_newest_first(ledger: Ledger):
    taken = []
    for points in (1, 2, 3):
        ledger.member(points)
        taken += checkpoint(ledger)
    first = ledger.ask(contract.LIST_CHECKPOINTS, list_checkpoints, {"limit": 2})
    rest = ledger.ask(contract.LIST_CHECKPOINTS, list_checkpoints, {"limit": 2, "cursor": first["next_cursor"]})

    assert (first["checkpoints"], first["next_cursor"]) == ([taken[2], taken[1]], "2")
    assert (rest["checkpoints"], rest["next_cursor"]) == ([taken[0]], None)
    assert [one["prev"] for one in taken] == ["0" * 64, taken[0]["hash"], taken[1]["hash"]]
    assert [one["total"] for one in taken] == [1, 3, 6]
    assert ledger.ask(contract.LIST_CHECKPOINTS, list_checkpoints, {"unit": "COIN"})["checkpoints"] == []
    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        ledger.ask(contract.LIST_CHECKPOINTS, list_checkpoints, {"cursor": "x"})


def test_without_new_seals_there_is_no_new_checkpoint(ledger: Ledger):
    ledger.member(100)
    checkpoint(ledger)

    assert take_checkpoint(ledger.works) == []


def test_one_a_day(ledger: Ledger):
    for points in (1, 2):
        ledger.member(points)
        seal_journals(ledger.works, 5)
        assert len(take_daily_checkpoint(ledger.works)) == (1 if points == 1 else 0)
    ledger.clock.advance(days=1)

    assert [one.no for one in take_daily_checkpoint(ledger.works)] == [2]


def test_takers_at_once_make_one_checkpoint(ledger: Ledger):
    for points in range(1, 6):
        ledger.member(points)
        seal_journals(ledger.works, 5)

    taken = race(*[lambda: take_checkpoint(ledger.works)] * 3)
    taken.append(take_checkpoint(ledger.works))

    assert [one.total for each in taken for one in each] == [15]


def test_leaves_grown_step_by_step_are_those_grown_at_once(ledger: Ledger):
    member_id = ledger.member(5)
    checkpoint(ledger)
    for points in (3, 4):
        ledger.accrue(member_id, points)
        checkpoint(ledger)
    step_by_step = proof_of(ledger, member_id)
    damage_to(ledger, "UPDATE proof_progress SET upto_block = 0, in_others = 0")
    for table in ("proof_leaf", "proof_node", "checkpoint"):
        damage_to(ledger, f"DELETE FROM {table}")  # noqa: S608
    take_checkpoint(ledger.works)

    assert proof_of(ledger, member_id)["leaf"] == step_by_step["leaf"]
    assert proof_of(ledger, member_id)["checkpoint"]["root"] == step_by_step["checkpoint"]["root"]


def test_what_was_stopped_goes_on(ledger: Ledger):
    member_id = ledger.member(5)
    checkpoint(ledger)
    ledger.accrue(member_id, 3)
    seal_journals(ledger.works, 5)
    dying = Dying(ledger)
    with pytest.raises(Dying.Death):
        take_checkpoint(dying.works)

    with pytest.raises(Refused, match=contract.PROOF_NOT_READY):  # the leaves are ahead of the checkpoint
        proof_of(ledger, member_id)
    take_checkpoint(ledger.works)
    assert proof_of(ledger, member_id)["leaf"]["balance"] == 8


class Dying:
    """Pieces of work of which the second does not begin."""

    class Death(Exception):
        pass

    def __init__(self, ledger: Ledger) -> None:
        self.works, self.begun = copy.copy(ledger.works), 0
        self.works.clock = self

    def now(self) -> Any:
        self.begun += 1
        if self.begun == 2:
            raise self.Death
        return Ledger(self.works.engine).clock.now()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE account SET posted = posted + 1 WHERE kind = 'wallet'",
        "UPDATE entry SET amount = amount + 1 WHERE amount > 0",
        "UPDATE entry SET amount = amount - 1 WHERE amount < 0",
        "UPDATE entry SET account_id = 1 WHERE amount > 0",
    ],
)
def test_nothing_is_signed_while_the_books_disagree(engine: sa.Engine, damage: str):
    ledger = Ledger(engine)
    ledger.member(100)
    seal_journals(ledger.works, 5)
    damage_to(ledger, damage)

    with pytest.raises(TotalsDiffer):
        take_checkpoint(ledger.works)
    assert emitted(engine, contract.CHECKPOINT_SEALED) == []


def test_coins_have_a_tree_of_their_own(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.top_up(member_id, 300)
    taken = checkpoint(ledger)

    assert [(one["unit"], one["no"], one["accounts"]) for one in taken] == [("PTS", 1, 1), ("COIN", 1, 1)]
    for one in taken:
        proof = proof_of(ledger, member_id, one["unit"])
        verify_proof.check(proof, one["hash"])
        assert proof["leaf"]["balance"] == one["total"]


def test_the_command_seals_and_takes_one(ledger: Ledger):
    ledger.member(100)
    done = ops(ledger.engine, "ledger", "checkpoint")
    again = ops(ledger.engine, "ledger", "checkpoint", "--json")

    [(root_hash, head)] = ledger.fetch(
        "SELECT encode(hash, 'hex'), upto_block || ':' || encode(head, 'hex') FROM checkpoint"
    )
    assert done.returncode == 0
    assert root_hash in done.stdout and f"--head {head}" in done.stdout
    assert (again.returncode, json.loads(again.stdout)) == (0, [])
