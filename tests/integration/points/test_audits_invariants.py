"""What is asked of a part finds in it what is asked of everything; and the rules on seals and proofs find damage."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.data.audit import audited
from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.points.domain.audits import Slice
from services.points.storage.audits import touched_by
from services.points.storage.invariants import INVARIANTS, TOUCHED_INVARIANTS
from services.points.storage.invariants_scope import NIGHTLY
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.take_checkpoint import take_checkpoint
from tests.integration.points.sealed_story import damage_to, seal
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
NAMES = {
    "$wallet": "(SELECT id FROM account WHERE kind = 'wallet' AND unit = 'PTS' ORDER BY id LIMIT 1)",
    "$last": "(SELECT max(id) FROM journal WHERE kind = 'capture')",
}

OF_A_PART = {
    "UPDATE entry SET amount = amount + 1 WHERE account_id = $wallet": {
        "entries_of_a_journal_sum_to_zero",
        "wallet_is_the_sum_of_its_entries",
        "bucket_is_the_sum_of_its_entries",
    },
    "UPDATE entry SET pool = NULL WHERE account_id = $wallet": {"bucket_is_the_sum_of_its_entries"},
    "UPDATE bucket SET remaining = remaining + 1 WHERE account_id = $wallet": {
        "bucket_is_the_sum_of_its_entries",
        "wallet_is_the_sum_of_its_buckets",
    },
    "UPDATE account SET held = held - 1 WHERE id = $wallet": {
        "wallet_is_the_sum_of_its_buckets",
        "held_is_the_sum_of_open_holds",
    },
    "UPDATE account SET lifetime = lifetime + 1 WHERE id = $wallet": {
        "lifetime_is_what_was_earned_and_not_clawed_back"
    },
    "UPDATE account SET owed = owed + 1 WHERE id = $wallet": {"owed_is_the_sum_of_the_debt_account"},
    "UPDATE hold SET amount = amount + 1 WHERE state = 'open'": {
        "held_is_the_sum_of_open_holds",
        "hold_is_the_sum_of_its_buckets",
    },
    "UPDATE hold_bucket SET amount = amount + 1 WHERE captured = 0": {
        "bucket_held_is_what_open_holds_drew",
        "hold_is_the_sum_of_its_buckets",
    },
    "UPDATE hold SET captured = captured - 1 WHERE state = 'captured'": {
        "hold_is_the_sum_of_its_buckets",
        "capture_is_booked_as_captured",
    },
    "DELETE FROM hold WHERE state = 'captured'": {"what_is_held_was_held_for_an_order"},
    "UPDATE hold_bucket SET expires_on = '2026-11-19' WHERE captured > 0": {"nothing_was_held_after_it_expired"},
    "DELETE FROM entry WHERE journal_id = $last": {"journals_that_move_points_have_entries"},
    "DELETE FROM journal WHERE id = $last": {"entries_have_a_journal_and_an_account"},
    "UPDATE entry SET seq = 0 WHERE journal_id = $last": {"legs_of_a_journal_are_numbered_once"},
    "DELETE FROM holder": {"wallets_have_a_holder"},
    "UPDATE claw_back SET drawn = drawn + 1, asked = asked + 1": {"claw_backs_are_booked_as_noted"},
    "DELETE FROM claw_back": {"claw_backs_are_booked_as_noted"},
    "UPDATE gift SET points = points + 1": {"gifts_are_booked_as_noted"},
    "DELETE FROM gift": {"gifts_are_booked_as_noted"},
    "UPDATE account SET status = 'frozen' WHERE id = $wallet": {"frozen_is_who_is_not_active_or_frozen_by_ops"},
    "DELETE FROM account_unfreeze": {"frozen_is_who_is_not_active_or_frozen_by_ops"},
    "UPDATE exchange_rate SET open = true, get = 1000": {"no_exchange_there_and_back_gains"},
}
OF_PROOFS = {
    "DELETE FROM journal WHERE kind = 'hold'": {"everything_sealed_is_there"},
    "INSERT INTO entry SELECT * FROM entry WHERE journal_id = $last": {
        "everything_sealed_is_there",
        "leaves_are_the_sums_of_their_entries",
    },
    "UPDATE proof_leaf SET balance = balance + 1": {
        "leaves_are_the_sums_of_their_entries",
        "checkpoints_are_the_sums_of_their_leaves",
    },
    "UPDATE proof_leaf SET entries = entries + 1": {"leaves_are_the_sums_of_their_entries"},
    "DELETE FROM proof_leaf": {"leaves_are_the_sums_of_their_entries", "checkpoints_are_the_sums_of_their_leaves"},
    "UPDATE checkpoint SET total = total + 1": {"checkpoints_are_the_sums_of_their_leaves"},
    "UPDATE proof_progress SET in_others = in_others + 1": {"checkpoints_are_the_sums_of_their_leaves"},
    "INSERT INTO journal (idem, kind, fingerprint, happened_at, posted_at, channel, actor, result)"
    " VALUES ('x', 'repeat', '', now(), now() - interval '301 seconds', 'ops', 'x', '{}')": {
        "journals_are_sealed_in_time"
    },
}


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    """With something of everything, sealed and checkpointed."""
    made = Ledger(engine)
    member_id, spent = made.member(100), new_id("ord")
    made.hold(member_id, 10)
    made.hold(member_id, 20, spent)
    made.capture(spent)
    made.refund(spent, 5)
    debtor = made.member()
    made.accrue(debtor, 30)
    made.capture(made.hold(debtor, 25)["order_id"])
    made.claw_back(debtor, 30)
    made.gift(member_id, made.member(7), 10)
    made.unfreeze(made.freeze(made.member()))
    seal(made, 5)
    take_checkpoint(made.works)
    return made


def damaged(ledger: Ledger, statement: str) -> None:
    for name, meaning in NAMES.items():
        statement = statement.replace(name, meaning)
    damage_to(ledger, statement)


def found_in_part(ledger: Ledger) -> dict[str, list]:
    [(last,)] = ledger.fetch("SELECT max(last_journal) FROM seal")
    with ledger.works.begin() as work:
        findings = audited(work, TOUCHED_INVARIANTS, **touched_by(work, Slice(1, last, 0)))
    return {each["name"]: each["found"] for each in findings}


def found_in_all(ledger: Ledger) -> dict[str, list]:
    with ledger.works.begin() as work:
        return {each["name"]: each["found"] for each in check_invariants(work)}


def test_every_rule_says_when_it_is_asked():
    """In braces what of a part it looks at, or its name in HOURLY or, with the reason, in NIGHTLY."""
    assert sorted(INVARIANTS) == sorted([*TOUCHED_INVARIANTS, *NIGHTLY])


def test_who_was_only_frozen_is_looked_at(ledger: Ledger):
    member_id = ledger.member()
    seal(ledger, 5)
    ledger.freeze(member_id)
    seal(ledger, 5)
    [(first, last)] = ledger.fetch("SELECT first_journal, last_journal FROM seal ORDER BY block DESC LIMIT 1")
    damage_to(ledger, "UPDATE account SET status = 'open' WHERE owner = :owner", owner=member_id)

    with ledger.works.begin() as work:
        findings = audited(work, TOUCHED_INVARIANTS, **touched_by(work, Slice(first, last, 0)))

    assert [each["name"] for each in findings if each["found"]] == ["frozen_is_who_is_not_active_or_frozen_by_ops"]


def test_nothing_is_wrong_to_begin_with(ledger: Ledger):
    assert [name for name, found in (found_in_part(ledger) | found_in_all(ledger)).items() if found] == []


@pytest.mark.parametrize("damage", OF_A_PART)
def test_a_part_shows_what_the_whole_shows(ledger: Ledger, damage: str):
    damaged(ledger, damage)

    part, whole = found_in_part(ledger), found_in_all(ledger)

    assert OF_A_PART[damage] <= {name for name, found in part.items() if found}
    assert part == {name: whole[name] for name in part}


@pytest.mark.parametrize("damage", OF_PROOFS)
def test_damage_to_what_was_sealed_shows_in_the_counts(ledger: Ledger, damage: str):
    damaged(ledger, damage)

    assert OF_PROOFS[damage] <= {name for name, found in found_in_all(ledger).items() if found}


def test_a_part_is_a_part(ledger: Ledger):
    """What other members have is not even looked at."""
    member_id = ledger.member(3)
    seal(ledger, 5)
    [(first, last)] = ledger.fetch("SELECT first_journal, last_journal FROM seal ORDER BY block DESC LIMIT 1")
    damage_to(ledger, "UPDATE account SET posted = posted + 1 WHERE kind = 'wallet'")

    with ledger.works.begin() as work:
        limits = touched_by(work, Slice(first, last, 0))
        findings = audited(work, TOUCHED_INVARIANTS, **limits)

    found = {each["name"]: each["found"] for each in findings if each["found"]}
    assert found == {"wallet_is_the_sum_of_its_entries": [member_id], "wallet_is_the_sum_of_its_buckets": [member_id]}
    assert ledger.fetch("SELECT id FROM account WHERE owner = :o", o=member_id) == [(limits["accounts"][0],)]


def test_every_rule_of_a_part_is_a_rule_of_the_whole():
    assert TOUCHED_INVARIANTS.keys() < INVARIANTS.keys()
    assert not any("{" in rule for rule in [*INVARIANTS.values(), *TOUCHED_INVARIANTS.values()])
