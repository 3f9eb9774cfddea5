"""The audit finds what it is for: each kind of damage, done by hand, is named."""

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, owner_of, works_on
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.prepare_partitions import prepare_entry_partitions
from tests.integration.points.story import Ledger

engine = database_of("points")

DAMAGES = {
    "UPDATE account SET posted = posted + 1 WHERE kind = 'wallet'": {
        "wallet_is_the_sum_of_its_entries",
        "wallet_is_the_sum_of_its_buckets",
    },
    "UPDATE bucket SET remaining = remaining + 1": {
        "bucket_is_the_sum_of_its_entries",
        "wallet_is_the_sum_of_its_buckets",
    },
    "UPDATE bucket SET held = held + 1 WHERE held < remaining": {
        "wallet_is_the_sum_of_its_buckets",
        "bucket_held_is_what_open_holds_drew",
    },
    "UPDATE account SET held = held - 1 WHERE kind = 'wallet' AND held > 0": {
        "wallet_is_the_sum_of_its_buckets",
        "held_is_the_sum_of_open_holds",
    },
    "UPDATE account SET lifetime = lifetime + 1 WHERE kind = 'wallet'": {
        "lifetime_is_what_was_earned_and_not_clawed_back"
    },
    "UPDATE hold SET amount = amount + 1 WHERE state = 'open'": {
        "held_is_the_sum_of_open_holds",
        "hold_is_the_sum_of_its_buckets",
    },
    "UPDATE hold_bucket AS part SET amount = part.amount + 1 FROM hold"
    " WHERE hold.order_id = part.order_id AND state = 'open'": {
        "bucket_held_is_what_open_holds_drew",
        "hold_is_the_sum_of_its_buckets",
    },
    "UPDATE hold SET refunded = refunded + 1 WHERE state = 'captured'": {
        "hold_is_the_sum_of_its_buckets",
        "capture_is_booked_as_captured",
    },
    "UPDATE hold SET expires_at = now() - interval '1 hour' WHERE state = 'open'": {"no_hold_is_long_overdue"},
    "UPDATE account SET status = 'frozen' WHERE kind = 'wallet'": {"frozen_is_who_is_not_active_or_frozen_by_ops"},
    "UPDATE account SET owed = owed + 1 WHERE kind = 'wallet'": {"owed_is_the_sum_of_the_debt_account"},
    "INSERT INTO claw_back SELECT journal.id, account.id, NULL, 'debt', 5, 5, 0, 0, 'x' FROM journal, account"
    " WHERE journal.kind = 'capture' AND account.kind = 'wallet'": {"claw_backs_are_booked_as_noted"},
    "INSERT INTO journal (idem, kind, fingerprint, happened_at, channel, actor, result)"
    " VALUES ('y', 'clawback', '', now(), 'ops', 'x', '{}')": {"journals_that_move_points_have_entries"},
    "INSERT INTO claw_back SELECT e.journal_id, e.account_id, e.journal_id, 'within_balance', e.amount + 1, 0, 0,"
    " e.amount + 1, 'x' FROM entry AS e JOIN account ON account.id = e.account_id AND account.kind = 'wallet'"
    " JOIN journal ON journal.id = e.journal_id AND journal.kind = 'accrual'": {"nothing_is_clawed_back_twice"},
    "INSERT INTO top_up SELECT 'pay_' || id, id, 1, 500, 5, '2030-01-01' FROM journal WHERE kind = 'capture'": {
        "top_ups_are_booked_as_noted"
    },
    "INSERT INTO top_up_reversal SELECT journal_id, payment_ref, points + 1, amount_fen, 'x' FROM top_up": {
        "top_ups_are_booked_as_noted",
        "no_top_up_is_reversed_beyond_itself",
    },
    "INSERT INTO adjustment_line SELECT adjustment.id, 2, member_id, 5 FROM adjustment, holder WHERE member_id NOT IN"
    " (SELECT member_id FROM adjustment_line) LIMIT 1": {
        "adjustments_are_booked_as_requested",
        "adjustments_are_the_sums_of_their_lines",
    },
    "INSERT INTO account_freeze SELECT 'frz_x', member_id, 'x', 'x', now() FROM holder LIMIT 1": {
        "frozen_is_who_is_not_active_or_frozen_by_ops"
    },
    "INSERT INTO gift SELECT id, 1, 2, 5, NULL, '2026-11-20' FROM journal WHERE kind = 'capture'": {
        "gifts_are_booked_as_noted"
    },
    "INSERT INTO bucket (account_id, expires_on, remaining) VALUES (0, '2026-12-31', 0)": {"buckets_belong_to_wallets"},
    "DELETE FROM holder WHERE member_id NOT IN"
    " (SELECT member_id FROM adjustment_line UNION SELECT member_id FROM account_freeze)": {"wallets_have_a_holder"},
    "UPDATE holder SET wallet_id = wallet_id + 1": {"wallets_have_a_holder"},
    "WITH run AS (INSERT INTO bill_run (run_id, period, file_name, state, effective_on, expires_on, actor)"
    " VALUES ('x', '2026-10', 'x', 'staging', '2026-10-31', '2030-01-01', 'x') RETURNING no)"
    " INSERT INTO bill_due_after_all SELECT no, journal_id, account_id, 1 FROM run, claw_back": {
        "what_was_due_after_all_was_forgiven_before"
    },
    "INSERT INTO journal (idem, kind, fingerprint, happened_at, channel, actor, result)"
    " VALUES ('x', 'capture', '', now(), 'ops', 'x', '{}')": {"journals_that_move_points_have_entries"},
    "INSERT INTO entry (journal_id, seq, account_id, unit, amount) VALUES (0, 0, 0, 'PTS', 1), (0, 1, 0, 'PTS', -1)": {
        "entries_have_a_journal_and_an_account"
    },
    "INSERT INTO entry SELECT * FROM entry WHERE journal_id = (SELECT max(journal_id) FROM entry)": {
        "legs_of_a_journal_are_numbered_once",
        "wallet_is_the_sum_of_its_entries",
        "bucket_is_the_sum_of_its_entries",
        "capture_is_booked_as_captured",
    },
    "INSERT INTO entry (journal_id, seq, account_id, unit, amount, posted_at) SELECT id, s, 1, 'PTS', s, '2001-01-01'"
    " FROM (SELECT max(id) AS id FROM journal) AS j, (VALUES (-1), (1)) AS v (s)": {
        "no_entry_missed_its_partition",
        "legs_of_a_journal_are_numbered_once",
    },
}


@pytest.fixture
def story(ledger: Ledger) -> Ledger:
    member_id, spent = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 10)
    ledger.hold(member_id, 20, spent)
    ledger.claw_back(member_id, 5)
    ledger.unfreeze(ledger.freeze(member_id))
    paid = ledger.top_up(member_id, 500)["payment_ref"]
    ledger.hold(member_id, 2, unit="COIN")
    ledger.reverse_top_up(paid)
    ledger.gift(member_id, ledger.member(), 10)
    ledger.adjust((member_id, 5))
    ledger.capture(spent)
    return ledger


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_named(story: Ledger, damage: str):
    with works_on(owner_of(story.engine), story.clock).begin() as work:
        before = found_in(work)
        work.execute(sa.text(damage))
        after = found_in(work)
        work.connection.rollback()

    assert before == set()
    assert DAMAGES[damage] <= after


def test_whose_wallet_is_damaged_is_said(story: Ledger):
    member_id = story.member(5)
    with works_on(owner_of(story.engine), story.clock).begin() as work:
        damage = sa.text("UPDATE account SET posted = posted + 1 WHERE kind = 'wallet' AND owner = :owner")
        work.execute(damage, {"owner": member_id})
        found = {check["name"]: check["found"] for check in check_invariants(work)}
        work.connection.rollback()

    assert found["wallet_is_the_sum_of_its_entries"] == [member_id]
    assert found["bucket_is_the_sum_of_its_entries"] == []


def found_in(work) -> set[str]:
    return {check["name"] for check in check_invariants(work) if check["found"]}


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("UPDATE entry SET amount = amount + 1", "append only"),
        ("DELETE FROM entry", "append only"),
        ("UPDATE journal SET actor = 'me'", "append only"),
        ("DELETE FROM journal", "append only"),
        ("TRUNCATE entry", "append only"),
        ("INSERT INTO entry (journal_id, seq, account_id, unit, amount) VALUES (1, 9, 1, 'PTS', 5)", "sum to zero"),
        ("UPDATE account SET posted = -1 WHERE kind = 'wallet'", "account_covered"),
        ("UPDATE account SET posted = 1 WHERE kind = 'system'", "account_derived"),
        ("UPDATE bucket SET held = remaining + 1", "bucket_covered"),
        ("UPDATE exchange_rate SET give = 1", "append only"),
        ("UPDATE top_up SET points = 1", "append only"),
        ("DELETE FROM gift", "append only"),
        ("DELETE FROM adjustment_line", "append only"),
        ("UPDATE account_freeze SET reason = 'x'", "append only"),
        ("UPDATE top_up_reversal SET points = 1", "append only"),
        ("UPDATE claw_back SET forgiven = 0", "append only"),
        ("UPDATE hold_bucket SET refunded = captured + 1", "hold_bucket_amounts"),
    ],
)
def test_the_database_itself_refuses(story: Ledger, statement: str, complaint: str):
    with pytest.raises(sa.exc.DBAPIError, match=complaint):
        story.execute(statement)


def test_partitions_are_made_ahead_and_only_once(ledger: Ledger):
    ledger.execute(
        "INSERT INTO ledger_setting (name, value, effective_from, actor)"
        " VALUES ('partition_months_ahead', 7, '2026-01-01', 'migration')"
    )

    made, again = prepare_entry_partitions(ledger.works), prepare_entry_partitions(ledger.works)

    assert (made, again) == (4, 0)
    member_id = ledger.member(10)  # entries still find their way
    assert ledger.available(member_id) == 10
