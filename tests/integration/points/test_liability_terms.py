"""What the liability is measured by: rows, history, and what points bring along that were exchanged."""

import pytest

from services.chassis.testkit import database_of
from tests.integration.points.liability_story import Books, fen_of, line, moves_of, unit_of
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


@pytest.fixture
def books(ledger: Ledger) -> Books:
    return Books(ledger)


def test_points_exchanged_for_coins_take_their_deferred_revenue_along(books: Books):
    """A hundred points a coin; 3,000 fen of money for 30 coins more."""
    ledger = books.on("2026-01-10")
    member = ledger.member()
    ledger.accrue(member, 1_000, "bill")
    ledger.exchange(member, 3)
    ledger.top_up(member, 3_000)

    report = books.report("2026-01")

    assert fen_of(report) == line(deferred=990, moved=-297, closing=693)
    assert fen_of(report, "COIN") == line(deferred=3_000, moved=297, closing=3_297)
    assert unit_of(report, "COIN")["points"]["closing"] == books.wallets("COIN") == 33


def test_gifts_change_nothing(books: Books):
    ledger = books.on("2026-01-10")
    giver, receiver = ledger.member(), ledger.member()
    ledger.accrue(giver, 1_000, "bill")
    ledger.gift(giver, receiver, 200)

    report = books.report("2026-01")

    assert moves_of(report)["gift"] == (200, 200)
    assert fen_of(report) == line(deferred=990, closing=990)
    assert [(row["source"], row["points"]) for row in report["outstanding"]] == [("bill", 1_000)]


def test_what_points_are_worth_is_a_row(books: Books):
    books.ledger.execute(
        "INSERT INTO point_value (unit, fen, effective_from, actor) VALUES ('PTS', 1.25, '2026-02-01', 'migration')"
    )
    books.ledger.execute(
        "INSERT INTO breakage_assumption (unit, source, share, effective_from, actor)"
        " VALUES ('PTS', 'referral', 0.2, '2026-02-01', 'migration')"
    )
    ledger = books.on("2026-02-10")
    ledger.accrue(ledger.member(), 1_000, "referral")

    report = books.report("2026-02")

    assert fen_of(report)["deferred"] == 1_000  # 1.25 fen each, 800 expected
    assert [(row["value_fen"], row["expected_points"]) for row in report["outstanding"]] == [(1_250, 800)]


def test_history_takes_over_from_the_assumption_when_there_is_enough_of_it(books: Books):
    """Campaign points of three months: 100 of 400 are spent in the month they came, 30 in the next."""
    for name, value in (("months", 3), ("points", 400)):
        books.ledger.execute(
            "INSERT INTO ledger_setting (name, value, effective_from, actor)"
            " VALUES (:name, :value, '2026-01-01', 'migration')",
            name=f"breakage_history_{name}", value=value,
        )  # fmt: skip
    for month, next_month in (("2026-01", "2026-02"), ("2026-02", "2026-03"), ("2026-03", "2026-04")):
        ledger = books.on(f"{month}-10")
        member = ledger.member()
        ledger.accrue(member, 400, "campaign")
        books.spend(f"{month}-11", member, 100)
        books.spend(f"{next_month}-11", member, 30)
    books.expire("2026-05-02")
    ledger = books.on("2026-05-03")
    ledger.accrue(ledger.member(), 1_000, "campaign")
    books.on("2026-06-01")

    report = books.report("2026-05")

    ages = [(row["age"], row["at_risk"], row["redeemed"]) for row in report["run_off"]]
    assert ages == [(0, 2_200, 300), (1, 900, 90)]
    source = report["sources"][0]
    assert (source["left_points"], source["estimated_points"], source["expected_points"]) == (1_000, 1_000, 100)
    # All that was issued before has lapsed and is earned. May's is put aside at 1 - 1900/2200 * 0.9.
    assert source["fen"]["closing"] == 223
