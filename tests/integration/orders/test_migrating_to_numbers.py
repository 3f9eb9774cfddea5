"""Payments that providers know by numbers of before: asked about under these, and found on bills that cut them off."""

from datetime import date

import pytest

from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id
from services.chassis.testkit import works_on
from services.orders.domain.bill import REFUND, TRADE
from services.orders.storage.differences import has_line, ours_of
from services.orders.storage.payments import as_the_provider_knows_it, find_refund, known_payment
from tests.integration.orders.kit import NOON
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

PROVIDERS = ("alipay", "bank", "mobile")
DAY = date(2026, 3, 1)
PAID = {provider: derived_id("pay", provider) for provider in PROVIDERS}
BACK = {provider: derived_id("rfd", provider) for provider in PROVIDERS}
KNOWN_AS = {"alipay": PAID["alipay"], "bank": f"pay{PAID['bank'][4:]}", "mobile": PAID["mobile"][4:]}
BILLED_AS = {**KNOWN_AS, "bank": f"pay{PAID['bank'][4:]}"[:32]}
BACK_KNOWN_AS = {**BACK, "bank": f"rfd{BACK['bank'][4:]}"}
BACK_BILLED_AS = {**BACK, "bank": f"rfd{BACK['bank'][4:]}"[:32]}


def rows_of(provider: str) -> str:
    order_id = derived_id("ord", provider)
    return f"""
    INSERT INTO orders (order_id, purchase_id, member_id, channel, language, status, payment_status, fulfilment_status,
                        version, points, coins, cash_fen, placed_at, pay_by, lane, variant, plan)
    VALUES ('{order_id}', 'pur_{order_id[4:]}', '{derived_id("mbr", "one")}', 'web', 'zh', 'completed', 'partial',
            'delivered', 1, 0, 0, 9900, '2026-03-01T04:00:00Z', '2026-03-01T04:15:00Z', '', '', '[]');
    INSERT INTO payment
        (payment_id, purchase_id, provider, amount_fen, status, provider_trade_no, started_at, expires_at)
    VALUES ('{PAID[provider]}', 'pur_{order_id[4:]}', '{provider}', 9900, 'captured', 'trade',
            '2026-03-01T04:00:00Z', '2026-03-01T04:15:00Z');
    INSERT INTO payment_share VALUES ('{PAID[provider]}', '{order_id}', 9900, 150);
    INSERT INTO refund (refund_id, payment_id, order_id, amount_fen, reason, status, due_at)
    VALUES ('{BACK[provider]}', '{PAID[provider]}', '{order_id}', 150, 'case', 'open', now());
    INSERT INTO provider_bill (provider, day, state, sha256, lines, paid_fen, refunded_fen, read_at)
    VALUES ('{provider}', '{DAY}', 'read', 'x', 2, 9900, 150, now());
    INSERT INTO provider_bill_line VALUES
        ('{provider}', '{DAY}', 1, 'trade', '{PAID[provider][:33]}', 'theirs-1', 9900, 59, now()),
        ('{provider}', '{DAY}', 2, 'refund', '{BACK[provider][:33]}', 'theirs-2', 150, 0, now());
    """


@pytest.fixture(scope="module")
def works():
    with database_from("orders", "0021", "".join(map(rows_of, PROVIDERS))) as engine:
        yield works_on(engine, FixedClock(NOON))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_providers_are_asked_under_the_numbers_that_they_were_told(works, provider):
    with works.begin() as work:
        assert as_the_provider_knows_it(known_payment(work, PAID[provider])).number == KNOWN_AS[provider]
        assert find_refund(work, BACK[provider]).number == BACK_KNOWN_AS[provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_bills_of_before_and_after_name_them(works, provider):
    with works.begin() as work:
        for kind, billed_as, identity in ((TRADE, BILLED_AS, PAID), (REFUND, BACK_BILLED_AS, BACK)):
            [ours] = ours_of(work, provider, kind, [billed_as[provider]]).values()
            assert ours.number == identity[provider]
            assert has_line(work, provider, kind, billed_as[provider])
