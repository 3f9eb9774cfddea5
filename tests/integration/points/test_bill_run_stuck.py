"""Chunks that cannot be posted, now or ever: they keep no others, and everybody can see them."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.testkit import database_of, owner_of, race, works_on
from services.points.usecases import post_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import ops, run_of
from tests.integration.points.bill_story import Biller, Fullness, Replica, set_rule, set_setting
from tests.integration.points.story import Ledger

engine = database_of("points")


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    """Every wallet is a chunk of its own."""
    set_rule(ledger)
    set_setting(ledger, "bill_chunk_wallets", 1)
    return Biller(ledger, tmp_path, "ABCDE")


CHARGES = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}


def test_the_service_posts_all_chunks_but_the_one_with_a_fault(ledger: Ledger, biller: Biller):
    replica = Replica(ledger, biller.folder)
    replica.start(biller.file(**CHARGES).name)
    with Fullness(ledger, biller.members["B"]):
        replica.work_on()
        stopped, steps_of_another = biller.status(), replica.step()

    assert (stopped["state"], stopped["stopped_because"]) == ("posting", "a fault: DataError")
    assert (stopped["posted_lines"], stopped["posted_chunks"], stopped["stuck_chunks"]) == (4, 5, 1)
    assert (steps_of_another, biller.available()) == (False, CHARGES | {"B": 0})
    resumed = replica.resume(biller.run_id)
    replica.work_on()
    assert (resumed["stuck_chunks"], resumed["stopped_because"]) == (0, None)
    assert (biller.status()["state"], biller.available()) == ("posted", CHARGES)


@pytest.mark.parametrize("workers", [1, 3])
def test_operators_see_what_is_stuck_and_type_the_same_again(ledger: Ledger, biller: Biller, workers: int):
    file = biller.file(**CHARGES)
    with Fullness(ledger, biller.members["A"]):
        stuck = import_bill_run(ledger.works, file, workers=workers)
        typed = ops(ledger.engine, "bill-run", "resume", biller.run_id, "--json")
    assert (stuck["state"], stuck["posted_now"], stuck["stuck_chunks"]) == ("posting", 4, 1)
    assert (typed.returncode, run_of(typed)["stopped_because"]) == (1, "a fault: DataError")

    run = import_bill_run(ledger.works, file)

    assert (run["state"], run["posted_now"], run["stuck_chunks"], run["stopped_because"]) == ("posted", 1, 0, None)
    assert biller.available() == CHARGES


def test_a_claw_back_with_a_fault_is_set_aside_too(ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch):
    biller.bill(**dict.fromkeys("ABCDE", 10))
    with monkeypatch.context() as broken:
        broken.setattr(post_bill_run, "take_back_points", fails)
        stuck = biller.bill(revision=2, **dict.fromkeys("ABC", 10), D=20)

    run = biller.bill(revision=2, **dict.fromkeys("ABC", 10), D=20)

    assert (stuck["state"], stuck["stuck_chunks"], stuck["points"], stuck["clawed_back"]) == ("posting", 1, 10, 0)
    assert stuck["stopped_because"] == "a fault: ZeroDivisionError"
    assert (run["state"], run["clawed_back"]) == ("posted", 10)
    assert biller.available() == {"A": 10, "B": 10, "C": 10, "D": 20, "E": 0}


def fails(*_: object) -> None:
    raise ZeroDivisionError


def test_when_every_chunk_fails_it_is_not_their_fault(ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch):
    file = biller.file(**CHARGES)
    with monkeypatch.context() as broken:
        broken.setattr(post_bill_run, "MOST_STUCK_CHUNKS", 3)
        broken.setattr(post_bill_run, "_post", fails)
        with pytest.raises(ZeroDivisionError):
            import_bill_run(ledger.works, file)
        seen = biller.status()["stuck_chunks"]

    assert seen == 3
    assert import_bill_run(ledger.works, file)["state"] == "posted"


def test_who_waits_for_a_locked_wallet_posts_all_others_first(ledger: Ledger, biller: Biller):
    """One worker: nobody else could have done it meanwhile."""
    url = str(ledger.engine.url.update_query_dict({"options": "-c lock_timeout=50"}).render_as_string(False))
    hasty = make_engine(url, pool_size=3)
    holding, others_posted = threading.Event(), threading.Event()

    def hold_a_wallet() -> None:
        with owner_of(ledger.engine).begin() as connection:
            wallet = sa.text("SELECT 1 FROM account WHERE owner = :id AND kind = 'wallet' FOR UPDATE")
            connection.execute(wallet, {"id": biller.members["A"]})
            holding.set()
            assert others_posted.wait(20)

    def seen(what: str, done: int, _of: int, _lines: int | None = None) -> None:
        if what == "posting" and done == 4:
            others_posted.set()

    def post() -> dict:
        assert holding.wait(20)
        posted = import_bill_run(works_on(hasty, clock=ledger.clock), biller.file(**CHARGES), seen)
        hasty.dispose()
        return posted

    _, run = race(hold_a_wallet, post)

    assert (run["state"], run["stuck_chunks"], biller.available()) == ("posted", 0, CHARGES)


def test_what_stopped_the_service_is_no_longer_told_once_operators_went_on(ledger: Ledger, biller: Biller):
    replica = Replica(ledger, biller.folder)
    file = biller.file(A=1)
    whole = file.read_bytes()
    file.write_bytes(whole[: whole.index(b"#total")])
    replica.start(file.name)
    replica.work_on()
    stopped = biller.status()["stopped_because"]
    file.write_bytes(whole)

    run = import_bill_run(ledger.works, file)

    assert (stopped, run["state"]) == ("the trailer is missing: the file is not whole", "posted")
    assert run["stopped_because"] is None
