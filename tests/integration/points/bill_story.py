"""What tests of bill runs share: subscribers, files of a run and its revisions, rules, and what came of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.testkit import emitted, works_on
from services.points import contract
from services.points.settings import PointsSettings
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.start_bill_run import resume_bill_run, start_bill_run
from services.points.usecases.work_off_bill_runs import BillReaders, work_off_bill_runs
from tests.integration.points.bill_files import bill_file
from tests.integration.points.story import Ledger, card


class Biller:
    """One bill run of some subscribers, told as the points that each of them is to have: ``{"A": 10}``."""

    def __init__(self, ledger: Ledger, folder: Path, names: str = "ABC") -> None:
        self.ledger, self.folder, self.run_id = ledger, folder, new_id("run")
        self.numbers = {name: new_id("sub") for name in names}
        self.members = {name: new_id("mbr") for name in names}
        ledger.enrol(*[card(self.members[name], subscriber_no=self.numbers[name]) for name in names])

    def file(self, revision: int = 1, **charges: int) -> Path:
        lines = [f"{name}-{revision},{self.numbers[name]},2026-10-05,{yuan}" for name, yuan in charges.items()]
        return bill_file(self.folder, self.run_id, lines, revision=revision)

    def bill(self, revision: int = 1, workers: int = 1, **charges: int) -> dict[str, Any]:
        return import_bill_run(self.ledger.works, self.file(revision, **charges), workers=workers)

    def available(self) -> dict[str, int]:
        return {name: self.ledger.available(member_id) for name, member_id in self.members.items()}

    def owed(self) -> dict[str, int]:
        return {name: self.ledger.balance(member_id)["owed"] for name, member_id in self.members.items()}

    def spend(self, name: str, points: int) -> None:
        order_id = new_id("ord")
        self.ledger.hold(self.members[name], points, order_id)
        self.ledger.capture(order_id)

    def status(self, revision: int | None = None) -> dict[str, Any]:
        asked = {"run_id": self.run_id, "revision": revision}
        return contract.GET_BILL_RUN.dump_reply(self.ledger.ask(contract.GET_BILL_RUN, get_bill_run, asked))

    def journals(self) -> list[tuple]:
        """(kind, rule, points of wallets and debts) of all that the run booked, oldest first."""
        return self.ledger.fetch(
            "SELECT journal.kind, journal.rule, sum(entry.amount)::int FROM journal"
            " JOIN entry ON entry.journal_id = journal.id"
            " JOIN account ON account.id = entry.account_id AND account.kind IN ('wallet', 'debt')"
            " WHERE journal.ref = :run GROUP BY journal.id ORDER BY journal.id",
            run=self.run_id,
        )

    def rejects(self, revision: int = 1) -> list[tuple]:
        return self.ledger.fetch(
            "SELECT line_no, reason FROM bill_reject JOIN bill_run ON no = run_no"
            " WHERE run_id = :run AND revision = :revision ORDER BY line_no",
            run=self.run_id,
            revision=revision,
        )

    def told(self, event: Any) -> list[dict[str, Any]]:
        """Data of the events that name the run."""
        return [e["data"] for e in emitted(self.ledger.engine, event) if self.run_id in str(e["data"])]


class Replica:
    """One process of the service, as far as bill runs go."""

    def __init__(self, ledger: Ledger, folder: Path | None) -> None:
        self.works: Works = works_on(ledger.engine, clock=ledger.clock, settings=PointsSettings(folder))
        self.folder, self.readers = folder, BillReaders(self.works)

    def start(self, file: str, request_id: str | None = None) -> dict[str, Any]:
        request = contract.START_BILL_RUN.load_request({"request_id": request_id or new_id("req"), "file": file})
        return self.works.once(contract.START_BILL_RUN, partial(start_bill_run, folder=self.folder), request)

    def resume(self, run_id: str) -> dict[str, Any]:
        request = contract.RESUME_BILL_RUN.load_request({"request_id": new_id("req"), "run_id": run_id})
        return self.works.once(contract.RESUME_BILL_RUN, resume_bill_run, request)

    def step(self) -> bool:
        return work_off_bill_runs(self.works, self.readers)

    def work_on(self, until: Callable[[], bool] = lambda: False) -> int:
        """Steps taken until there is nothing to do, or as told."""
        steps = 0
        while not until() and self.step():
            steps += 1
            assert steps < 1000, "it does not come to an end"
        return steps


class Fullness:
    """A wallet to which not one point can be added."""

    def __init__(self, ledger: Ledger, member_id: str) -> None:
        self.ledger, self.member_id = ledger, member_id

    def __enter__(self) -> None:
        self._set(2**63 - 1)

    def __exit__(self, *_: object) -> None:
        self._set(0)

    def _set(self, points: int) -> None:
        statement = "UPDATE account SET lifetime = :points WHERE owner = :id AND kind = 'wallet'"
        self.ledger.execute(statement, points=points, id=self.member_id)


def set_rule(ledger: Ledger, since: str = "2026-10-01", **columns: Any) -> None:
    """A rule of one point a yuan, but for what ``columns`` say; what bills pay for a point follows it."""
    values = {"points_per_yuan": 1, "actor": "migration", "effective_from": since} | columns
    names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    ledger.execute(f"INSERT INTO bill_accrual_rule ({names}) VALUES ({places})", **values)  # noqa: S608
    ledger.execute(
        "INSERT INTO point_consideration (unit, source, basis, fen, effective_from, actor)"
        " VALUES ('PTS', 'bill', 'sale', 100 / CAST(:rate AS numeric), :since, 'migration')",
        rate=values["points_per_yuan"], since=since,
    )  # fmt: skip


def set_setting(ledger: Ledger, name: str, value: int) -> None:
    ledger.execute(
        "INSERT INTO ledger_setting (name, value, effective_from, actor)"
        " VALUES (:name, :value, '2026-01-01', 'migration')",
        name=name,
        value=value,
    )
