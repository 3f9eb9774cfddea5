"""Where two meet: a member with points of several days, orders in several states, and all that can be done to them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.testkit import event_of
from services.members import contract as members
from services.points.storage.bill_dues import Terms, terms_of
from services.points.storage.bill_runs import get_run
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.open_bill_run import open_bill_run
from services.points.usecases.plan_bill_run import plan_chunks
from services.points.usecases.read_bill_file import LARGEST_PIECE, BillFile
from services.points.usecases.stage_bill_run import Staging
from tests.integration.points.bill_files import bill_file
from tests.integration.points.ledger_driver_hands import COMMANDS, Hands, lay_down_rules
from tests.integration.points.story import card

NOW = datetime(2004, 3, 10, 4, tzinfo=UTC)
LONG_BEFORE = NOW - timedelta(days=95)
BONUS, SOON, CAST, BILLED = 125, 30, 500, 40


@dataclass(frozen=True)
class Scene:
    """``member`` and ``other`` each have 125 points that live long and 30 that end next month. What else there is was
    asked for by name:

    ``expired``: 20 that are over and not booked; ``held``: 40 held for the order ``held``, with ``overdue`` too long;
    ``captured``: 25 captured for the order ``captured``; ``paid``: 10 coins by the payment ``paid``; ``asked``: an
    adjustment (-60 for ``member``, 20 for ``other``) that waits for a decision; ``frozen``: a freeze; ``billed``: the
    next chunk of a bill run has 70 for ``member``. ``ordered`` and ``awaited`` are new orders.
    """

    earning: int
    member: str
    other: str
    held: str = field(default_factory=lambda: new_id("ord"))
    captured: str = field(default_factory=lambda: new_id("ord"))
    ordered: str = field(default_factory=lambda: new_id("ord"))
    awaited: str = field(default_factory=lambda: new_id("ord"))
    paid: str = field(default_factory=lambda: new_id("pay"))
    asked: str = "none"
    frozen: str = "none"
    billed: Terms | None = None

    def named(self, text: str) -> str:
        """The same text for scenes where the same happened."""
        for name, value in vars(self).items():
            text = text.replace(value, name) if isinstance(value, str) else text
        return text


class Stage:
    """Makes scenes on one database; members come from a cast that is enrolled at once."""

    def __init__(self, engine: sa.Engine) -> None:
        self.hands, self.engine = Hands(engine), engine
        lay_down_rules(self.hands.ledger)
        self.hands.ledger.policy("adjustment", "fixed_months", 1)
        self.hands.ledger.execute(
            "INSERT INTO sign_up_bonus (points, effective_from, actor) VALUES (:points, '2001-01-01', 'migration')",
            points=BONUS,
        )
        self._cast, self._billed = self._members(CAST), self._billed_members()

    def scene(self, props: Collection[str]) -> Scene:
        (member, earning), (other, _) = next(self._cast), next(self._cast)
        made = Scene(earning, member, other)
        if "billed" in props:
            (member, earning), terms = next(self._billed)
            made = Scene(earning, member, other, billed=terms)
        with self.hands.ledger.works.begin() as work:
            for now, what, content in _setting(made, props):
                command, usecase, more = COMMANDS[what]
                work.now = now
                usecase(work, command.load_request({"request_id": new_id("req"), **content, **more}))
        if "overdue" in props:
            self.hands.time_out(made.held, "PTS")
        if "asked" in props:
            made = replace(made, asked=self.hands.ledger.request_adjustment((member, -60), (other, 20)))
        return replace(made, frozen=self.hands.ledger.freeze(member)) if "frozen" in props else made

    def _members(self, at_once: int, subscribers: bool = False) -> Iterator[tuple[str, int]]:
        """Each with the journal by which they earned what lives long. Subscribers have their own ids for numbers."""
        ledger = self.hands.ledger
        ledger.clock.instant = NOW
        while True:
            ids = [new_id("mbr") for _ in range(at_once)]
            cards = [card(one, channel="web", subscriber_no=one if subscribers else None) for one in ids]
            with ledger.works.begin() as work:
                open_accounts(work, event_of(members.MEMBERS_ENROLLED, ids[0], {"members": cards}))
                earning = work.execute(sa.text("SELECT max(id) FROM journal")).scalar_one()
            ledger.adjust(*((one, SOON) for one in ids))
            yield from ((one, earning) for one in ids)

    def _billed_members(self) -> Iterator[tuple[tuple[str, int], Terms]]:
        """In the order of the chunks of their runs, one a chunk."""
        self.hands.ledger.execute(
            "INSERT INTO ledger_setting (name, value, effective_from, actor)"
            " VALUES ('bill_chunk_wallets', 1, '2001-01-01', 'migration')"
        )
        members = self._members(BILLED, subscribers=True)
        while True:
            some = [next(members) for _ in range(BILLED)]
            terms = self._planned_run([member_id for member_id, _ in some])
            yield from ((member, terms) for member in sorted(some))

    def _planned_run(self, ids: Sequence[str]) -> Terms:
        works, lines = self.hands.ledger.works, [f"L{place},{one},2004-02-05,70" for place, one in enumerate(ids)]
        with TemporaryDirectory() as folder:
            path = bill_file(Path(folder), new_id("run"), lines, period="2004-02")
            with BillFile(path) as file:
                with works.begin() as work:
                    staging = Staging(works, open_bill_run(work, file.header, path.name), file)
                while batch := staging.read_batch(LARGEST_PIECE):
                    staging.keep(batch)
                run = staging.conclude()
        while run.state == "staged":
            with works.begin() as work:
                plan_chunks(work, run)
                run = get_run(work, run.no)
        with works.begin() as work:
            return terms_of(work, run)


def _setting(scene: Scene, props: Collection[str]) -> Iterator[tuple[datetime, str, dict[str, Any]]]:
    of_member = {"member_id": scene.member}
    if "expired" in props:
        yield LONG_BEFORE, "accrue", {**of_member, "points": 20, "source": "check_in"}
    if "captured" in props:
        yield NOW, "hold", {**of_member, "order_id": scene.captured, "points": 25}
        yield NOW, "capture", {"order_id": scene.captured}
    if "held" in props:
        yield NOW, "hold", {**of_member, "order_id": scene.held, "points": 40}
    if "paid" in props:
        yield NOW, "top_up", {**of_member, "unit": "COIN", "payment_ref": scene.paid, "amount_fen": 1000}
