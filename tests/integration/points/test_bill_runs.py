"""Files of paid charges: checked as a whole, rejected by the line, posted once."""

from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, event_of, race
from services.members import contract as members
from services.points import contract
from services.points.domain.bill_file import FileRefused
from services.points.storage.bill_runs import require_run
from services.points.usecases.finish_bill_run import finish_bill_run
from services.points.usecases.follow_member_state import follow_member_state
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import bill_file
from tests.integration.points.story import Ledger, card

engine = database_of("points")


@pytest.fixture
def run_id() -> str:
    return new_id("run")


@pytest.fixture
def subscribers(ledger: Ledger) -> dict[str, str]:
    """Subscriber number -> member id."""
    numbers = [new_id("sub") for _ in range(3)]
    cards = [card(new_id("mbr"), subscriber_no=number) for number in numbers]
    ledger.enrol(*cards)
    return {one["subscriber_no"]: one["member_id"] for one in cards}


def status(ledger: Ledger, run_id: str) -> dict:
    return contract.GET_BILL_RUN.dump_reply(ledger.ask(contract.GET_BILL_RUN, get_bill_run, {"run_id": run_id}))


def rejects(ledger: Ledger, run_id: str) -> list[tuple]:
    return ledger.fetch(
        "SELECT line_no, reason FROM bill_reject JOIN bill_run ON no = run_no WHERE run_id = :run ORDER BY line_no",
        run=run_id,
    )


def test_paid_charges_become_points(ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]):
    one, two, _ = subscribers
    lines = [f"L1,{one},2026-10-05,128.50", f"L2,{two},2026-10-06,30", f"L3,{one},2026-10-31,0.99"]

    run = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines))

    assert (run["state"], run["lines"], run["posted_now"], run["rejected_lines"]) == ("posted", 3, 3, 0)
    assert (run["points"], run["amount_fen"]) == (158, 15_949)
    assert [ledger.available(member) for member in subscribers.values()] == [128, 30, 0]
    shown = status(ledger, run_id)
    assert shown.pop("started_at") <= shown.pop("finished_at")
    assert shown == {
        "run_id": run_id, "revision": 1, "state": "posted", "period": "2026-10", "file_name": f"{run_id}.csv",
        "lines": 3, "posted_lines": 3, "rejected_lines": 0, "excluded_lines": 0, "excluded_fen": 0, "points": 158,
        "clawed_back": 0, "amount_fen": 15_949, "chunks": 1, "posted_chunks": 1, "stuck_chunks": 0,
        "rule": "bill_accrual_rule:2", "refused_because": None, "stopped_because": None,
    }  # fmt: skip
    assert ledger.fetch("SELECT kind, source, ref, rule FROM journal WHERE ref = :run", run=run_id) == [
        ("accrual", "bill", run_id, "bill_accrual_rule:2")
    ]


def test_a_run_is_told_chunk_by_chunk_and_when_it_is_done(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    one, two, _ = subscribers
    ledger.accrue(subscribers[two], 7)

    import_bill_run(ledger.works, bill_file(tmp_path, run_id, [f"L1,{one},2026-10-05,12", f"L2,{two},2026-10-05,5"]))

    accrued = [e["data"] for e in emitted(ledger.engine, contract.POINTS_ACCRUED) if e["data"]["reference"] == run_id]
    assert [(data["source"], data["effective_on"]) for data in accrued] == [("bill", "2026-10-31")]
    assert accrued[0]["postings"] == [
        {"member_id": subscribers[one], "points": 12, "available": 12, "expires_on": "2028-12-31"},
        {"member_id": subscribers[two], "points": 5, "available": 12, "expires_on": "2028-12-31"},
    ]
    posted = emitted(ledger.engine, contract.BILL_RUN_POSTED)[-1]["data"]
    assert posted == {
        "run_id": run_id, "revision": 1, "lines": 2, "posted_lines": 2, "rejected_lines": 0, "excluded_lines": 0,
        "points": 17, "clawed_back": 0,
    }  # fmt: skip


def test_bad_lines_are_rejected_with_number_and_reason_and_the_rest_is_posted(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    one = next(iter(subscribers))
    lines = [
        f"L1,{one},2026-10-05,10",
        "L2,nobody,2026-10-05,10",
        f"L1,{one},2026-10-05,10",
        f"L4,{one},2026-10-05,ten",
        f"L5,{one},2026-02-30,10",
        f"L6,{one},2026-12-01,10",
        f"L7,{one},2026-10-05",
        f"L 8,{one},2026-10-05,10",
        f"L9,{one},2026-10-05,-10",
        "",
        f"L11,{one},05.10.2026,10",
        f"L12,{one},2026-10-05,1.005",
        f"L13,{one}\t,2026-10-05,10",
        f"L14,{one},2026-10-05,10",
    ]

    run = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines))

    assert (run["state"], run["posted_lines"], run["rejected_lines"], run["points"]) == ("posted", 2, 12, 20)
    assert rejects(ledger, run_id) == [
        (2, "unknown_subscriber"),
        (3, "duplicate_line_id"),
        (4, "bad_amount"),
        (5, "bad_date"),
        (6, "bad_date"),
        (7, "bad_columns"),
        (8, "bad_line_id"),
        (9, "bad_amount"),
        (10, "bad_columns"),
        (11, "bad_date"),
        (12, "bad_amount"),
        (13, "bad_subscriber_no"),
    ]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"declared_lines": 3}, "declares 3 lines"), ({"declared_yuan": "20.01"}, "declares 2001 fen")],
)
def test_control_totals_that_differ_refuse_the_whole_run(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str], wrong: dict, why: str
):
    lines = [f"L{n},{number},2026-10-05,10" for n, number in enumerate(list(subscribers)[:2])]
    path = bill_file(tmp_path, run_id, lines, **wrong)

    run = import_bill_run(ledger.works, path)

    assert (run["state"], run["posted_lines"], run["points"], run["lines"]) == ("refused", 0, 0, 2)
    assert why in run["refused_because"]
    assert [ledger.available(member) for member in subscribers.values()] == [0, 0, 0]
    assert import_bill_run(ledger.works, path)["state"] == "refused"
    assert finish(ledger, run_id)["posted_now"] == 0
    assert len(ledger.fetch("SELECT 1 FROM bill_run WHERE run_id = :run", run=run_id)) == 1


def test_what_was_refused_may_come_again_with_the_right_totals(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    lines = [f"L1,{next(iter(subscribers))},2026-10-05,10"]
    refused = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines, declared_lines=2))

    run = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines))

    assert (refused["state"], run["state"], run["revision"], run["points"]) == ("refused", "posted", 1, 10)
    assert status(ledger, run_id)["state"] == "posted"


def test_a_file_that_is_not_whole_leaves_nothing_and_the_whole_one_can_follow(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    lines = [f"L1,{next(iter(subscribers))},2026-10-05,10"]

    with pytest.raises(FileRefused, match="trailer is missing"):
        import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines, trailer=False))

    assert status(ledger, run_id)["state"] == "staging"
    assert ledger.available(next(iter(subscribers.values()))) == 0
    assert import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines))["points"] == 10
    assert ledger.fetch("SELECT state FROM bill_run WHERE run_id = :r", r=run_id) == [("posted",)]  # it went on


def test_a_file_that_begins_otherwise_takes_the_place_of_an_interrupted_one(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    one, two, _ = subscribers
    with pytest.raises(FileRefused, match="trailer is missing"):
        import_bill_run(ledger.works, bill_file(tmp_path, run_id, [f"L1,{one},2026-10-05,10"], trailer=False))

    run = import_bill_run(ledger.works, bill_file(tmp_path, run_id, [f"L1,{two},2026-10-05,7"]))

    assert (run["state"], run["lines"], run["points"]) == ("posted", 1, 7)
    assert [ledger.available(member) for member in subscribers.values()] == [0, 7, 0]
    attempts = ledger.fetch("SELECT state FROM bill_run WHERE run_id = :r ORDER BY no", r=run_id)
    assert attempts == [("abandoned",), ("posted",)]


def test_a_damaged_packed_file_is_refused(ledger: Ledger, tmp_path: Path, run_id: str):
    path = bill_file(tmp_path, run_id, [f"L{n},s,2026-10-05,10" for n in range(2000)], packed=True)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(FileRefused, match="damaged"):
        import_bill_run(ledger.works, path)


def test_the_same_run_packed_or_plain_is_the_same_and_posts_nothing_again(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    lines = [f"L1,{next(iter(subscribers))},2026-10-05,10"]
    first = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines, packed=True))

    again = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines))

    assert (first["posted_now"], again["posted_now"], again["state"], again["points"]) == (1, 0, "posted", 10)
    assert len([e for e in emitted(ledger.engine, contract.BILL_RUN_POSTED) if e["subject"] == run_id]) == 1


def test_a_known_run_with_another_content_is_refused(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    one = next(iter(subscribers))
    import_bill_run(ledger.works, bill_file(tmp_path, run_id, [f"L1,{one},2026-10-05,10"]))

    with pytest.raises(Refused, match=contract.BILL_RUN_CONTENT_DIFFERS):
        import_bill_run(ledger.works, bill_file(tmp_path, run_id, [f"L1,{one},2026-10-05,11"]))

    assert ledger.available(subscribers[one]) == 10


def test_frozen_accounts_earn_nothing_and_their_lines_are_rejected(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    active, suspended, _ = subscribers
    data = {"member_id": subscribers[suspended], "previous": "active", "state": "suspended", "reason": "unpaid"}
    event = event_of(members.STATE_CHANGED, subscribers[suspended], data, sequence=2)
    ledger.works.apply(event, follow_member_state)

    run = import_bill_run(
        ledger.works,
        bill_file(tmp_path, run_id, [f"L1,{active},2026-10-05,10", f"L2,{suspended},2026-10-05,10"]),
    )

    assert (run["posted_lines"], run["rejected_lines"], run["points"]) == (1, 1, 10)
    assert rejects(ledger, run_id) == [(2, "account_frozen")]


def test_the_rule_of_the_period_decides_what_a_charge_earns(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    ledger.execute(
        "INSERT INTO bill_accrual_rule (points_per_yuan, largest_points_per_line, effective_from, actor)"
        " VALUES (1.5, 100, '2026-08-01', 'migration'), (1, 1000000, '2026-09-01', 'migration')"
    )
    one, two, _ = subscribers

    lines = [f"L1,{one},2026-08-05,10.99", f"L2,{two},2026-08-05,999"]
    import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines, period="2026-08"))

    assert (ledger.available(subscribers[one]), ledger.available(subscribers[two])) == (16, 100)


def test_wallets_are_posted_in_chunks_with_one_journal_each(ledger: Ledger, tmp_path: Path, run_id: str):
    numbers = [new_id("sub") for _ in range(25)]
    ledger.enrol(*[card(new_id("mbr"), subscriber_no=number) for number in numbers])
    set_chunk(ledger, 10)

    run = import_bill_run(
        ledger.works, bill_file(tmp_path, run_id, [f"{n},{number},2026-10-05,2" for n, number in enumerate(numbers)])
    )

    set_chunk(ledger, 1000)
    assert run["points"] == 50
    chunks = "SELECT posted_lines, points FROM bill_chunk JOIN bill_run ON no = run_no WHERE run_id = :r ORDER BY chunk"
    assert ledger.fetch(chunks, r=run_id) == [(10, 20), (10, 20), (5, 10)]
    ends = (
        "SELECT first_account, last_account FROM bill_chunk JOIN bill_run ON no = run_no WHERE run_id = :r ORDER BY 1"
    )
    firsts, lasts = zip(*ledger.fetch(ends, r=run_id), strict=True)
    assert (firsts[0], lasts[-1]) == (1, 2**63 - 1)
    assert [last + 1 for last in lasts[:-1]] == list(firsts[1:])
    legs = "SELECT count(*) FROM entry JOIN journal ON journal.id = journal_id WHERE ref = :r GROUP BY journal_id"
    assert sorted(ledger.fetch(legs, r=run_id)) == [(6,), (11,), (11,)]


def test_two_imports_of_one_file_at_once_post_it_once(ledger: Ledger, tmp_path: Path, subscribers: dict[str, str]):
    one = next(iter(subscribers))
    for n in range(10):
        path = bill_file(tmp_path, new_id("run"), [f"L{n},{one},2026-10-05,10"])

        results = race(*[partial(import_bill_run, ledger.works, path) for _ in range(3)])

        refused = [result.code for result in results if isinstance(result, Refused)]
        assert len(refused) + sum(isinstance(result, dict) for result in results) == 3
        assert set(refused) <= {contract.BILL_RUN_BUSY}
        assert sum(result["posted_now"] for result in results if isinstance(result, dict)) == 1
    assert ledger.available(subscribers[one]) == 100


def test_an_unknown_run_is_refused(ledger: Ledger):
    with pytest.raises(Refused, match=contract.BILL_RUN_UNKNOWN):
        status(ledger, "never-heard-of")


def test_a_run_whose_points_would_be_dead_on_arrival_is_refused(
    ledger: Ledger, tmp_path: Path, run_id: str, subscribers: dict[str, str]
):
    lines = [f"L1,{next(iter(subscribers))},2020-10-05,10"]

    run = import_bill_run(ledger.works, bill_file(tmp_path, run_id, lines, period="2020-10"))

    assert (run["state"], run["points"]) == ("refused", 0)
    assert "expired" in run["refused_because"]


def test_posting_does_not_wait_for_or_lose_to_live_holds(ledger: Ledger, tmp_path: Path, subscribers: dict[str, str]):
    one, member_id = next(iter(subscribers.items()))
    ledger.accrue(member_id, 100)
    for n in range(10):
        path = bill_file(tmp_path, new_id("run"), [f"L{n},{one},2026-10-05,10"])

        results = race(partial(import_bill_run, ledger.works, path), partial(ledger.hold, member_id, 5))

        assert [result for result in results if isinstance(result, Exception)] == []
    balance = ledger.balance(member_id)
    assert (balance["available"], balance["held"]) == (150, 50)


def finish(ledger: Ledger, run_id: str, workers: int = 1) -> dict:
    with ledger.works.begin() as work:
        run = require_run(work, run_id)
    return finish_bill_run(ledger.works, run, workers=workers)


def set_chunk(ledger: Ledger, wallets: int) -> sa.CursorResult:
    return ledger.execute(
        "INSERT INTO ledger_setting (name, value, effective_from, actor)"
        " VALUES ('bill_chunk_wallets', :n, '2026-01-01', 'migration')",
        n=wallets,
    )
