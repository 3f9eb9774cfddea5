"""The verifier names every row that is not as it was sealed: changed, deleted or put in by somebody with all rights."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points.usecases.progress import nothing
from services.points.usecases.verify_ledger import first_block_of_last_days, verify_ledger
from tests.integration.points.bill_files import ops
from tests.integration.points.sealed_story import SealedStory
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    return Ledger(engine)  # damage is meant here


@pytest.fixture
def story(ledger: Ledger) -> SealedStory:
    return SealedStory(ledger)


def test_nothing_is_found_where_nothing_was_changed(story: SealedStory):
    verified = verify_ledger(story.ledger.works, nothing, known_heads={2: story.head(2), 3: story.head(3)})

    assert verified.findings == []
    assert (verified.blocks, verified.journals, verified.entries) == (3, 5, 8)
    assert (verified.head.block, verified.head.hash.hex()) == (3, story.head(3))


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount + 1",
        "expires_on = expires_on + 1",
        "posted_at = posted_at + interval '1 microsecond'",
        "pool = 1",
        "pool = NULL",
        "unit = 'COIN'",
    ],
)
def test_a_changed_entry_is_named(story: SealedStory, change: str):
    story.damage(f"UPDATE entry SET {change} WHERE journal_id = :id AND seq = 1", id=story.accrued)  # noqa: S608

    assert story.found() == [story.entry("altered", 1, story.accrued, 1, story.second)]


def test_an_entry_moved_to_another_account_is_named_with_both(story: SealedStory):
    story.damage(
        "UPDATE entry SET account_id = :thief WHERE journal_id = :id AND seq = 1",
        thief=story.account(story.first), id=story.accrued,
    )  # fmt: skip

    was = {"account_id": story.account(story.second), "unit": "PTS", "kind": "wallet", "owner": story.second}
    assert story.found() == [story.entry("altered", 1, story.accrued, 1, story.first, was=was)]


@pytest.mark.parametrize(
    "change",
    [
        "result = jsonb_set(result, '{points}', '51')",
        "actor = 'somebody'",
        "channel = 'ops'",
        "rule = 'expiry_policy:1'",
        "ref = NULL",
        "source = 'bill'",
        "idem = idem || 'x'",
        "fingerprint = sha256('x')",
        "kind = 'refund'",
        "corrects = 1",
        "happened_at = happened_at + interval '1 microsecond'",
    ],
)
def test_a_changed_journal_is_named(story: SealedStory, change: str):
    story.damage(f"UPDATE journal SET {change} WHERE id = :id", id=story.accrued)  # noqa: S608

    assert story.found() == [story.journal("altered", 1, story.accrued)]


def test_a_journal_booked_on_another_day_is_named(story: SealedStory):
    story.damage("UPDATE journal SET posted_at = '2020-02-29 16:00Z' WHERE id = :id", id=story.accrued)

    assert story.found() == [story.journal("altered", 1, story.accrued, day="2020-03-01")]


def test_a_deleted_entry_is_named_with_its_account(story: SealedStory):
    story.damage("DELETE FROM entry WHERE journal_id = :id AND seq = 1", id=story.captured)

    assert story.found() == [story.entry("deleted", 2, story.captured, 1, story.second)]


def test_a_deleted_journal_is_named_with_all_its_entries(story: SealedStory):
    story.damage("DELETE FROM entry WHERE journal_id = :id", "DELETE FROM journal WHERE id = :id", id=story.last)

    assert story.found() == [
        story.journal("deleted", 3, story.last),
        story.entry("deleted", 3, story.last, 0, "issue:campaign"),
        story.entry("deleted", 3, story.last, 1, story.first),
    ]


def test_a_balanced_pair_in_an_old_journal_is_named(story: SealedStory):
    story.damage(
        "INSERT INTO entry (journal_id, seq, account_id, unit, amount) VALUES"
        " (:id, 2, (SELECT account_id FROM entry WHERE journal_id = :id AND seq = 0), 'PTS', -9),"
        " (:id, 3, :account, 'PTS', 9)",
        id=story.accrued, account=story.account(story.second),
    )  # fmt: skip

    assert story.found() == [
        story.entry("inserted", 1, story.accrued, 2, "issue:campaign"),
        story.entry("inserted", 1, story.accrued, 3, story.second),
    ]


@pytest.mark.parametrize("journal_id", [0, -5])
def test_a_journal_put_before_all_others_is_named(story: SealedStory, journal_id: int):
    story.damage(
        "INSERT INTO journal (id, idem, kind, fingerprint, happened_at, channel, actor, result)"
        " VALUES (:id, 'x', 'hold', '', now(), 'web', 'x', '{}')",
        id=journal_id,
    )

    assert story.found() == [story.journal("inserted", 1, journal_id)]


def test_an_entry_doubled_is_named_once(story: SealedStory):
    story.damage("INSERT INTO entry SELECT * FROM entry WHERE journal_id = :id AND seq = 1", id=story.accrued)

    assert story.found() == [story.entry("inserted", 1, story.accrued, 1, story.second)]


def test_two_rows_that_were_swapped_are_both_named(story: SealedStory):
    story.damage("UPDATE entry SET seq = 1 - seq WHERE journal_id = :id", id=story.accrued)
    owners = ("issue:campaign", story.second)
    [issue, wallet] = [story.entry("altered", 1, story.accrued, 0, owner) for owner in owners]
    account = ("account_id", "unit", "kind", "owner")

    assert story.found() == [
        wallet | {"was": {name: issue[name] for name in account}},
        issue | {"seq": 1, "was": {name: wallet[name] for name in account}},
    ]


def test_a_row_numbered_otherwise_is_missed_where_it_was_and_found_where_it_is(story: SealedStory):
    story.damage("UPDATE entry SET seq = 8 WHERE journal_id = :id AND seq = 1", id=story.accrued)

    assert story.found() == [
        story.entry("deleted", 1, story.accrued, 1, story.second),
        story.entry("inserted", 1, story.accrued, 8, story.second),
    ]


def test_from_a_block_on(story: SealedStory):
    story.damage("UPDATE entry SET amount = amount + 1 WHERE journal_id = :id AND seq = 1", id=story.accrued)

    assert story.found(first_block=2) == []
    assert verify_ledger(story.ledger.works, nothing, first_block=3).blocks == 1


def test_blocks_of_the_last_days(story: SealedStory):
    story.ledger.clock.instant = story.seal_of(2).sealed_at
    assert first_block_of_last_days(story.ledger.works) == 1
    story.ledger.clock.advance(days=30)
    assert first_block_of_last_days(story.ledger.works) is None


def test_the_command_says_what_is_wrong_and_what_to_do(story: SealedStory):
    head = f"3:{story.head(3)}"
    good = ops(story.ledger.engine, "ledger", "verify", "--head", head)
    story.damage("UPDATE entry SET amount = amount + 1 WHERE journal_id = :id AND seq = 1", id=story.accrued)
    bad = ops(story.ledger.engine, "ledger", "verify", "--head", head)
    as_json = ops(story.ledger.engine, "ledger", "verify", "--json")
    wrong = ops(story.ledger.engine, "ledger", "verify", "--head", "3:xyz")

    records = story.ledger.fetch("SELECT sum(records) FROM seal")[0][0]
    sealed = f"3 blocks, 5 journals, 8 entries, {records} records"
    assert (good.returncode, good.stdout.splitlines()[0]) == (0, f"✓ {sealed}; head {head}")
    assert bad.returncode == 1
    assert f"altered entry: journal {story.accrued} seq 1" in bad.stdout and story.second in bad.stdout
    assert "backup" in bad.stdout
    assert (as_json.returncode, json.loads(as_json.stdout)["findings"][:1]) == (1, story.found())
    assert "posted is 30, booked is 31" in bad.stdout
    assert (wrong.returncode, wrong.stdout) == (2, "")
