"""The report at the end of a run: figures beside the goals they are held against, and what was found."""

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tests.faults.asked import History
from tests.faults.chaos import FaultLog
from tests.faults.evidence import Breach
from tests.faults.rest import Books

GOALS_S = {"postgres": 10.0, "rabbitmq": 15.0}
GOAL_OF_A_SERVICE_S, GOAL_OF_THE_OUTBOXES_S = 5.0, 30.0


def report(seed: int, log: FaultLog, history: History, drained_s: float, settled_s: float) -> str:
    lines = [
        f"seed {seed}: {len(log.lines)} faults in {log.lasted_s:.0f} s; "
        f"by now {len(history.redemptions())} redemptions, {len(history.accepted_orders())} accepted, "
        f"{history.sent_again()} requests sent again later, "
        f"{sum(len(asked.otherwise) for asked in history.asked)} with another content",
        f"answers by status: {dict(sorted(history.statuses.items()))}; refused: {dict(history.refusals.most_common())}",
        *_recoveries(log.recovered_s),
        f"outboxes empty after {drained_s:.1f} s (goal {GOAL_OF_THE_OUTBOXES_S:.0f}), "
        f"all orders ended after {settled_s:.1f} s",
    ]
    return "\n".join(lines)


def _recoveries(recovered_s: Mapping[str, list[float]]) -> Iterable[str]:
    for kind, times in sorted(recovered_s.items()):
        goal = next((s for name, s in GOALS_S.items() if name in kind), GOAL_OF_A_SERVICE_S)
        late = "  LATE" if max(times) > goal else ""
        measured = f"median {statistics.median(times):5.2f} s, longest {max(times):5.2f} s (goal {goal:.0f}){late}"
        yield f"  {len(times):3} x {kind:<28} {measured}" if max(times) else f"  {len(times):3} x {kind}"


def summary(
    seed: int, history: History, logs: Sequence[FaultLog], typed: Mapping[str, int], seconds: Mapping[str, float]
) -> str:
    """Of all parts together. ``typed``: deaths of what was typed; ``seconds``: how long each part took."""
    asked = len(history.asked)
    differing = len(history.where(lambda asked: asked.differs))
    struck = Counter({f"crash of {what}": times for what, times in typed.items()})
    for log in logs:
        struck.update({kind: len(times) for kind, times in log.recovered_s.items()})
    deaths = {kind: times for kind, times in sorted(struck.items()) if kind.startswith(("kill", "crash"))}
    lines = [
        f"seed {seed}, all parts: {sum(seconds.values()):.0f} s; {len(history.redemptions())} redemptions, "
        f"{len(history.accepted_orders())} accepted; {asked} requests with a key, of which "
        f"{history.sent_again()} ({history.sent_again() / max(asked, 1):.0%}) were sent again later; "
        f"{history.retries()} tries that came to nothing; {differing} answers differ",
        f"{sum(struck.values())} troubles, {sum(deaths.values())} of them deaths: "
        + ", ".join(f"{times} x {kind}" for kind, times in deaths.items()),
        *(f"  {lasted:6.1f} s  {part}" for part, lasted in seconds.items()),
    ]
    return "\n".join(lines)


def accusation(breaches: list[Breach], log: FaultLog, books: Books) -> str:
    """What broke, what was done before, and the whole timeline of the first order that it is about."""
    orders = [order_id for breach in breaches for order_id in breach.orders if order_id.startswith("ord_")]
    said = [f"{breach.promise}: {breach.what}"[:2000] for breach in breaches]
    timeline = timeline_of(orders[0], books) if orders else []
    return "\n".join([*said, "", "faults:", *log.lines, "", *timeline])


def timeline_of(order_id: str, books: Books) -> list[str]:
    questions = {
        "orders": "SELECT * FROM order_fact WHERE order_id = :order_id ORDER BY 1",
        "points": "SELECT * FROM hold WHERE order_id = :order_id",
        "catalog": "SELECT * FROM reservation WHERE order_id = :order_id",
        "logistics": "SELECT id, status, version, carrier, waybill_no, attempts FROM shipment"
        " WHERE order_id = :order_id",
    }
    found = [f"{s}: {row}" for s, sql in questions.items() for row in books.rows(s, sql, order_id=order_id)]
    return [f"timeline of {order_id}:", *books.column("orders", STATUS, order_id=order_id), *found]


STATUS = """
    SELECT status || ' / ' || payment_status || ' / ' || fulfilment_status || ' due ' || coalesce(due_at::text, 'never')
    FROM orders WHERE order_id = :order_id
"""
