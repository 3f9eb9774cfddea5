"""Whatever somebody with all rights alters in a table that counts, the verifier names it."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.data.roles import CHASSIS_TABLES
from services.chassis.testkit import database_of
from services.points.roles import ROLES
from services.points.storage.evidence import CHAINED, NEEDS_NONE, NOTED, NOTED_WITH_ANOTHER, SEALED, WORKED_OUT
from services.points.usecases.audit_ledger import audit_everything
from services.points.usecases.progress import nothing
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.verify_everything import verify_everything
from tests.integration.points.denial import refused
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

    [figure, guard] = [one for one in found(ledger) if one["what"] != "altered"]
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


# One column of one row of every table: what decides the least must be seen, too.
ALTERED = {
    "holder": "state_sequence = state_sequence + 1",
    "account": "owner = owner || 'x'",
    "hold": "reason = 'x'",
    "claw_back": "reason = 'x'",
    "top_up": "expires_on = expires_on + 1",
    "top_up_reversal": "reason = 'x'",
    "gift": "message = 'x'",
    "account_freeze": "reason = 'x'",
    "account_unfreeze": "actor = 'x'",
    "adjustment": "decided_because = 'x'",
    "adjustment_line": "points = points + 1",
    "audit_run": "finished_at = finished_at + interval '1 microsecond'",
    "liability_close": "report = '{}'",
    "bill_run": "file_name = 'x'",
    "bill_chunk": "rejected_lines = 1",
    "bill_due_after_all": "points = points + 1",
    "rule_change": "reason = 'y'",
    "expiry_run": "wallets = wallets + 1",
    "ledger_setting": "value = value + 1",
    "bill_accrual_rule": "decreases = 'within_balance'",
    "sign_up_bonus": "points = points + 1",
    "expiry_policy": "created_at = created_at + interval '1 microsecond'",
    "expiry_notice": "given = NOT given",
    "pool": "name = 'x'",
    "exchange_rate": "open = NOT open",
    "gift_limit": "gifts_a_day = gifts_a_day + 1",
    "point_value": "fen = fen + 1",
    "point_consideration": "effective_from = effective_from - 1",
    "breakage_assumption": "share = share + 0.000001",
}
OTHERS = """
    INSERT INTO liability_close (month, booked_by, actor, report, layers, hash)
    VALUES ('2026-10', now(), 'x', '[]', '[]', '');
    INSERT INTO bill_run (run_id, period, file_name, state, effective_on, expires_on, actor)
    VALUES ('2026-10-1', '2026-10', 'file', 'staging', '2026-10-31', '2029-12-31', 'x');
    INSERT INTO bill_chunk (run_no, chunk, first_account, last_account) SELECT no, 1, 1, 2 FROM bill_run;
    INSERT INTO bill_due_after_all (run_no, journal_id, account_id, points)
    SELECT no, journal_id, account_id, 1 FROM bill_run, claw_back;
    INSERT INTO rule_change (id, rule, says, effective_from, reason, state, requested_by, requested_at)
    VALUES ('rch_1', 'pool', '{}', '2099-01-01', 'x', 'requested', 'ops:wang', now());
    INSERT INTO expiry_run (expires_on, late, actor) VALUES ('2026-10-31', false, 'x')
"""


@pytest.fixture
def book(ledger: Ledger) -> Ledger:
    """With something in every table that is noted, sealed."""
    member_id = ledger.member(100)
    ledger.unfreeze(ledger.freeze(member_id))
    ledger.reverse_top_up(ledger.top_up(member_id, 500)["payment_ref"])
    ledger.gift(member_id, ledger.member(), 10)
    ledger.adjust((member_id, 5))
    audit_everything(ledger.works)
    ledger.execute(OTHERS)
    checkpoint(ledger)
    seal_journals(ledger.works, 5)
    assert found(ledger) == []
    return ledger


def key_of(table: str, row: str = "there") -> str:
    return " || ' ' || ".join(f"(to_jsonb({row}) ->> '{column}')" for column in NOTED[table].key)


def test_every_table_is_proved_or_says_why_not() -> None:
    """Say in storage/evidence.py what proves a new table; one that is noted needs a trigger, and an alteration here."""
    worked_out = {table for table, _ in FIGURES.values()}
    proved = [*SEALED, *CHAINED, *WORKED_OUT, *NOTED, *NOTED_WITH_ANOTHER, *NEEDS_NONE]

    assert sorted(proved) == sorted({*ROLES.tables, *CHASSIS_TABLES})
    assert ALTERED.keys() == NOTED.keys()
    assert set(WORKED_OUT) <= worked_out


def test_an_altered_row_of_any_table_is_named(book: Ledger) -> None:
    keys = {table: book.fetch(f"SELECT min({key_of(table)}) FROM {table} AS there")[0][0] for table in ALTERED}  # noqa: S608
    changes = [
        f"UPDATE {table} AS there SET {ALTERED[table]} WHERE {key_of(table)} = '{key}'"  # noqa: S608
        for table, key in keys.items()
    ]
    damage_to(book, *changes)

    named = {(one["table"], one["key"]) for one in found(book) if one["what"] == "altered" and "key" in one}
    assert sorted(named) == sorted(keys.items())


def test_what_a_hold_drew_is_noted_with_it(book: Ledger) -> None:
    [(key,)] = book.fetch("SELECT order_id || ' ' || unit FROM hold WHERE state = 'captured'")
    damage_to(book, "UPDATE hold_bucket SET pool = 1 WHERE captured > 0")

    [altered] = [one for one in found(book) if one["what"] == "altered"]
    assert (altered["table"], altered["key"]) == ("hold", key)


@pytest.mark.parametrize("table", ["gift", "exchange_rate", "hold", "adjustment_line"])
def test_a_row_that_was_taken_away_is_named(book: Ledger, table: str) -> None:
    key = book.fetch(f"SELECT max({key_of(table)}) FROM {table} AS there")[0][0]  # noqa: S608
    damage_to(book, f"DELETE FROM {table} AS there WHERE {key_of(table)} = '{key}'")  # noqa: S608

    [gone] = [one for one in found(book) if one["what"] == "deleted"]
    assert (gone["table"], gone["key"]) == (table, key)


def test_a_row_that_was_put_in_is_named(book: Ledger) -> None:
    damage_to(book, "INSERT INTO sign_up_bonus (points, effective_from, actor) VALUES (9999, '2020-01-01', 'ops:wang')")
    key = str(book.fetch("SELECT max(id) FROM sign_up_bonus")[0][0])

    assert found(book) == [{"what": "inserted", "table": "sign_up_bonus", "key": key}]


def test_who_changes_a_rule_with_its_note_is_named(book: Ledger) -> None:
    book.execute("UPDATE sign_up_bonus SET points = 9999")  # by the owner, triggers and all

    [again] = found(book)
    assert (again["what"], again["table"], again["because"]) == ("written_again", "sign_up_bonus", "changed")
    assert again["noted_by"] == book.fetch("SELECT session_user")[0][0]


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("UPDATE record SET digest = sha256('x') WHERE id = (SELECT max(id) FROM record)", "altered"),
        ("UPDATE record SET noted_by = 'x' WHERE id = (SELECT max(id) FROM record)", "altered"),
        ("DELETE FROM record WHERE id = (SELECT max(id) FROM record)", "deleted"),
    ],
)
def test_a_sealed_record_that_was_altered_is_named(book: Ledger, damage: str, what: str) -> None:
    [(last,)] = book.fetch("SELECT max(id) FROM record")
    damage_to(book, damage)

    assert (what, last) in [(one["what"], one.get("record_id")) for one in found(book)]


def test_the_service_cannot_write_notes_of_its_own(book: Ledger) -> None:
    refused(book.engine, "INSERT INTO record (id, of_table, key, because) VALUES (1, 'gift', '1', 'removed')")
    refused(
        book.engine,
        "CREATE TEMP TABLE gift (id int); CREATE TRIGGER noted AFTER INSERT ON gift"
        " REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION note_rows('{id}', '{}')",
    )


def test_the_owner_of_an_account_stays(book: Ledger) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append only"):
        book.execute("UPDATE account SET owner = owner || 'x' WHERE kind = 'wallet'")


def test_holds_are_noted_as_they_go_on(book: Ledger) -> None:
    member_id = book.member(100)
    orders = [book.hold(member_id, 10)["order_id"] for _ in range(3)]
    for _ in range(2):
        seal_journals(book.works, 5)
        assert found(book) == []
        book.capture(orders.pop())
        assert found(book) == []
    seal_journals(book.works, 5)
    damage_to(book, "UPDATE hold SET state = 'released' WHERE order_id = :id", id=orders[0])

    assert [one["key"] for one in found(book) if one["table"] == "hold"] == [f"{orders[0]} PTS"]
