"""Whatever a file and its corrections hold, everybody has in the end what a reading by other means comes to."""

from decimal import Decimal
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.points.usecases import import_bill_run as import_module
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import bill_file
from tests.integration.points.bill_oracle import Terms, judge
from tests.integration.points.bill_story import Biller, set_rule, set_setting
from tests.integration.points.story import NOON, Ledger

engine = database_of("points")

TERMS = Terms(Decimal("1.25"), largest=200, largest_per_member=300, excluded=frozenset({"gifted"}))
line_ids = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "null", "", "x y"])
who = st.sampled_from(["A", "B", "C", "A", "B", "C", "nobody", "", "{}", "NULL"])
days = st.sampled_from(["2026-10-05", "2026-10-31", "2026-10-05", "2026-11-21", "2026-02-30", "x"])
charges = st.sampled_from(["0", "0.01", "0.8", "1", "12.34", "99.99", "150", "500", "-1", "1.234", "", "x"])
kinds = st.sampled_from(["", "monthly_fee", "gifted", "null", "Gifted"])
rows = st.tuples(line_ids, who, days, charges, kinds)
garbage = st.sampled_from(["", ",,,,", "a,b", "a,A,2026-10-05,1,gifted,", "\x00\x01", "é,ü,ß,¹,º"])
files = st.lists(rows | garbage, max_size=12)


@pytest.fixture(autouse=True)
def small_steps(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few wallets a chunk and few bytes a batch, so that little files go through many of both."""
    monkeypatch.setattr(import_module, "LARGEST_PIECE", 100)
    set_setting(ledger, "bill_chunk_wallets", 1)
    set_setting(ledger, "bill_claw_backs_at_once", 1)
    set_rule(
        ledger, points_per_yuan="1.25", largest_points_per_line=200, largest_points_per_member=300,
        excluded_kinds=["gifted"],
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(files, min_size=1, max_size=3), st.booleans())
def test_every_revision_leaves_everybody_with_what_it_says(
    ledger: Ledger, tmp_path: Path, revisions: list[list], packed: bool
):
    biller = Biller(ledger, tmp_path)
    for revision, rows_or_garbage in enumerate(revisions, start=1):
        lines = [as_line(biller, row) for row in rows_or_garbage]
        path = bill_file(tmp_path, biller.run_id, lines, revision=revision, kinds=True)
        verdict = judge(path, set(biller.numbers.values()), NOON.date(), TERMS)

        run = import_bill_run(ledger.works, path, workers=1 + revision % 2)

        assert (run["state"], run["lines"], run["amount_fen"]) == ("posted", verdict.lines, verdict.yuan * 100)
        assert dict(biller.rejects(revision)) == verdict.rejects
        assert (run["excluded_lines"], run["rejected_lines"]) == (verdict.excluded, len(verdict.rejects))
        assert run["posted_lines"] == verdict.lines - verdict.excluded - len(verdict.rejects)
        assert biller.available() == {name: verdict.points[number] for name, number in biller.numbers.items()}


def as_line(biller: Biller, row: tuple[str, ...] | str) -> str:
    if isinstance(row, str):
        return row
    line_id, name, *rest = row
    return ",".join([line_id, biller.numbers.get(name, name), *rest])


def test_ids_of_lines_that_look_like_words_of_the_database_are_ids(ledger: Ledger, tmp_path: Path):
    biller, odd = Biller(ledger, tmp_path), ["null", "NULL", "Infinity", "-", "..", new_id("x")]
    lines = [f"{line_id},{biller.numbers['A']},2026-10-05,4,null" for line_id in odd]

    run = import_bill_run(ledger.works, bill_file(tmp_path, biller.run_id, lines, kinds=True))

    assert (run["posted_lines"], run["rejected_lines"], biller.available()["A"]) == (6, 0, 30)
    kept = ledger.fetch("SELECT line_id FROM bill_line JOIN bill_run ON no = run_no WHERE run_id = :r ORDER BY line_no",
                        r=biller.run_id)  # fmt: skip
    assert [line_id for (line_id,) in kept] == odd
