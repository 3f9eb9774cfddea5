"""Audits: hourly of what was touched, nightly of everything; what they find is kept, told and shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, emitted
from services.points import contract
from services.points.usecases.audit_ledger import audit_everything, audit_nightly, audit_touched
from services.points.usecases.observe_ledger import observe_ledger
from tests.integration.points.bill_files import ops
from tests.integration.points.sealed_story import damage_to, seal
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
RAISE = "UPDATE account SET posted = posted + 1 WHERE kind = 'wallet' AND owner = :owner"
LOWER = RAISE.replace("+ 1", "- 1")


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    return Ledger(engine)  # damage is meant here


def broken(findings: list[dict]) -> dict[str, list]:
    return {each["name"]: each["found"] for each in findings if not each["ok"]}


def runs(ledger: Ledger) -> list[tuple]:
    return ledger.fetch("SELECT kind, upto_journal, jsonb_array_length(findings) FROM audit_run ORDER BY id")


def readings(ledger: Ledger) -> dict[str, dict[str, float]]:
    with ledger.works.begin() as work:
        return {each.name: dict(each.values) for each in observe_ledger(work)}


def breaches_shown(ledger: Ledger) -> dict[str, float]:
    return {name: count for name, count in readings(ledger)["mall_ledger_breaches"].items() if count}


def last_journal(ledger: Ledger) -> int:
    return ledger.fetch("SELECT max(id) FROM journal")[0][0]


def test_an_audit_goes_on_where_the_last_one_ended(ledger: Ledger):
    ledger.member(100)
    seal(ledger, 5)
    first = last_journal(ledger)
    found = [broken(audit_touched(ledger.works)) for _ in range(2)]
    ledger.member(100)
    seal(ledger, 5)
    found.append(broken(audit_touched(ledger.works)))

    assert found == [{}, {}, {}]
    assert runs(ledger) == [
        ("incremental", first, 0),
        ("incremental", first, 0),
        ("incremental", last_journal(ledger), 0),
    ]


def test_what_is_not_final_is_not_audited_yet(ledger: Ledger):
    ledger.member(100)

    audit_touched(ledger.works)

    assert runs(ledger) == [("incremental", 0, 0)]


def test_a_touched_wallet_that_is_wrong_is_named_kept_and_told(ledger: Ledger):
    member_id = ledger.member(100)
    seal(ledger, 5)
    damage_to(ledger, RAISE, owner=member_id)

    found = broken(audit_touched(ledger.works))

    assert found == {"wallet_is_the_sum_of_its_entries": [member_id], "wallet_is_the_sum_of_its_buckets": [member_id]}
    assert runs(ledger) == [("incremental", last_journal(ledger), 2)]
    [event] = emitted(ledger.engine, contract.AUDIT_FAILED)
    assert (event["data"]["kind"], event["data"]["upto_journal"]) == ("incremental", last_journal(ledger))
    assert {one["name"]: one["found"] for one in event["data"]["breaches"]} == found


def test_a_wallet_that_nobody_touched_is_left_to_the_night(ledger: Ledger):
    still, busy = ledger.member(100), ledger.member(100)
    seal(ledger, 5)
    audit_touched(ledger.works)
    ledger.accrue(busy, 1)
    seal(ledger, 5)
    damage_to(ledger, RAISE, owner=still)

    assert broken(audit_touched(ledger.works)) == {}
    assert broken(audit_everything(ledger.works))["wallet_is_the_sum_of_its_entries"] == [still]


def test_of_very_many_the_same_rules_are_asked_of_everything(ledger: Ledger):
    still, busy = ledger.member(100), ledger.member(100)
    seal(ledger, 5)
    audit_touched(ledger.works)
    damage_to(ledger, RAISE, owner=still)
    damage_to(
        ledger,
        "INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES"
        " ('audit_touched_lines', 1, '2026-01-01', 'migration')",
    )
    ledger.accrue(busy, 1)
    seal(ledger, 5)

    found = broken(audit_touched(ledger.works))

    assert found["wallet_is_the_sum_of_its_entries"] == [still]
    assert runs(ledger)[-1] == ("incremental", last_journal(ledger), 2)


def test_many_slices_are_one_audit(ledger: Ledger):
    damage_to(
        ledger,
        "INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES"
        " ('audit_slice_lines', 1, '2026-01-01', 'migration')",
    )
    members = []
    for points in (1, 2, 3):
        members.append(ledger.member(points))
        seal(ledger, 5)
    for member_id in members[::2]:
        damage_to(ledger, RAISE, owner=member_id)

    found = broken(audit_touched(ledger.works))

    assert sorted(found["wallet_is_the_sum_of_its_entries"]) == sorted(members[::2])
    assert runs(ledger) == [("incremental", last_journal(ledger), 2)]


def test_a_breach_is_shown_until_a_full_audit_does_not_find_it(ledger: Ledger):
    member_id = ledger.member(100)
    seal(ledger, 5)
    damage_to(ledger, RAISE, owner=member_id)
    audit_touched(ledger.works)
    shown = [breaches_shown(ledger)]
    damage_to(ledger, LOWER, owner=member_id)
    audit_touched(ledger.works)
    shown.append(breaches_shown(ledger))
    audit_everything(ledger.works)
    shown.append(breaches_shown(ledger))

    both = {"wallet_is_the_sum_of_its_entries": 1, "wallet_is_the_sum_of_its_buckets": 1}
    assert shown == [both, both, {}]


def test_a_full_audit_verifies_the_seals_of_the_last_days(ledger: Ledger):
    ledger.member(100)
    seal(ledger, 5)
    damage_to(ledger, "UPDATE journal SET actor = 'somebody'")
    ledger.clock.instant = datetime.now(UTC)

    [found] = broken(audit_everything(ledger.works))["rows_are_as_they_were_sealed"]

    assert (found["what"], found["table"], found["journal_id"]) == ("altered", "journal", last_journal(ledger))
    assert "what=altered" in str(ledger.fetch("SELECT findings FROM audit_run"))


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-20T12:00+08:00", True),
        ("2026-11-20T02:00+08:00", "2026-11-20T05:00+08:00", False),
        ("2026-11-20T02:00+08:00", "2026-11-20T23:00+08:00", False),
        ("2026-11-20T02:00+08:00", "2026-11-21T00:59+08:00", False),
        ("2026-11-20T02:00+08:00", "2026-11-21T01:00+08:00", True),
        ("2026-11-20T23:00+08:00", "2026-11-21T12:00+08:00", False),
        ("2026-11-20T02:00+08:00", "2026-11-21T14:01+08:00", True),
    ],
)
def test_the_night_is_for_everything(ledger: Ledger, last: str | None, now: str, due: bool):
    if last:
        ledger.clock.instant = datetime.fromisoformat(last)
        audit_everything(ledger.works)
    ledger.clock.instant = datetime.fromisoformat(now)

    assert bool(audit_nightly(ledger.works)) == due


def test_what_is_not_sealed_is_counted(ledger: Ledger):
    before = readings(ledger)
    ledger.member(100)
    ledger.member(100)
    behind = readings(ledger)
    seal(ledger, 5)
    after = readings(ledger)

    assert [each["mall_ledger_unsealed_entries"][""] for each in (before, behind, after)] == [0, 4, 0]
    assert behind["mall_ledger_unsealed_age_seconds"][""] > 0
    assert [each["mall_ledger_unsealed_age_seconds"][""] for each in (before, after)] == [0, 0]


def test_when_audits_ended_is_shown(ledger: Ledger):
    never = readings(ledger)["mall_ledger_audited_timestamp_seconds"]
    audit_touched(ledger.works)
    ledger.clock.advance(hours=1)
    audit_everything(ledger.works)

    now = ledger.clock.now().timestamp()
    assert never == {"incremental": 0, "full": 0}
    assert readings(ledger)["mall_ledger_audited_timestamp_seconds"] == {"incremental": now - 3600, "full": now}


def test_the_command(ledger: Ledger):
    member_id = ledger.member(100)
    seal(ledger, 5)
    good = ops(ledger.engine, "ledger", "audit")
    damage_to(ledger, RAISE, owner=member_id)
    untouched = ops(ledger.engine, "ledger", "audit", "--json")
    full = ops(ledger.engine, "ledger", "audit", "--full")

    assert good.returncode == 0 and "✓ wallet_is_the_sum_of_its_entries" in good.stdout
    assert (untouched.returncode, {each["ok"] for each in json.loads(untouched.stdout)}) == (0, {True})
    assert full.returncode == 1 and f"✗ wallet_is_the_sum_of_its_entries: {member_id}" in full.stdout
    assert "✓ rows_are_as_they_were_sealed" in full.stdout
    assert [kind for kind, _, _ in runs(ledger)] == ["incremental", "incremental", "full"]
