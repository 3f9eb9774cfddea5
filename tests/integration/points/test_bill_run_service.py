"""Bill runs that the service works on by itself: started by a file of the drop folder, step by step."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.points import contract
from services.points.usecases import work_off_bill_runs as service_module
from tests.integration.points.bill_files import bill_file, ops, run_of
from tests.integration.points.bill_story import Biller, Fullness, Replica, set_rule, set_setting
from tests.integration.points.story import Ledger

engine = database_of("points")


@pytest.fixture
def replica(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its steps are so small that little files take many."""
    monkeypatch.setattr(service_module, "BYTES_A_STEP", 100)
    set_rule(ledger)
    set_setting(ledger, "bill_chunk_wallets", 1)
    made = Replica(ledger, tmp_path)
    yield made
    made.readers.stop()
    ledger.execute("UPDATE bill_run SET at_service = false")  # what a test leaves unfinished is not the next one's


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    return Biller(ledger, tmp_path)


def test_a_file_of_the_drop_folder_is_posted_step_by_step(replica: Replica, biller: Biller):
    file = biller.file(A=100, B=50, C=7)

    started = replica.start(file.name)
    steps = replica.work_on()

    assert (started["state"], started["file_name"], started["lines"]) == ("staging", file.name, 0)
    assert biller.available() == {"A": 100, "B": 50, "C": 7}
    assert biller.status()["state"] == "posted"
    assert steps >= 8  # three batches and the totals, the plan, a chunk for each wallet, the end
    assert replica.step() is False


def test_a_request_sent_again_gets_its_answer_again_and_another_one_is_refused(replica: Replica, biller: Biller):
    file, request_id = biller.file(A=100), new_id("req")

    first = replica.start(file.name, request_id)
    replica.work_on()
    again = replica.start(file.name, request_id)
    with pytest.raises(Refused) as refused:
        replica.start(file.name)

    assert again == first
    assert (refused.value.code, refused.value.details) == (contract.BILL_RUN_KNOWN, {"state": "posted"})
    assert biller.available()["A"] == 100


def test_a_corrected_file_of_the_drop_folder(replica: Replica, biller: Biller):
    replica.start(biller.file(A=100, B=50).name)
    replica.work_on()

    replica.start(biller.file(revision=2, A=70, C=5).name)
    replica.work_on()

    assert biller.available() == {"A": 70, "B": 0, "C": 5}
    with pytest.raises(Refused, match=contract.BILL_REVISION_OUT_OF_ORDER):
        replica.start(biller.file(revision=4, A=1).name)


@pytest.mark.parametrize(
    "name",
    ["../outside.csv", "/etc/hostname", "inner/file.csv", ".", "..", "not-there.csv", "inner", "link.csv", "x" * 200,
     "账" * 200, "inner/../run.csv"],
)  # fmt: skip
def test_only_plain_files_right_in_the_drop_folder_are_taken(ledger: Ledger, tmp_path: Path, name: str):
    folder = tmp_path / "drop"
    (folder / "inner").mkdir(parents=True)
    for place in (tmp_path / "outside.csv", folder / "inner" / "file.csv", folder / "run.csv"):
        place.write_bytes(bill_file(tmp_path, new_id("run"), []).read_bytes())
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")

    with pytest.raises(Refused) as refused:
        Replica(ledger, folder).start(name)

    assert refused.value.code == contract.BILL_FILE_UNKNOWN
    assert Replica(ledger, folder).start("run.csv")["state"] == "staging"
    ledger.execute("UPDATE bill_run SET at_service = false")


def test_without_a_drop_folder_there_are_no_files(ledger: Ledger):
    with pytest.raises(Refused, match=contract.BILL_FILE_UNKNOWN):
        Replica(ledger, None).start("run.csv")


def test_what_is_no_bill_run_is_refused_at_once(replica: Replica, tmp_path: Path):
    (tmp_path / "notes.txt").write_text("dear colleague,\n")

    with pytest.raises(Refused) as refused:
        replica.start("notes.txt")

    assert refused.value.code == contract.BILL_FILE_REFUSED
    assert "expected a line like #mall-bill-run" in refused.value.message


def test_a_file_still_on_its_way_stops_the_run_until_it_is_resumed(ledger: Ledger, replica: Replica, biller: Biller):
    lines = [f"L{n},{biller.numbers['A']},2026-10-05,1" for n in range(20)]
    part = bill_file(biller.folder, biller.run_id, lines, trailer=False)
    replica.start(part.name)
    replica.work_on()
    stopped = biller.status()

    whole = bill_file(biller.folder, biller.run_id, lines)
    resumed = replica.resume(biller.run_id)
    replica.work_on()

    assert (stopped["state"], stopped["lines"]) == ("staging", 20)
    assert stopped["stopped_because"] == "the trailer is missing: the file is not whole"
    assert (whole, resumed["stopped_because"]) == (part, None)
    assert (biller.status()["state"], biller.available()["A"]) == ("posted", 20)
    assert ledger.fetch("SELECT count(*) FROM bill_run WHERE run_id = :r", r=biller.run_id) == [(1,)]  # it went on


def test_a_file_that_is_gone_stops_the_run_and_another_in_its_place_begins_anew(
    ledger: Ledger, tmp_path: Path, replica: Replica, biller: Biller
):
    file = biller.file(A=1, B=2, C=3)
    replica.start(file.name)
    replica.step()
    file.unlink()
    other = Replica(ledger, tmp_path)
    replica.readers.stop()
    other.work_on()
    stopped = biller.status()["stopped_because"]

    biller.file(B=9, C=3)
    other.resume(biller.run_id)
    other.work_on()

    assert stopped == "bill_run.file_unknown: there is no such file in the drop folder"
    assert biller.available() == {"A": 0, "B": 9, "C": 3}
    attempts = ledger.fetch("SELECT state FROM bill_run WHERE run_id = :r ORDER BY no", r=biller.run_id)
    assert attempts == [("abandoned",), ("posted",)]


def test_a_run_that_cannot_go_on_does_not_keep_the_others(ledger: Ledger, replica: Replica, tmp_path: Path):
    broken, sound = Biller(ledger, tmp_path), Biller(ledger, tmp_path)
    full = broken.members["B"]
    replica.start(broken.file(A=5, B=10).name)
    replica.start(sound.file(A=10).name)
    with Fullness(ledger, full):
        replica.work_on()
        stopped = broken.status()

    assert (stopped["state"], stopped["stopped_because"]) == ("posting", "a fault: DataError")
    assert sound.available()["A"] == 10
    replica.resume(broken.run_id)
    replica.work_on()
    assert (broken.status()["state"], broken.available()) == ("posted", {"A": 5, "B": 10, "C": 0})


def test_a_file_has_one_reader_whoever_it_is(ledger: Ledger, tmp_path: Path, replica: Replica, biller: Biller):
    other = Replica(ledger, tmp_path)
    file = biller.file(A=1, B=2, C=3)
    replica.start(file.name)
    replica.step()

    assert other.step() is False
    done = ops(ledger.engine, "bill-run", "import", str(file))
    assert (done.returncode, contract.BILL_RUN_BUSY in done.stderr) == (1, True)
    replica.readers.stop()  # the process ends
    other.work_on()
    assert biller.status()["state"] == "posted"
    assert biller.available() == {"A": 1, "B": 2, "C": 3}


def test_replicas_take_steps_at_once(ledger: Ledger, tmp_path: Path, replica: Replica):
    names = "ABCDEFGHIJKLMNOPQRST"
    for _ in range(3):
        biller = Biller(ledger, tmp_path, names)
        others = [Replica(ledger, tmp_path) for _ in range(2)]
        replica.start(biller.file(**dict.fromkeys(names, 10)).name)

        def posted(biller: Biller = biller) -> bool:
            return biller.status()["state"] == "posted"

        race(*[partial(work_to_the_end, each, posted) for each in (replica, *others)])

        assert set(biller.available().values()) == {10}
        assert len(biller.journals()) == len(names)
        assert len(biller.told(contract.BILL_RUN_POSTED)) == 1


def work_to_the_end(replica: Replica, posted: Callable[[], bool]) -> None:
    while not posted():
        replica.work_on(until=posted)
    replica.readers.stop()


def test_operators_may_finish_what_the_service_staged(ledger: Ledger, replica: Replica, biller: Biller):
    replica.start(biller.file(A=1, B=2).name)
    replica.work_on(until=lambda: biller.status()["state"] != "staging")

    run = run_of(ops(ledger.engine, "bill-run", "resume", biller.run_id, "--json"))

    assert (run["state"], run["posted_now"], replica.step()) == ("posted", 2, False)


def test_the_service_may_finish_what_operators_staged(ledger: Ledger, replica: Replica, biller: Biller):
    replica.start(biller.file(A=1, B=2).name)
    replica.work_on(until=lambda: biller.status()["state"] == "staged")
    ledger.execute("UPDATE bill_run SET at_service = false, drop_file = NULL WHERE run_id = :r", r=biller.run_id)
    idle = replica.step()

    replica.resume(biller.run_id)
    replica.work_on()

    assert (idle, biller.status()["state"]) == (False, "posted")


def test_resuming_refuses_what_it_cannot_do_and_leaves_what_has_ended(ledger: Ledger, replica: Replica, biller: Biller):
    with pytest.raises(Refused, match=contract.BILL_RUN_UNKNOWN):
        replica.resume(new_id("run"))
    biller.bill(A=1)

    assert replica.resume(biller.run_id)["state"] == "posted"
    assert replica.step() is False

    ledger.execute("UPDATE bill_run SET state = 'staging' WHERE run_id = :r", r=biller.run_id)
    with pytest.raises(Refused, match=contract.BILL_RUN_NOT_STAGED):
        replica.resume(biller.run_id)
    ledger.execute("UPDATE bill_run SET state = 'posted' WHERE run_id = :r", r=biller.run_id)
