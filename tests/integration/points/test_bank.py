"""The bank: what members pass around among themselves while others look never changes its sum, and no past changes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.usecases.get_balance import get_balance
from services.points.usecases.list_statement import list_statement
from tests.integration.points.story import Ledger

engine = database_of("points", pool_size=16)
WALLETS, WRITERS, WATCHERS, ACCOUNTANTS = 8, 8, 2, 2
DEEDS_EACH, EACH_HAS, COIN_IS_WORTH = 400, 500, 10
HALF = 0.5
LOOKS, LINES = 100, 200  # at least
REFUSED = {contract.INSUFFICIENT}
_CAPTURED = sa.text("SELECT unit, sum(captured - refunded) FROM hold GROUP BY unit")


@dataclass
class Bank:
    """Writers go on until each has done its deeds; readers as long as there are writers."""

    ledger: Ledger
    members: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def worth(self, work: Work) -> int:
        """Of all that members own and all that orders have of theirs, by one snapshot."""
        owned = {unit: [self._balance(work, member_id, unit) for member_id in self.members] for unit in ("PTS", "COIN")}
        with_orders = {unit: int(points) for unit, points in work.execute(_CAPTURED)}
        assert len([one for one in owned["PTS"] if one]) == WALLETS
        assert all(amount >= 0 for unit in owned.values() for one in unit for amount in one.values())
        sums = {unit: sum(sum(one.values()) for one in found) for unit, found in owned.items()}
        return sum(
            (sums[unit] + with_orders.get(unit, 0)) * worth for unit, worth in {"PTS": 1, "COIN": COIN_IS_WORTH}.items()
        )

    def _balance(self, work: Work, member_id: str, unit: str) -> dict[str, int]:
        """Empty for who has no wallet of coins yet."""
        try:
            found = get_balance(work, {"member_id": member_id, "unit": unit})
        except Refused as refusal:
            assert (refusal.code, unit) == (contract.ACCOUNT_UNKNOWN, "COIN")
            return {}
        return {"available": found["available"], "held": found["held"]}


@pytest.fixture
def bank(ledger: Ledger) -> Bank:
    ledger.execute(
        "INSERT INTO gift_limit (smallest, largest, points_a_day, points_a_month, gifts_a_day, effective_from, actor)"
        " VALUES (1, 1000000, 1000000, 1000000, 1000000, '2001-01-01', 'migration')"
    )
    ledger.rate("PTS>COIN", COIN_IS_WORTH, 1)
    ledger.rate("COIN>PTS", 1, COIN_IS_WORTH)
    return Bank(ledger, [ledger.member(EACH_HAS) for _ in range(WALLETS)])


def write(bank: Bank, seed: int) -> int:
    """How many deeds were accepted."""
    random, accepted = Random(seed), 0
    for _ in range(DEEDS_EACH):
        try:
            random.choice(DEEDS)(bank, random)
            accepted += 1
        except Refused as refusal:
            assert refusal.code in REFUSED
    return accepted


def give(bank: Bank, random: Random) -> None:
    giver, receiver = random.sample(bank.members, 2)
    bank.ledger.gift(giver, receiver, random.randint(1, 300))


def hold_and_release(bank: Bank, random: Random) -> None:
    order_id = new_id("ord")
    bank.ledger.hold(random.choice(bank.members), random.randint(1, 300), order_id)
    bank.ledger.release(order_id)


def redeem_and_return(bank: Bank, random: Random) -> None:
    order_id, points = new_id("ord"), random.randint(2, 300)
    bank.ledger.hold(random.choice(bank.members), points, order_id)
    captured = bank.ledger.capture(order_id, points=random.randint(1, points))["points"]
    bank.ledger.refund(order_id, captured // 2 or 1)
    if captured > 1:
        bank.ledger.refund(order_id, captured - captured // 2)


def exchange(bank: Bank, random: Random) -> None:
    member_id, coins = random.choice(bank.members), random.randint(1, 20)
    if random.random() < HALF:
        bank.ledger.exchange(member_id, coins, coins * COIN_IS_WORTH)
    else:
        bank.ledger.exchange(member_id, coins * COIN_IS_WORTH, coins, way="COIN>PTS")


DEEDS: list[Callable[[Bank, Random], None]] = [give, hold_and_release, redeem_and_return, exchange]


def watch(bank: Bank) -> list[int]:
    """What all was worth, each time anybody looked."""
    seen = []
    while not bank.done.is_set() or not seen:
        with bank.ledger.works.still() as work:
            seen.append(bank.worth(work))
    return seen


def keep_accounts(bank: Bank, member_id: str) -> int:
    """Reads the statement to its end, again and again; how many lines there are in the end."""
    known: dict[int, tuple[int, int]] = {}
    last_look = False
    while not last_look:
        last_look = bank.done.is_set()
        lines = statement(bank.ledger, member_id)
        read = {int(line["line_id"]): (line["points"], line["balance"]) for line in lines}
        assert {line: read.get(line) for line in known} == known
        assert not {line for line in read if known and line < max(known)} - known.keys()
        assert chains([read[line] for line in sorted(read)])
        known = read
    return len(known)


def statement(ledger: Ledger, member_id: str) -> list[dict[str, Any]]:
    lines, cursor = [], None
    while True:
        page = ledger.ask(
            contract.LIST_STATEMENT, list_statement, {"member_id": member_id, "limit": 50, "cursor": cursor}
        )
        lines += page["lines"]
        cursor = page["next_cursor"]
        if cursor is None:
            return lines


def chains(lines: list[tuple[int, int]]) -> bool:
    """Each balance is the one before it and the points of its line; the first begins with nothing."""
    before = 0
    for points, balance in lines:
        if balance != before + points or balance < 0:
            return False
        before = balance
    return True


def test_nobody_ever_sees_points_appear_or_vanish(bank: Bank):
    with ThreadPoolExecutor(WRITERS + WATCHERS + ACCOUNTANTS) as pool:
        watchers = [pool.submit(watch, bank) for _ in range(WATCHERS)]
        accountants = [pool.submit(keep_accounts, bank, member_id) for member_id in bank.members[:ACCOUNTANTS]]
        writers = [pool.submit(write, bank, seed) for seed in range(WRITERS)]
        try:
            accepted = [writer.result() for writer in writers]
        finally:
            bank.done.set()

    sums = [worth for watcher in watchers for worth in watcher.result()]
    assert set(sums) == {WALLETS * EACH_HAS}
    assert len(sums) > LOOKS
    assert all(accountant.result() > LINES for accountant in accountants)
    assert min(accepted) > DEEDS_EACH // 2
    assert bank.ledger.fetch("SELECT count(*) FROM hold WHERE state = 'open' OR captured > refunded") == [(0,)]
