"""The statement: signed lines, newest first, with the balance after each."""

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.usecases.list_statement import list_statement
from tests.integration.points.story import Ledger

engine = database_of("points")


def page(ledger: Ledger, member_id: str, limit: int = 20, cursor: str | None = None) -> dict:
    request = {"member_id": member_id, "limit": limit, "cursor": cursor}
    return contract.LIST_STATEMENT.dump_reply(ledger.ask(contract.LIST_STATEMENT, list_statement, request))


def shape(lines: list[dict]) -> list[tuple]:
    return [(line["kind"], line["source"], line["points"], line["balance"]) for line in lines]


def test_lines_are_signed_and_carry_the_balance_after_them(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.accrue(member_id, 100, source="bill", reference="GD-2026-10")
    ledger.accrue(member_id, 30, source="review", reference="rev_1")
    ledger.hold(member_id, 50, order_id)
    ledger.capture(order_id)
    ledger.refund(order_id, 20)

    found = page(ledger, member_id)

    assert shape(found["lines"]) == [
        ("refund", None, 20, 100),
        ("redemption", None, -50, 80),
        ("accrual", "review", 30, 130),
        ("accrual", "bill", 100, 100),
    ]
    assert [line["reference"] for line in found["lines"]] == [order_id, order_id, "rev_1", "GD-2026-10"]
    assert {line["effective_on"] for line in found["lines"]} == {"2026-11-20"}
    assert found["next_cursor"] is None


def test_pages_join_without_gap_or_overlap_while_new_lines_arrive(ledger: Ledger):
    member_id = ledger.member()
    for points in range(1, 8):
        ledger.accrue(member_id, points)

    first = page(ledger, member_id, limit=3)
    ledger.accrue(member_id, 1000)
    second = page(ledger, member_id, limit=3, cursor=first["next_cursor"])
    third = page(ledger, member_id, limit=3, cursor=second["next_cursor"])

    lines = [*first["lines"], *second["lines"], *third["lines"]]
    assert [(line["points"], line["balance"]) for line in lines] == [
        (7, 28), (6, 21), (5, 15), (4, 10), (3, 6), (2, 3), (1, 1),
    ]  # fmt: skip
    assert third["next_cursor"] is None


def test_a_hold_draws_no_line_until_it_is_captured(ledger: Ledger):
    member_id = ledger.member(10)

    ledger.hold(member_id, 5)

    assert shape(page(ledger, member_id)["lines"]) == [("accrual", "campaign", 10, 10)]


@pytest.mark.parametrize("cursor", ["x", "12-abcdefabcdef", "ffffffffffffffff-000000000000", "0-'; DROP TABLE entry"])
def test_a_cursor_that_was_not_given_is_refused(ledger: Ledger, cursor: str):
    member_id = ledger.member(10)

    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        page(ledger, member_id, cursor=cursor)


def test_a_cursor_of_another_member_is_refused(ledger: Ledger):
    one, other = ledger.member(10), ledger.member(10)
    ledger.accrue(one, 5)
    cursor = page(ledger, one, limit=1)["next_cursor"]

    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        page(ledger, other, cursor=cursor)


def test_who_has_no_account_has_no_statement(ledger: Ledger):
    with pytest.raises(Refused, match=contract.ACCOUNT_UNKNOWN):
        page(ledger, new_id("mbr"))
