"""What must be true in the end, whatever happened: what shoppers were told is compared with the books of the mall."""

from collections import Counter
from collections.abc import Callable, Iterator

from deploy.demo.shop import eventually
from deploy.ops.invariants import SERVICES
from services.chassis.bus.dead_letters import list_dead
from tests.faults.asked import KEY_REUSED
from tests.faults.audits import all_audits
from tests.faults.evidence import LIVE, Breach, Evidence
from tests.faults.flash_check import tickets_are_pieces

SOLD = """
    SELECT sku_id, sum(quantity)::int AS pieces FROM orders JOIN order_line USING (order_id)
    WHERE member_id = ANY(:members) AND status = ANY(:live) AND payment_status = 'paid' GROUP BY sku_id
"""
HOLDS = """
    SELECT o.order_id, o.is_kept, o.points, h.state, coalesce(h.captured, 0) AS captured,
           coalesce(h.refunded, 0) AS refunded
    FROM (SELECT unnest(CAST(:ids AS text[])) AS order_id, unnest(CAST(:kept AS boolean[])) AS is_kept,
                 unnest(CAST(:points AS bigint[])) AS points) o
    LEFT JOIN hold h ON h.order_id = o.order_id AND h.unit = 'PTS'
"""
OPEN_HOLDS = """
    SELECT order_id, expires_at < now() - interval '60 s' AS is_over FROM hold WHERE state = 'open'
"""
OPEN_RESERVATIONS = """
    SELECT order_id, expires_at < now() - interval '60 s' AS is_over FROM reservation WHERE status = 'held'
"""
HELD_PIECES = """
    SELECT sku_id, sum(pieces)::int AS pieces
    FROM (SELECT DISTINCT order_id, sku_id, pieces FROM reservation_part JOIN reservation USING (order_id)
          WHERE status = 'held') held
    GROUP BY sku_id
"""

# What happened at a time when it cannot have: some clock was believed that was wrong.
AT_WRONG_TIMES = {
    "orders": """
        SELECT order_id, what, at FROM order_fact JOIN orders USING (order_id)
        WHERE member_id = ANY(:members) AND at NOT BETWEEN :opened_at AND now()
    """,
    "points": """
        SELECT ref AS order_id, kind AS what, happened_at AS at FROM journal
        WHERE ref = ANY(:order_ids) AND happened_at NOT BETWEEN :opened_at AND now()
    """,
    "notifications": """
        SELECT message_id AS order_id, topic AS what, created_at AS at FROM inbox_message
        WHERE member_id = ANY(:members) AND created_at NOT BETWEEN :opened_at AND now()
    """,
}


def breaches(evidence: Evidence) -> list[Breach]:
    return [breach for check in CHECKS for breach in check(evidence)]


def answers_stay_the_same(evidence: Evidence) -> Iterator[Breach]:
    for asked in evidence.history.where(lambda asked: asked.differs):
        yield Breach("P1", f"{asked.path} {asked.key} was answered {[a[0] for a in asked.answers]}: {asked.answers}")


def other_content_is_refused(evidence: Evidence) -> Iterator[Breach]:
    for asked in evidence.history.where(lambda asked: any(said != KEY_REUSED for said in asked.otherwise)):
        yield Breach("P1", f"{asked.path} {asked.key} with another content was answered {asked.otherwise}")


def every_answer_is_lawful(evidence: Evidence) -> Iterator[Breach]:
    for asked in evidence.history.where(lambda asked: asked.status not in (0, 200, 201, 409)):
        yield Breach("P1", f"{asked.path} {asked.key} was answered {asked.answers[0]}")


def accepted_orders_are_the_orders(evidence: Evidence) -> Iterator[Breach]:
    """An order that nobody was told of is as wrong as one that is gone."""
    told, booked = set(evidence.history.accepted_orders()), {order["order_id"] for order in evidence.orders()}
    if told != booked:
        yield Breach("P1", f"told only: {told - booked}; booked only: {booked - told}", tuple(told ^ booked))


def every_order_has_ended(evidence: Evidence) -> Iterator[Breach]:
    if unended := evidence.books.open_orders(list(evidence.history.accepted_orders())):
        yield Breach("P2", f"{len(unended)} orders neither fulfilled nor given back", tuple(unended))


def points_are_captured_once_or_back(evidence: Evidence) -> Iterator[Breach]:
    orders = evidence.orders()
    columns = {
        "ids": [order["order_id"] for order in orders],
        "kept": [order["is_kept"] for order in orders],
        "points": [order["points"] for order in orders],
    }
    for row in evidence.books.rows("points", HOLDS, **columns):
        kept = row["captured"] - row["refunded"]
        if kept != (row["points"] if row["is_kept"] else 0) or row["state"] == "open":
            yield Breach("P3", f"points and orders disagree: {row}", (row["order_id"],))


def wallets_have_what_is_left(evidence: Evidence) -> Iterator[Breach]:
    spent = Counter[str]()
    for order in evidence.orders():
        spent[order["member_id"]] += order["points"] if order["is_kept"] else 0
    for buyer in evidence.supplies.buyers:
        balance = evidence.supplies.balance(buyer)
        left = evidence.supplies.had[buyer.member_id] - spent[buyer.member_id]
        if balance["available"] + balance["held"] != left:
            yield Breach("P3", f"{buyer.member_id} should have {left}: {balance}")


def what_is_held_is_of_no_order_and_ends_by_itself(evidence: Evidence) -> Iterator[Breach]:
    """A refusal is fixed before its holds are released; whoever dies in between leaves them to their own end."""
    booked = {order["order_id"] for order in evidence.orders()}
    for service, sql in (("points", OPEN_HOLDS), ("catalog", OPEN_RESERVATIONS)):
        for row in evidence.books.rows(service, sql):
            if row["order_id"] in booked or row["is_over"]:
                yield Breach("P2", f"{service} still holds {row}", (row["order_id"],))


def stock_is_what_was_not_sold(evidence: Evidence) -> Iterator[Breach]:
    members = [buyer.member_id for buyer in evidence.supplies.buyers]
    sold = evidence.books.rows("orders", SOLD, members=members, live=list(LIVE))
    gone = Counter({row["sku_id"]: row["pieces"] for row in sold})
    gone.update({row["sku_id"]: row["pieces"] for row in evidence.books.rows("catalog", HELD_PIECES)})
    for choice in evidence.supplies.shelf.kinds:
        left = evidence.supplies.pieces[choice.sku_id] - gone[choice.sku_id]
        try:  # what is shown may be some seconds old
            eventually("stock", lambda c=choice, n=left: evidence.supplies.in_stock(c) == n, 15)
        except Exception as never:  # noqa: BLE001 - StoryBroken is what it found
            found = evidence.supplies.in_stock(choice)
            yield Breach("P4", f"{choice.sku_id}: {found} pieces are left instead of {left} ({never})")


def every_confirmed_order_was_told_once(evidence: Evidence) -> Iterator[Breach]:
    """The member's inbox has one message for each; logistics one parcel for each that it was to send."""
    members = [buyer.member_id for buyer in evidence.supplies.buyers]
    confirmed = "SELECT member_id FROM orders WHERE member_id = ANY(:members) AND confirmed_at IS NOT NULL"
    told = "SELECT member_id FROM inbox_message WHERE member_id = ANY(:members) AND topic = 'order_confirmed'"
    were = Counter(evidence.books.column("orders", confirmed, members=members))
    have = Counter(evidence.books.column("notifications", told, members=members))
    if were != have:
        yield Breach("P5", f"messages about confirmed orders: {have - were} too many, {were - have} missing")


def everything_happened_when_it_did(evidence: Evidence) -> Iterator[Breach]:
    values = {
        "members": [buyer.member_id for buyer in evidence.supplies.buyers],
        "order_ids": [order["order_id"] for order in evidence.orders()],
        "opened_at": evidence.books.opened_at,
    }
    for service, sql in AT_WRONG_TIMES.items():
        for row in evidence.books.rows(service, sql, **values):
            yield Breach("P11", f"{service} has it at a wrong time: {row}", (row["order_id"],))


def every_live_order_is_one_parcel(evidence: Evidence) -> Iterator[Breach]:
    live = {order["order_id"] for order in evidence.orders() if order["status"] in LIVE}
    sent = "SELECT order_id FROM shipment WHERE order_id = ANY(:ids) AND status = 'delivered'"
    parcels = Counter(evidence.books.column("logistics", sent, ids=sorted(live)))
    if parcels != Counter(live):
        wrong = {order_id for order_id in live if parcels[order_id] != 1}
        yield Breach("P5", f"{len(wrong)} orders have not one delivered parcel", tuple(wrong))


def nothing_is_parked_but_what_was_planted(evidence: Evidence) -> Iterator[Breach]:
    for service in SERVICES:
        for letter in list_dead(evidence.amqp_url, service, 1000):
            if letter.body not in evidence.planted:
                yield Breach("P6", f"{service}: {letter.queue} was parked for {letter.reason}: {letter.body[:300]!r}")


def the_mall_finds_nothing_wrong_itself(_: Evidence) -> Iterator[Breach]:
    for check in all_audits():
        if not check.ok:
            orders = tuple(found for found in check.found if isinstance(found, str)) if check.found else ()
            yield Breach(check.service, f"{check.name}: {check.found}", orders)


CHECKS: tuple[Callable[[Evidence], Iterator[Breach]], ...] = (
    answers_stay_the_same,
    other_content_is_refused,
    every_answer_is_lawful,
    accepted_orders_are_the_orders,
    every_order_has_ended,
    points_are_captured_once_or_back,
    wallets_have_what_is_left,
    what_is_held_is_of_no_order_and_ends_by_itself,
    stock_is_what_was_not_sold,
    tickets_are_pieces,
    every_confirmed_order_was_told_once,
    every_live_order_is_one_parcel,
    everything_happened_when_it_did,
    nothing_is_parked_but_what_was_planted,
    the_mall_finds_nothing_wrong_itself,
)
