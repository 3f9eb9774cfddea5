"""What guards the tables is what the release says, and whoever takes a guard away is found out."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, owner_of
from services.points.storage.guards import guards_of_release, guards_there
from services.points.usecases.audit_ledger import audit_everything
from services.points.usecases.verify_guards import guards_that_differ
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
THIS_MONTH = f"entry_{datetime.now(UTC):%Y_%m}"
TAKEN_AWAY = {
    "ALTER TABLE journal DISABLE TRIGGER journal_append_only": "guard_altered trigger journal.journal_append_only",
    "DROP TRIGGER gift_append_only ON gift": "guard_missing trigger gift.gift_append_only",
    f"DROP TRIGGER not_truncated ON {THIS_MONTH}": f"guard_missing trigger {THIS_MONTH}.not_truncated",
    f"ALTER TABLE {THIS_MONTH} DISABLE TRIGGER ALL": f"guard_altered trigger {THIS_MONTH}.entry_append_only",
    "ALTER TABLE gift DISABLE TRIGGER ALL": "guard_altered trigger gift of gift_giver_fkey",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'": (
        "guard_altered function refuse_change()"
    ),
    "ALTER TABLE account DROP CONSTRAINT account_covered": "guard_missing constraint account.account_covered",
    "ALTER TABLE adjustment DROP CONSTRAINT adjustment_four_eyes,"
    " ADD CONSTRAINT adjustment_four_eyes CHECK (true)": "guard_altered constraint adjustment.adjustment_four_eyes",
    "GRANT UPDATE ON journal TO points_app": "guard_altered rights of points_app on journal",
    "GRANT UPDATE (amount) ON entry TO points_app": "guard_altered rights of points_app on entry",
    "GRANT INSERT ON gift TO points_auditor": "guard_altered rights of points_auditor on gift",
    "GRANT SELECT ON account TO PUBLIC": "guard_added rights of everybody on account",
    f"GRANT INSERT ON {THIS_MONTH} TO points_app": f"guard_added rights of points_app on {THIS_MONTH}",
    "REVOKE SELECT ON gift FROM points_auditor": "guard_missing rights of points_auditor on gift",
    "GRANT EXECUTE ON FUNCTION draw_journal_id() TO PUBLIC": "guard_added rights of everybody on draw_journal_id()",
    "CREATE RULE quiet AS ON UPDATE TO account DO INSTEAD NOTHING": "guard_added rule account.quiet",
    "CREATE POLICY mine ON account USING (true)": "guard_added policy account.mine",
    f"ALTER TABLE entry DETACH PARTITION {THIS_MONTH}": f"guard_added partition {THIS_MONTH}",
    "CREATE TRIGGER more BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change()": (
        "guard_added trigger entry.more"
    ),
}


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    return Ledger(engine)  # damage is meant here


def found(ledger: Ledger) -> list[str]:
    with ledger.works.begin() as work:
        return [f"{one['what']} {one['guard']}" for one in guards_that_differ(work)]


def test_guards_are_those_of_the_release(ledger: Ledger) -> None:
    """After a migration that is meant: ``python -m tests.integration.points.write_guards``, and look at the diff."""
    with ledger.works.begin() as work:
        assert guards_there(work) == guards_of_release(work)


@pytest.mark.parametrize("damage", TAKEN_AWAY)
def test_who_takes_a_guard_away_is_found_out(ledger: Ledger, damage: str) -> None:
    with owner_of(ledger.engine).begin() as connection:
        connection.exec_driver_sql(damage)

    assert TAKEN_AWAY[damage] in found(ledger)


def test_triggers_cannot_be_silenced_by_a_setting(ledger: Ledger) -> None:
    name = ledger.engine.url.database
    with owner_of(ledger.engine).begin() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET session_replication_role = replica')

    assert found(ledger) == [f"guard_added setting {name} for everybody"]


def test_months_that_are_made_later_have_the_same_guards(ledger: Ledger) -> None:
    ledger.execute("SELECT prepare_entry_partitions(7)")

    assert found(ledger) == []


def test_the_night_looks_at_the_guards(ledger: Ledger) -> None:
    ledger.execute("ALTER TABLE journal DISABLE TRIGGER journal_append_only")

    [broken] = [each for each in audit_everything(ledger.works) if not each["ok"]]

    assert broken["name"] == "guards_are_as_released"
    assert [one["guard"] for one in broken["found"]] == ["trigger journal.journal_append_only"]
