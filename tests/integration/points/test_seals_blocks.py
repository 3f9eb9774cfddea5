"""Blocks of seals: bounded, contiguous, one chain whoever seals."""

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, race
from tests.integration.points.sealed_story import Drawing, blocks, damage_to, found_in, seal
from tests.integration.points.story import Ledger, card

engine = database_of("points", each="function")


def set_block_lines(ledger: Ledger, lines: int) -> None:
    damage_to(
        ledger,
        "INSERT INTO ledger_setting (name, value, effective_from, actor)"
        " VALUES ('seal_block_lines', :lines, '2026-01-01', 'migration')",
        lines=lines,
    )


def member_in_sealed_ledger(ledger: Ledger, most_lines: int) -> str:
    member_id = ledger.member()
    seal(ledger)
    set_block_lines(ledger, most_lines)
    return member_id


def blocks_with_journals(ledger: Ledger) -> list[tuple[int, int]]:
    return [(journals, entries) for *_, journals, entries in blocks(ledger) if journals]


def test_blocks_are_bounded_but_never_cut_a_journal_in_two(ledger: Ledger):
    small = member_in_sealed_ledger(ledger, 4)
    for _ in range(3):
        ledger.accrue(small, 10)
    ledger.enrol(*[card(new_id("mbr"), channel="web") for _ in range(9)])  # 27 records; one journal, ten entries
    ledger.accrue(small, 10)

    assert seal(ledger) == len(blocks(ledger)) - 1
    assert blocks_with_journals(ledger) == [(2, 4), (1, 2), (1, 10), (1, 2)]
    assert ledger.fetch("SELECT max(records), sum(records) FROM seal WHERE block > 1") == [(4, 27)]
    assert found_in(ledger) == []


def test_a_large_journal_behind_a_gap_makes_no_empty_block(ledger: Ledger):
    member_id = member_in_sealed_ledger(ledger, 1)
    Drawing(ledger).roll_back()
    ledger.accrue(member_id, 100)

    assert seal(ledger) == 1
    assert blocks_with_journals(ledger) == [(1, 2)]


def test_two_sealers_at_once_make_one_chain(ledger: Ledger):
    member_id = member_in_sealed_ledger(ledger, 2)
    for _ in range(20):
        ledger.accrue(member_id, 1)

    sealed = race(*[lambda: seal(ledger, 5)] * 3)

    assert sum(sealed) + seal(ledger, 5) == len(blocks_with_journals(ledger)) == 20
    assert found_in(ledger) == []
