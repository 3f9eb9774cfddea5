"""Whatever somebody with all rights alters in a table that counts, the verifier names it."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points.usecases.progress import nothing
from services.points.usecases.verify_everything import verify_everything
from tests.integration.points.proving import checkpoint
from tests.integration.points.sealed_story import damage_to
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    """With something in every table, sealed and checkpointed."""
    made = Ledger(engine)
    member_id = made.member(100)
    made.hold(member_id, 10)
    made.capture(made.hold(member_id, 20)["order_id"])
    made.claw_back(member_id, 80)
    made.accrue(member_id, 500)
    checkpoint(made)
    return made


def found(ledger: Ledger) -> list[dict[str, Any]]:
    return verify_everything(ledger.works, nothing).findings


def test_nothing_is_found_where_nothing_was_altered(ledger: Ledger) -> None:
    assert found(ledger) == []
    ledger.hold(ledger.member(7), 3)  # what is not sealed and in no checkpoint yet is no finding
    assert found(ledger) == []


FIGURES = {
    "UPDATE account SET posted = posted + 1 WHERE kind = 'wallet'": ("account", "posted"),
    "UPDATE account SET held = held - 1 WHERE kind = 'wallet'": ("account", "held"),
    "UPDATE account SET owed = owed + 1 WHERE kind = 'wallet'": ("account", "owed"),
    "UPDATE account SET lifetime = lifetime + 1 WHERE kind = 'wallet'": ("account", "lifetime"),
    "UPDATE account SET status = 'frozen' WHERE kind = 'wallet'": ("account", "status"),
    "UPDATE bucket SET remaining = remaining + 1": ("bucket", "remaining"),
    "UPDATE bucket SET held = held + 1": ("bucket", "held"),
    "UPDATE bucket SET expires_on = expires_on + 1": ("bucket", "remaining"),
    "UPDATE bucket SET pool = 1": ("bucket", "remaining"),
    "DELETE FROM bucket": ("bucket", "remaining"),
    "UPDATE proof_leaf SET balance = balance + 1": ("proof_leaf", "balance"),
    "UPDATE proof_leaf SET entries = entries + 1": ("proof_leaf", "entries"),
    "UPDATE proof_leaf SET digest = sha256('x')": ("proof_leaf", "digest"),
    "UPDATE proof_leaf SET last_journal = 1": ("proof_leaf", "last_journal"),
    "DELETE FROM proof_leaf": ("proof_leaf", "balance"),
    "UPDATE proof_node SET hash = sha256('x') WHERE level = 1": ("proof_node", "hash"),
    "UPDATE proof_node SET leaves = leaves + 1 WHERE level = 2": ("proof_node", "hash"),
    "DELETE FROM proof_node": ("proof_node", "root"),
    "UPDATE account SET owner = owner || 'x' WHERE kind = 'wallet'": ("proof_node", "hash"),
    "UPDATE proof_progress SET in_others = in_others + 1": ("proof_progress", "in_others"),
    "UPDATE hold SET amount = amount + 1 WHERE state = 'open'": ("account", "held"),
}


@pytest.mark.parametrize("damage", FIGURES)
def test_a_figure_that_is_not_that_of_the_entries_is_named(ledger: Ledger, damage: str) -> None:
    damage_to(ledger, damage)

    assert FIGURES[damage] in [(one["table"], one["column"]) for one in found(ledger) if "column" in one]


def test_a_balance_is_named_with_its_account_and_both_figures(ledger: Ledger) -> None:
    [(account_id, owner, posted)] = ledger.fetch("SELECT id, owner, posted FROM account WHERE kind = 'wallet'")
    damage_to(ledger, "UPDATE account SET posted = posted + 41 WHERE kind = 'wallet'")

    account = {"account_id": account_id, "unit": "PTS", "kind": "wallet", "owner": owner}
    figures = {"column": "posted", "said": str(posted + 41), "booked": str(posted)}
    assert found(ledger) == [
        {"what": "figure_differs", "table": "account", "key": str(account_id), **figures, **account}
    ]


def test_an_account_that_is_derived_is_named_too(ledger: Ledger) -> None:
    ledger.execute("ALTER TABLE account DROP CONSTRAINT account_derived")
    damage_to(ledger, "UPDATE account SET posted = 5 WHERE owner = 'breakage' AND unit = 'PTS'")

    [figure, guard] = found(ledger)
    assert (figure["owner"], figure["said"], figure["booked"]) == ("breakage", "5", "0")
    assert guard["guard"] == "constraint account.account_derived"


def test_entries_of_two_accounts_swapped_are_named(ledger: Ledger) -> None:
    ledger.member(100)
    checkpoint(ledger)
    damage_to(
        ledger,
        "UPDATE entry SET account_id = one + other - account_id FROM"
        " (SELECT min(account_id) AS one, max(account_id) AS other FROM entry WHERE amount = 100) AS pair"
        " WHERE amount = 100",
    )

    altered = [one for one in found(ledger) if one["what"] == "altered"]
    assert [one["was"]["account_id"] for one in altered] == [one["account_id"] for one in reversed(altered)]
    assert len(altered) == 2


def test_a_journal_moved_to_the_partition_of_another_month_is_named(ledger: Ledger) -> None:
    last = ledger.fetch("SELECT max(journal_id) FROM entry")[0][0]
    damage_to(
        ledger,
        "UPDATE entry SET posted_at = posted_at + interval '1 month' WHERE journal_id = :id",
        "UPDATE journal SET posted_at = posted_at + interval '1 month' WHERE id = :id",
        id=last,
    )

    altered = [(one["table"], one["journal_id"]) for one in found(ledger) if one["what"] == "altered"]
    assert altered[0] == ("journal", last)
    assert set(altered[1:]) == {("entry", last)}
