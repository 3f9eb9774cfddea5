"""What is declared of rules is what their tables are, and what a declaration lets through the database takes."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.testkit import database_of
from services.points.domain.rules import RULES, Rule
from services.points.domain.rules.kinds import OrNothing
from services.points.domain.rules.settings import SETTINGS
from services.points.storage.rule_changes import RULE_CHANGES, put_rule_change, typed
from services.points.storage.rule_rows import put_row
from services.points.usecases.fit_rule import read_fields
from tests.integration.points.denial import refused
from tests.integration.points.story import NOON, Ledger
from tests.support.rule_rows import rows_of

engine = database_of("points")
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def test_every_table_of_rules_is_declared(ledger: Ledger):
    """A new table whose rows take over from each other: declare it in services/points/domain/rules/declared.py."""
    tables = ledger.fetch(
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'effective_from' ORDER BY 1"
    )

    assert {name for (name,) in tables} == RULES.keys() | {"rule_change"}


@each_rule
def test_the_fields_of_a_rule_are_the_columns_of_its_table(ledger: Ledger, rule: Rule):
    columns = dict(
        ledger.fetch(
            "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_name = :name",
            name=rule.name,
        )
    )

    fields = {field.name: isinstance(field.kind, OrNothing) for field in rule.fields}
    kept = dict.fromkeys(("id", "effective_from", "actor", "created_at"), False)
    assert columns == fields | kept | {"change_id": True}


def test_every_setting_is_declared_and_within_its_bounds(ledger: Ledger):
    rows = ledger.fetch("SELECT name, value FROM ledger_setting")

    assert {name for name, _ in rows} == SETTINGS.keys()
    assert [RULES["ledger_setting"].defect_of({"name": name, "value": value}) for name, value in rows] == [None] * len(
        rows
    )


@each_rule
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_the_declaration_lets_through_the_database_takes_as_it_is(ledger: Ledger, rule: Rule, data: st.DataObject):
    row = data.draw(rows_of(rule))

    with ledger.works.begin() as work:
        put_rule_change(work, "chg_1", rule, row, NOON.date(), None, "a test")
        wang = replace(work, context=replace(work.context, actor="ops:wang"))
        RULE_CHANGES.decide(wang, "chg_1", "approve")
        assert read_fields(rule, typed(RULE_CHANGES.find(work, "chg_1").says)) == row
        put_row(wang, rule, row, NOON.date(), "chg_1")
        newest = sa.text(f"SELECT * FROM {rule.name} ORDER BY id DESC LIMIT 1")  # noqa: S608
        kept = dict(work.execute(newest).one()._mapping)
        work.connection.rollback()

    assert rule.said_by(kept) == row
    assert (kept["effective_from"], kept["actor"], kept["change_id"]) == (NOON.date(), "ops:wang", "chg_1")


@each_rule
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_service_only_ever_adds_rows(ledger: Ledger, rule: Rule, change: str):
    refused(ledger.engine, change.format(rule.name))
