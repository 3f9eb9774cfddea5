"""What runs at night dies at one commit after the other: the provider's bill, and what is to be ordered anew."""

import os
from collections import Counter
from pathlib import Path

import pytest
from kombu import Connection, Queue

from services.catalog.contract import REPLENISHMENT_PROPOSED
from services.chassis import clock
from services.chassis.bus.wire import decode, events_exchange
from tests.faults.checks import breaches
from tests.faults.dying import type_it, type_until_it_lives
from tests.faults.ordeal import Stage

SOME_DAYS_LATER_S, AN_HOUR_S = 4 * 86_400, 3_600
"""By then today's bill is there, and of the days after it is believed that they have none."""
LEAST_DEATHS = 4
BILLED = "SELECT coalesce(sum(lines), 0)::int FROM provider_bill WHERE provider = 'alipay' AND reviewed_at IS NOT NULL"
MOVED = """
    SELECT (SELECT count(*) FROM payment WHERE provider = 'alipay' AND status = 'captured')::int
         + (SELECT count(*) FROM refund JOIN payment USING (payment_id)
            WHERE provider = 'alipay' AND refund.status = 'done')::int
"""
DIFFERENCES = "SELECT kind || ' ' || what || ' ' || number FROM bill_difference"
SOME_LEVELS = """
    SELECT element_id, place_id, on_hand - reserved AS free FROM stock_level JOIN place USING (place_id)
    WHERE state = 'open' ORDER BY element_id, place_id LIMIT 4
"""
PROPOSED = "SELECT element_id, place_id FROM replenishment WHERE status = 'open'"


@pytest.mark.timeout(3_600)
def test_bills_that_are_compared_by_who_dies_at_every_commit_agree_with_the_books(stage: Stage, tmp_path: Path) -> None:
    error = tmp_path / "clock"
    later = {clock.SETTING: str(error)}
    stage.books.wait_for_ends(list(stage.history.accepted_orders()))

    def wait_an_hour(nth: int) -> None:
        """Whoever died had a bill to itself for a while."""
        error.write_text(str(SOME_DAYS_LATER_S + nth * AN_HOUR_S))

    deaths, _ = type_until_it_lives(("tests.faults.nightly", "alipay"), tmp_path / "crash", wait_an_hour, **later)

    stage.deaths["reconciling"] += deaths
    assert deaths >= LEAST_DEATHS
    assert stage.books.column("orders", BILLED) == stage.books.column("orders", MOVED)
    assert stage.books.column("orders", DIFFERENCES) == []
    assert breaches(stage.evidence) == []


@pytest.mark.timeout(3_600)
def test_what_runs_short_is_proposed_and_told_once_by_who_dies_at_every_commit(stage: Stage, tmp_path: Path) -> None:
    short = stage.books.rows("catalog", SOME_LEVELS)
    crash = tmp_path / "crash"
    for level in short:
        amounts = ("--least", str(level["free"] + 1), "--target", str(level["free"] + 10))
        where = (level["element_id"], level["place_id"])
        words = ("services.catalog.ops", "replenishment", "rule", *where, *amounts, "--because", "it runs short")
        assert (done := type_it(words, crash)).returncode == 0, done.stderr

    with Connection(os.environ["MALL_AMQP_URL"]) as connection:
        channel = connection.channel()
        heard = Queue("", events_exchange("catalog"), REPLENISHMENT_PROPOSED.type, exclusive=True)(channel)
        heard.declare()
        deaths, _ = type_until_it_lives(("services.catalog.ops", "replenishment", "propose"), crash)
        stage.books.wait_for_empty_outboxes()
        told = {(event["id"], event["data"]["element_id"]) for event in everything_in(heard)}

    stage.deaths["replenishing"] += deaths
    wanted = Counter((level["element_id"], level["place_id"]) for level in short)
    open_ones = [(row["element_id"], row["place_id"]) for row in stage.books.rows("catalog", PROPOSED)]
    assert deaths >= LEAST_DEATHS
    assert Counter(one for one in open_ones if one in wanted) == wanted
    assert Counter(element for _, element in told) == Counter(element for element, _ in open_ones)
    assert breaches(stage.evidence) == []


def everything_in(queue: Queue) -> list[dict]:
    found = []
    while message := queue.get(no_ack=True):
        found.append(decode(message.body))
    return found
