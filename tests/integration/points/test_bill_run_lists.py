"""Lists of bill runs and of their rejected lines, page by page, and the lines that are not kept for ever."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.usecases import purge_bill_lines as purge_module
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.list_bill_runs import list_bill_rejects, list_bill_runs
from services.points.usecases.purge_bill_lines import purge_bill_lines
from tests.integration.points.bill_files import bill_file, ops
from tests.integration.points.bill_story import Biller, set_rule
from tests.integration.points.story import Ledger

engine = database_of("points")


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    set_rule(ledger)
    return Biller(ledger, tmp_path)


def runs(ledger: Ledger, **asked: object) -> dict:
    return contract.LIST_BILL_RUNS.dump_reply(ledger.ask(contract.LIST_BILL_RUNS, list_bill_runs, asked))


def rejects(ledger: Ledger, **asked: object) -> dict:
    return contract.LIST_BILL_REJECTS.dump_reply(ledger.ask(contract.LIST_BILL_REJECTS, list_bill_rejects, asked))


def test_runs_are_listed_newest_first_a_page_at_a_time(ledger: Ledger, biller: Biller):
    others = [Biller(ledger, biller.folder, "A") for _ in range(2)]
    for place, each in enumerate([biller, *others]):
        each.bill(A=place + 1)
    biller.bill(revision=2, A=10)

    first = runs(ledger, limit=3)
    second = runs(ledger, limit=3, cursor=first["next_cursor"])

    shown = [(run["run_id"], run["revision"], run["points"]) for page in (first, second) for run in page["runs"]]
    assert shown[:4] == [
        (biller.run_id, 2, 9), (others[1].run_id, 1, 3), (others[0].run_id, 1, 2), (biller.run_id, 1, 1),
    ]  # fmt: skip
    assert (len(first["runs"]), second["next_cursor"]) == (3, None)


def test_runs_can_be_listed_by_their_state(ledger: Ledger, biller: Biller):
    import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, [], declared_lines=1))

    assert biller.run_id in [run["run_id"] for run in runs(ledger, state="refused")["runs"]]
    assert biller.run_id not in [run["run_id"] for run in runs(ledger, state="posted")["runs"]]


def test_rejects_are_listed_in_the_order_of_the_file(ledger: Ledger, biller: Biller):
    lines = [f"L{n},nobody{n},2026-10-05,1" for n in range(5)]
    import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, lines))

    first = rejects(ledger, run_id=biller.run_id, limit=3)
    second = rejects(ledger, run_id=biller.run_id, limit=3, cursor=first["next_cursor"])

    assert [reject["line_no"] for page in (first, second) for reject in page["rejects"]] == [1, 2, 3, 4, 5]
    assert first["rejects"][0] == {
        "line_no": 1, "line_id": "L0", "subscriber_no": "nobody0", "reason": "unknown_subscriber",
    }  # fmt: skip
    assert (first["next_cursor"], second["next_cursor"]) == ("3", None)


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "", "１", str(2**63)])
def test_what_is_no_cursor_is_refused(ledger: Ledger, biller: Biller, cursor: str):
    biller.bill(A=1)
    for ask in (lambda: runs(ledger, cursor=cursor), lambda: rejects(ledger, run_id=biller.run_id, cursor=cursor)):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code in (contract.CURSOR_INVALID, "request.invalid" if not cursor else "")


def test_rejects_of_an_unknown_run_are_refused(ledger: Ledger):
    with pytest.raises(Refused, match=contract.BILL_RUN_UNKNOWN):
        rejects(ledger, run_id="never-heard-of")


def test_the_reject_file_is_written_whole(ledger: Ledger, biller: Biller, tmp_path: Path):
    lines = ["a,nobody,2026-10-05,1", "é,x,2026-10-05,1", f"c,{biller.numbers['A']},2026-10-05,1"]
    import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, lines))
    output = tmp_path / "rejects.csv"

    done = ops(ledger.engine, "bill-run", "rejects", biller.run_id, "--output", str(output))
    listed = ops(ledger.engine, "bill-run", "list", "--limit", "1")

    assert (done.returncode, done.stdout) == (0, "")
    assert list(csv.reader(output.open(encoding="utf-8"))) == [
        ["line_no", "line_id", "subscriber_no", "reason"],
        ["1", "a", "nobody", "unknown_subscriber"],
        ["2", "é", "x", "bad_line_id"],
    ]
    assert biller.run_id in listed.stdout.splitlines()[1]


def test_lines_are_purged_after_their_time_and_everything_else_stays(
    ledger: Ledger, biller: Biller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(purge_module, "LINES_AT_ONCE", 2)
    biller.bill(A=1, B=2, C=3)
    kept = Biller(ledger, biller.folder, "A")
    kept.bill(A=5)
    ledger.execute("UPDATE bill_run SET finished_at = :then WHERE run_id = :r",
                   then=ledger.clock.now() - timedelta(days=401), r=biller.run_id)  # fmt: skip
    ledger.execute("UPDATE bill_run SET finished_at = :then WHERE run_id = :r",
                   then=ledger.clock.now() - timedelta(days=399), r=kept.run_id)  # fmt: skip

    purge_bill_lines(ledger.works)
    again = purge_bill_lines(ledger.works)

    lines = "SELECT count(*) FROM bill_line JOIN bill_run ON no = run_no WHERE run_id = :r"
    assert (ledger.fetch(lines, r=biller.run_id), ledger.fetch(lines, r=kept.run_id)) == ([(0,)], [(1,)])
    assert again == 0
    assert (biller.status()["posted_lines"], biller.available()) == (3, {"A": 1, "B": 2, "C": 3})


def test_a_corrected_file_needs_no_lines_of_the_one_before(ledger: Ledger, biller: Biller):
    biller.bill(A=1, B=2, C=3)
    ledger.execute("DELETE FROM bill_line")

    biller.bill(revision=2, B=20)

    assert biller.available() == {"A": 0, "B": 20, "C": 0}
