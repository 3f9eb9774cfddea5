"""What one person asks for and another decides on. What was asked stays as it was; a decision is written once."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.work import Work
from services.chassis.transitions import Transitions

KEPT = ("no", "id", "state", "requested_by", "requested_at", "decided_by", "decided_at", "decided_because")


class Asked:
    """A table of it. ``id_name`` is what readers call its ids, ``said`` are the columns of its own, ``found`` those
    that come of a decision; ``no`` counts its rows as they were asked for."""

    def __init__(
        self, table: str, id_name: str, states: Transitions, said: tuple[str, ...], found: tuple[str, ...] = ()
    ) -> None:
        self.states = states
        self._table = sa.table(table, *(sa.column(name) for name in (*KEPT, *said, *found)))
        columns = self._table.c
        self._shown = sa.select(*(column.label(id_name) if column is columns.id else column for column in columns))

    def put(self, work: Work, asked_id: str, **said: Any) -> None:
        """The id follows from the request: a rival with the same one makes this attempt start again."""
        by = {"state": self.states.initial, "requested_by": work.context.actor, "requested_at": work.now}
        added = insert(self._table).values(id=asked_id, **said, **by).on_conflict_do_nothing()
        if work.execute(added).rowcount == 0:
            raise AnsweredMeanwhile(asked_id)

    def find(self, work: Work, asked_id: str) -> sa.Row[Any] | None:
        return work.execute(self._shown.where(self._table.c.id == asked_id)).one_or_none()

    def page(self, work: Work, state: str | None, before: int, most: int) -> list[dict[str, Any]]:
        """Newest first, below number ``before``."""
        columns = self._table.c
        page = self._shown.where(columns.no < before).order_by(columns.no.desc()).limit(most)
        page = page if state is None else page.where(columns.state == state)
        return [dict(row) for row in work.execute(page).mappings()]

    def decide(self, work: Work, asked_id: str, event: str, because: str | None = None, **found: Any) -> None:
        """``event`` of its states, by whoever works here; the database refuses an approval by who asked."""
        (before,) = self.states.sources(event)
        decision = {"decided_by": work.context.actor, "decided_at": work.now, "decided_because": because}
        update = sa.update(self._table).where(self._table.c.id == asked_id, self._table.c.state == before)
        if work.execute(update.values(state=self.states.next(before, event), **decision, **found)).rowcount != 1:
            raise RuntimeError(f"{asked_id} changed under its lock")
