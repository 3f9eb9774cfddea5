"""Files that are not what they seem: exchanged while they wait or are read, oddly named, no files at all."""

import os
from functools import partial
from pathlib import Path

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.domain.bill_file import FileRefused
from services.points.usecases import import_bill_run as import_module
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.start_bill_run import file_in
from tests.integration.points.bill_files import bill_file
from tests.integration.points.bill_story import Biller, Replica, set_rule
from tests.integration.points.story import Ledger

engine = database_of("points")


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    set_rule(ledger)
    return Biller(ledger, tmp_path)


@pytest.fixture
def replica(ledger: Ledger, tmp_path: Path):
    made = Replica(ledger, tmp_path)
    yield made
    made.readers.stop()
    ledger.execute("UPDATE bill_run SET at_service = false")


def test_the_file_of_another_run_in_its_place_is_not_posted_under_the_name_of_the_first(
    ledger: Ledger, replica: Replica, biller: Biller
):
    other = Biller(ledger, biller.folder)
    file = biller.file(A=1)
    replica.start(file.name)
    other.file(A=100).replace(file)

    replica.work_on()

    assert biller.status()["stopped_because"] == f"the file in its place is of run {other.run_id}, revision 1"
    assert (other.available()["A"], biller.available()["A"]) == (0, 0)
    biller.file(A=1)
    replica.resume(biller.run_id)
    replica.work_on()
    assert (biller.status()["state"], biller.available()["A"]) == ("posted", 1)


def test_the_file_of_another_period_in_its_place_is_posted_by_its_own(replica: Replica, biller: Biller):
    file = biller.file(A=1)
    replica.start(file.name)
    bill_file(biller.folder, biller.run_id, of_september(biller), revision=1, period="2026-09")

    replica.work_on()

    assert (biller.status()["state"], biller.status()["period"]) == ("posted", "2026-09")


def test_an_import_that_died_at_once_gives_way_to_a_file_of_another_period(
    ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as dying, pytest.raises(ZeroDivisionError):
        dying.setattr(import_module, "Staging", lambda *_: 1 // 0)
        biller.bill(A=1)

    run = import_bill_run(
        ledger.works, bill_file(biller.folder, biller.run_id, of_september(biller), revision=1, period="2026-09")
    )

    assert (run["state"], run["period"]) == ("posted", "2026-09")
    days = "SELECT effective_on::text FROM journal WHERE ref = :r"
    assert ledger.fetch(days, r=biller.run_id) == [("2026-09-30",)]


def of_september(biller: Biller) -> list[str]:
    return [f"A-9,{biller.numbers['A']},2026-09-05,9"]


def test_a_file_that_is_deleted_while_it_is_read_is_read_to_its_end(
    ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_module, "LARGEST_PIECE", 60)
    file = biller.file(A=1, B=2)

    run = import_bill_run(ledger.works, file, lambda what, *_: file.unlink(missing_ok=True))

    assert (file.exists(), run["state"], biller.available()) == (False, "posted", {"A": 1, "B": 2, "C": 0})


def test_a_reader_who_is_overtaken_is_told_so(ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_module, "LARGEST_PIECE", 60)
    move_on = partial(ledger.execute, "UPDATE bill_run SET staged_bytes = staged_bytes + 1 WHERE run_id = :r")

    with pytest.raises(Refused) as refused:
        import_bill_run(ledger.works, biller.file(A=1, B=2, C=3), lambda *_: move_on(r=biller.run_id))

    assert refused.value.code == contract.BILL_RUN_BUSY


def test_a_pipe_is_refused_in_words(ledger: Ledger, biller: Biller, tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "pipe").open("rb+", buffering=0) as pipe:
        pipe.write(biller.file(A=1).read_bytes())

        with pytest.raises(FileRefused, match="cannot read pipe"):
            import_bill_run(ledger.works, tmp_path / "pipe")


def test_a_file_whose_name_is_no_text_can_be_imported(ledger: Ledger, biller: Biller, tmp_path: Path):
    file = biller.file(A=1).rename(tmp_path / os.fsdecode(b"b\xff\xe9.csv"))

    run = import_bill_run(ledger.works, file)

    assert (run["state"], run["file_name"]) == ("posted", "b??.csv")


@pytest.mark.parametrize("name", ["run\ud800.csv", "\udcff", "run\0.csv"])
def test_names_that_are_no_text_are_unknown_in_the_drop_folder(tmp_path: Path, name: str):
    with pytest.raises(Refused, match=contract.BILL_FILE_UNKNOWN):
        file_in(tmp_path, name)


def test_a_file_of_nothing_but_rubbish_does_not_fill_the_database(
    ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(import_module, "LARGEST_PIECE", 4096)
    rubbish = bill_file(biller.folder, biller.run_id, [""] * 300_000, packed=True)

    with pytest.raises(FileRefused, match="most of the lines cannot be read"):
        import_bill_run(ledger.works, rubbish)

    assert biller.status()["rejected_lines"] <= 110_000
