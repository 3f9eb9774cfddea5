"""A sealed ledger that somebody with all rights then damages, and what the verifier says about it."""

from typing import Any

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.testkit import owner_of
from services.points.domain.seals import Seal
from services.points.storage.seals import seal_from
from services.points.usecases.progress import nothing
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.verify_ledger import verify_ledger
from tests.integration.points.story import Ledger


def damage_to(ledger: Ledger, *statements: str, **parameters: Any) -> None:
    """As somebody whom no trigger stops."""
    with owner_of(ledger.engine).begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            assert connection.execute(sa.text(statement), parameters).rowcount > 0


def found_in(ledger: Ledger, **options: Any) -> list[dict[str, Any]]:
    return verify_ledger(ledger.works, nothing, **options).findings


class SealedStory:
    """Three blocks: an accrual for one member, a hold and capture of another, an accrual again."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.first, self.second, order_id = ledger.member(100), ledger.member(50), new_id("ord")
        self.accrued = self.newest()
        self.seal()
        ledger.hold(self.second, 20, order_id)
        ledger.capture(order_id)
        self.captured = self.newest()
        self.seal()
        ledger.accrue(self.first, 7)
        self.last = self.newest()
        self.seal()
        self.day = str(ledger.fetch("SELECT (posted_at AT TIME ZONE 'Asia/Shanghai')::date FROM journal LIMIT 1")[0][0])

    def newest(self) -> int:
        return self.ledger.fetch("SELECT max(id) FROM journal")[0][0]

    def seal(self) -> None:
        assert seal_journals(self.ledger.works, 5) == 1

    def account(self, member_id: str) -> int:
        return self.ledger.fetch("SELECT id FROM account WHERE owner = :owner", owner=member_id)[0][0]

    def damage(self, *statements: str, **parameters: Any) -> None:
        damage_to(self.ledger, *statements, **parameters)

    def found(self, **options: Any) -> list[dict[str, Any]]:
        return found_in(self.ledger, **options)

    def seal_of(self, block: int) -> Seal:
        with self.ledger.works.begin() as work:
            seal = seal_from(work, block)
        assert seal is not None
        return seal

    def head(self, block: int) -> str:
        return self.seal_of(block).hash.hex()

    def entry(self, what: str, block: int, journal_id: int, seq: int, owner: str, **more: Any) -> dict[str, Any]:
        [(account_id, unit, kind)] = self.ledger.fetch(
            "SELECT id, unit, kind FROM account WHERE owner = :owner AND unit = 'PTS'", owner=owner
        )
        row = {"what": what, "table": "entry", "block": block, "journal_id": journal_id, "seq": seq, "day": self.day}
        return row | {"account_id": account_id, "unit": unit, "kind": kind, "owner": owner} | more

    def journal(self, what: str, block: int, journal_id: int, **more: Any) -> dict[str, Any]:
        return {"what": what, "table": "journal", "block": block, "journal_id": journal_id, "day": self.day} | more


WRITE = (
    "INSERT INTO journal (id, idem, kind, fingerprint, happened_at, channel, actor, result)"
    " VALUES (:id, :idem, 'repeat', '', now(), 'web', 'test', '{}')"
)


class Drawing:
    """A transaction that has drawn a journal id and is still open."""

    def __init__(self, ledger: Ledger) -> None:
        self.connection = ledger.engine.connect()
        self.id = self.connection.execute(sa.text("SELECT draw_journal_id()")).scalar_one()

    def commit(self) -> None:
        self.connection.execute(sa.text(WRITE), {"id": self.id, "idem": f"test:{self.id}"})
        self.connection.commit()
        self.connection.close()

    def roll_back(self) -> None:
        self.connection.rollback()
        self.connection.close()


def seal(ledger: Ledger, patience_s: float = 0) -> int:
    return seal_journals(ledger.works, patience_s)


def last_number(ledger: Ledger) -> int:
    """Of journals and records."""
    return ledger.fetch("SELECT greatest((SELECT max(id) FROM journal), (SELECT max(id) FROM record))")[0][0]


def blocks(ledger: Ledger) -> list[tuple]:
    return ledger.fetch("SELECT block, first_journal, last_journal, journals, entries FROM seal ORDER BY block")
