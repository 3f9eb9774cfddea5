"""What counts as not tried at all, because there was no session to be had."""

import psycopg2
import pytest
import sqlalchemy as sa

from services.chassis.data.database import is_out_of_reach

REFUSED = psycopg2.OperationalError("connection refused")


def problem(statement: str | None, lost: bool = False) -> sa.exc.OperationalError:
    return sa.exc.OperationalError(statement, {}, REFUSED, connection_invalidated=lost)


@pytest.mark.parametrize("nothing_tried", [problem(None), sa.exc.TimeoutError("no place in the pool")])
def test_no_session(nothing_tried: Exception) -> None:
    assert is_out_of_reach(nothing_tried)


@pytest.mark.parametrize(
    "tried", [problem("SELECT 1"), problem("SELECT 1", lost=True), problem(None, lost=True), ValueError("of its own")]
)
def test_a_statement_or_a_commit_that_cost_the_session_was_tried(tried: Exception) -> None:
    assert not is_out_of_reach(tried)
