"""When a merchant's goods count as received, and what entries sum to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.escrow import CREDIT, DEBIT, REFUND, SALE, Entry, Receipt, Worth, balance, kept_back
from services.orders.domain.escrow import sold_and_kept as sold

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WORTHS = st.builds(Worth, *[st.integers(0, 10**9)] * 3)


def receipt(status="confirmed", delivered=None, completed=None, used=None, has_unused_codes=False, is_case_open=False):
    days = [None if day is None else NOON + day * DAY for day in (delivered, completed, used)]
    return Receipt(status, *days, has_unused_codes, is_case_open)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        (receipt(), None),
        (receipt(delivered=1), 8),
        (receipt("completed", delivered=1, completed=3), 3),
        (receipt("completed", delivered=1, completed=9), 8),
        (receipt("completed", delivered=1, completed=1, has_unused_codes=True), 8),
        (receipt("completed", delivered=1, completed=1, used=2), 2),
        (receipt("completed", delivered=1, completed=3, is_case_open=True), None),
        (receipt("cancelling", delivered=1), None),
        (receipt("cancelled", delivered=1, completed=3), None),
    ],
)
def test_when_it_is_due(known, due):
    assert known.due_at(7) == (None if due is None else NOON + due * DAY)


@given(WORTHS, st.lists(st.tuples(WORTHS, st.booleans())))
def test_what_a_merchant_has_and_is_owed_is_what_was_paid_less_what_went_back(sale, refunds):
    before = [Entry(REFUND, -worth) for worth, is_credited in refunds if not is_credited]
    after = [Entry(DEBIT, -worth) for worth, is_credited in refunds if is_credited]
    entries = [Entry(SALE, sale), *before]
    credited = [*entries, Entry(CREDIT, kept_back(entries)), *after]
    net = sum((-worth for worth, _ in refunds), sale)
    assert (balance(credited), sold(credited)) == (net, net)
