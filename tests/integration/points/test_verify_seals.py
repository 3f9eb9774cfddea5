"""The verifier names seals and checkpoints that were changed, and by heads from outside what was rebuilt."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.points.domain.seals import Sealing
from services.points.storage.checkpoints import checkpoints_of
from services.points.storage.seals import entry_lines, head_of_chain, journal_lines, record_lines, write_seal
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.take_checkpoint import take_checkpoint
from tests.integration.points.sealed_story import SealedStory, damage_to, found_in
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    return Ledger(engine)  # damage is meant here


@pytest.fixture
def story(ledger: Ledger) -> SealedStory:
    return SealedStory(ledger)


@pytest.mark.parametrize(
    ("change", "columns"),
    [
        ("content = sha256('x')", ["content"]),
        ("hash = sha256('x')", ["hash"]),
        ("prev = sha256('x')", ["prev"]),
        ("form = 'x'", ["form"]),
        ("first_journal = first_journal + 1", ["first_journal"]),
        ("last_journal = last_journal + 1", ["last_journal"]),
        ("names = set_byte(names, 3, 7)", ["names"]),
        ("sealed_at = sealed_at - interval '1 microsecond'", []),
    ],
)
@pytest.mark.parametrize("block", [1, 2])
def test_a_changed_seal_is_named_and_its_rows_are_not(story: SealedStory, change: str, columns: list[str], block: int):
    story.damage(f"UPDATE seal SET {change} WHERE block = {block}")  # noqa: S608

    assert story.found() == [{"what": "seal_altered", "block": block, "columns": columns}]


def test_a_changed_print_is_named_with_its_row(story: SealedStory):
    flipped = "set_byte(entry_prints, 8, get_byte(entry_prints, 8) # 1)"  # the first byte of the second entry's
    story.damage(f"UPDATE seal SET entry_prints = {flipped} WHERE block = 2")  # noqa: S608

    assert story.found() == [
        {"what": "seal_altered", "block": 2, "columns": ["entry_prints"]},
        story.entry("print_altered", 2, story.captured, 1, story.second),
    ]


def test_a_changed_row_whose_print_was_changed_too_is_still_seen(story: SealedStory):
    story.damage(
        "UPDATE entry SET amount = amount + 1 WHERE journal_id = :id AND seq = 1",
        "UPDATE seal SET content = sha256('x') WHERE block = 1",
        id=story.accrued,
    )

    assert story.found() == [
        {"what": "seal_altered", "block": 1, "columns": []},
        story.entry("altered", 1, story.accrued, 1, story.second),
    ]


def test_a_missing_seal_is_named(story: SealedStory):
    story.damage("DELETE FROM seal WHERE block = 2")

    assert story.found() == [{"what": "seal_missing", "block": 2}]


def rebuild(story: SealedStory, block: int) -> None:
    """Change a row and seal its block and all behind it again, as somebody would who knows how it is done."""
    sealed = [story.seal_of(number) for number in range(block, 4)]
    story.damage("DELETE FROM seal WHERE block >= :block", block=block)
    story.damage("UPDATE entry SET amount = amount * 2 WHERE journal_id = :id", id=sealed[0].last_journal)
    for seal in sealed:
        with story.ledger.works.begin() as work:
            again, head = Sealing(), head_of_chain(work)
            for row in journal_lines(work, seal.first_journal, seal.last_journal):
                again.add_journal(*row)
            for row in entry_lines(work, seal.first_journal, seal.last_journal):
                again.add_entry(*row)
            for row in record_lines(work, seal.first_journal, seal.last_journal):
                again.add_record(*row)
            write_seal(work, again.after(head, seal.last_journal, seal.sealed_at))


def test_a_rebuilt_last_block_is_named_by_a_head_that_was_written_down_outside(story: SealedStory):
    known = {2: story.head(2), 3: story.head(3)}
    rebuild(story, 3)

    assert story.found() == []  # from inside there is nothing to see
    assert story.found(known_heads=known) == [
        {"what": "head_differs", "block": 3, "known": known[3], "found": story.head(3), "rebuilt_from": 3}
    ]


def test_of_rebuilt_blocks_the_first_that_can_have_been_is_told(story: SealedStory):
    known = {1: story.head(1), 3: story.head(3)}
    rebuild(story, 2)

    assert story.found() == []
    assert story.found(known_heads=known) == [
        {"what": "head_differs", "block": 3, "known": known[3], "found": story.head(3), "rebuilt_from": 2}
    ]


def test_a_chain_that_was_cut_off_is_seen_by_a_head_from_outside(story: SealedStory):
    known = {3: story.head(3)}
    story.damage("DELETE FROM seal WHERE block = 3")

    assert story.found() == []
    assert story.found(known_heads=known) == [{"what": "head_missing", "block": 3, "known": known[3]}]


def test_a_rebuilt_block_in_the_middle_does_not_fit_the_one_behind_it(story: SealedStory):
    third = vars(story.seal_of(3))
    rebuild(story, 2)
    columns = ", ".join(third)
    values = ", ".join(f":{column}" for column in third)
    story.damage("DELETE FROM seal WHERE block = 3")
    story.damage(f"INSERT INTO seal ({columns}) VALUES ({values})", **third)  # noqa: S608

    assert story.found() == [{"what": "seal_rebuilt", "block": 2}]


CHECKPOINTS = {
    "UPDATE checkpoint SET total = total + 1 WHERE no = 1": {"what": "checkpoint_altered", "unit": "PTS", "no": 1},
    "UPDATE checkpoint SET root = sha256('x') WHERE no = 2": {"what": "checkpoint_altered", "unit": "PTS", "no": 2},
    "UPDATE checkpoint SET hash = sha256('x') WHERE no = 1": {"what": "checkpoint_altered", "unit": "PTS", "no": 1},
    "DELETE FROM checkpoint WHERE no = 1": {"what": "checkpoint_missing", "unit": "PTS", "no": 1},
}


@pytest.mark.parametrize("damage", CHECKPOINTS)
def test_a_changed_checkpoint_is_named(ledger: Ledger, damage: str):
    for _ in range(2):
        ledger.member(100)
        seal_journals(ledger.works, 5)
        take_checkpoint(ledger.works)
    before = found_in(ledger)
    damage_to(ledger, damage)

    assert (before, found_in(ledger)) == ([], [CHECKPOINTS[damage]])


def test_a_checkpoint_taken_again_does_not_fit_the_one_behind_it(story: SealedStory):
    for points in (1, 2):
        story.ledger.accrue(story.first, points)
        story.seal()
        take_checkpoint(story.ledger.works)
    with story.ledger.works.begin() as work:
        first = checkpoints_of(work, "PTS")[0]
    forged = replace(first, total=first.total + 1).signed()
    story.damage(
        "UPDATE checkpoint SET total = :total, hash = :hash WHERE no = 1", total=forged.total, hash=forged.hash
    )

    assert story.found() == [{"what": "checkpoint_rebuilt", "unit": "PTS", "no": 1}]


def test_a_rebuilt_block_does_not_fit_the_checkpoints(story: SealedStory):
    take_checkpoint(story.ledger.works)
    known = story.head(3)
    rebuild(story, 3)

    assert story.found() == [
        {"what": "head_differs", "block": 3, "known": known, "found": story.head(3), "rebuilt_from": 1}
    ]
