"""A bill run among others: several workers, live redemptions and gifts, wallets that are locked or owe points."""

import random
import threading
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, owner_of, race, works_on
from services.points import contract
from services.points.storage.bill_runs import BillRun, require_run
from services.points.usecases.finish_bill_run import finish_bill_run
from tests.integration.points.bill_story import Biller, Replica, set_rule, set_setting
from tests.integration.points.story import Ledger

engine = database_of("points")

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture(autouse=True)
def small_chunks(ledger: Ledger) -> None:
    set_rule(ledger)
    set_setting(ledger, "bill_chunk_wallets", 2)


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    return Biller(ledger, tmp_path, LETTERS)


def planned_run(ledger: Ledger, biller: Biller, **charges: int) -> BillRun:
    """Staged and planned by the service, which then has nothing more to do with it."""
    service = Replica(ledger, biller.folder)
    service.start(biller.file(**charges).name)
    service.work_on(until=lambda: biller.status()["state"] == "posting")
    ledger.execute("UPDATE bill_run SET at_service = false WHERE run_id = :r", r=biller.run_id)
    with ledger.works.begin() as work:
        return require_run(work, biller.run_id)


def test_several_workers_post_each_chunk_once(biller: Biller):
    run = biller.bill(workers=3, **{name: place for place, name in enumerate(LETTERS, start=1)})

    assert biller.available() == {name: place for place, name in enumerate(LETTERS, start=1)}
    assert (run["posted_now"], run["chunks"], run["posted_chunks"]) == (26, 14, 14)
    assert len(biller.told(contract.BILL_RUN_POSTED)) == 1


def test_several_processes_help_to_post_one_run(ledger: Ledger, biller: Biller):
    run = planned_run(ledger, biller, **dict.fromkeys(LETTERS, 10))

    results = race(*[partial(finish_bill_run, ledger.works, run, workers=2) for _ in range(3)])

    assert [result["state"] for result in results] == ["posted"] * 3
    assert sum(result["posted_now"] for result in results) == len(LETTERS)
    assert set(biller.available().values()) == {10}
    assert len(biller.told(contract.BILL_RUN_POSTED)) == 1


def test_redemptions_and_gifts_go_on_during_a_run_and_nothing_is_lost(ledger: Ledger, biller: Biller):
    for name in LETTERS:
        ledger.accrue(biller.members[name], 1_000)
    ledger.gift_limit("2026-01-01", points_a_day=10**9, points_a_month=10**9, gifts_a_day=10**6)
    done = threading.Event()
    shoppers = [Shopper(ledger, list(biller.members.values()), seed) for seed in range(3)]

    def bill_all() -> None:
        try:
            for revision, points in enumerate((500, 300, 700), start=1):
                biller.bill(revision=revision, workers=2, **dict.fromkeys(LETTERS, points))
        finally:
            done.set()

    results = race(bill_all, *[partial(shopper.shop_until, done) for shopper in shoppers])

    assert results == [None] * 4
    assert all(shopper.deals > 0 for shopper in shoppers)
    left = sum(biller.available().values()) - sum(biller.owed().values())
    assert left == len(LETTERS) * (1_000 + 700) - sum(shopper.spent for shopper in shoppers)


class Shopper:
    """Spends and gives without a pause. Nothing but too few points may be refused."""

    def __init__(self, ledger: Ledger, members: list[str], seed: int) -> None:
        self.ledger, self.members, self.chance = ledger, members, random.Random(seed)
        self.spent = self.deals = 0

    def shop_until(self, done: threading.Event) -> None:
        while not done.is_set():
            one, other = self.chance.sample(self.members, 2)
            try:
                self.chance.choice([self._redeem, self._change_mind, partial(self._give, other)])(one)
            except Refused as refusal:
                if refusal.code != contract.INSUFFICIENT:
                    raise
            self.deals += 1

    def _redeem(self, member_id: str) -> None:
        order_id, points = new_id("ord"), self.chance.randrange(1, 50)
        self.ledger.hold(member_id, points, order_id)
        self.ledger.capture(order_id)
        self.spent += points

    def _change_mind(self, member_id: str) -> None:
        order_id = new_id("ord")
        self.ledger.hold(member_id, 20, order_id)
        self.ledger.release(order_id)

    def _give(self, other: str, member_id: str) -> None:
        self.ledger.gift(member_id, other, 10)


def test_debts_are_repaid_first(ledger: Ledger, biller: Biller):
    for name, owed in (("A", 30), ("B", 10), ("C", 10)):
        ledger.accrue(biller.members[name], owed)
        biller.spend(name, owed)
        ledger.claw_back(biller.members[name], owed)

    run = biller.bill(A=20, B=10, C=25, D=5)

    assert {name: biller.owed()[name] for name in "ABCD"} == {"A": 10, "B": 0, "C": 0, "D": 0}
    assert {name: biller.available()[name] for name in "ABCD"} == {"A": 0, "B": 0, "C": 15, "D": 5}
    assert run["points"] == 60
    (first, second) = biller.told(contract.POINTS_ACCRUED)
    told = [(posting["points"], posting["available"]) for posting in first["postings"] + second["postings"]]
    assert told == [(20, 0), (10, 0), (25, 15), (5, 5)]
    legs = (
        "SELECT account.kind, amount::int FROM entry JOIN account ON account.id = account_id"
        " WHERE journal_id = (SELECT min(id) FROM journal WHERE ref = :r) ORDER BY seq"
    )
    assert ledger.fetch(legs, r=biller.run_id) == [("system", -30), ("debt", 20), ("debt", 10)]


def test_frozen_and_indebted_wallets_in_one_chunk(ledger: Ledger, biller: Biller):
    set_setting(ledger, "bill_chunk_wallets", 10)
    ledger.accrue(biller.members["A"], 30)
    biller.spend("A", 30)
    ledger.claw_back(biller.members["A"], 30)
    ledger.freeze(biller.members["B"])

    run = biller.bill(A=20, B=10, C=25)

    assert (run["posted_lines"], run["rejected_lines"], run["points"]) == (2, 1, 45)
    assert biller.rejects() == [(2, "account_frozen")]
    assert (biller.owed()["A"], biller.available()["C"]) == (10, 25)


def test_a_wallet_that_is_locked_for_long_does_not_end_the_run(ledger: Ledger, biller: Biller):
    run = planned_run(ledger, biller, **dict.fromkeys(LETTERS, 10))
    url = str(ledger.engine.url.update_query_dict({"options": "-c lock_timeout=50"}).render_as_string(False))
    hasty = make_engine(url, pool_size=3)
    holding, waited = threading.Event(), threading.Event()

    def hold_a_wallet() -> None:
        with owner_of(ledger.engine).begin() as connection:
            wallet = sa.text("SELECT 1 FROM account WHERE owner = :id AND kind = 'wallet' FOR UPDATE")
            connection.execute(wallet, {"id": biller.members["A"]})
            holding.set()
            assert waited.wait(20)

    def post() -> dict:
        assert holding.wait(20)
        posted = finish_bill_run(works_on(hasty, clock=ledger.clock), run, seen, workers=2)
        hasty.dispose()
        return posted

    def seen(_what: str, done: int, _of: int, _lines: int | None = None) -> None:
        if done >= len(LETTERS) - 2:  # all but the chunk of that wallet
            waited.set()

    _, posted = race(hold_a_wallet, post)

    assert (posted["state"], posted["posted_lines"]) == ("posted", 26)
    assert set(biller.available().values()) == {10}
