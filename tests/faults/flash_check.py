"""Of a flash sale: every ticket that somebody was given is on the books, and buys one piece for one order at most."""

from collections.abc import Iterator

from tests.faults.evidence import LIVE, Breach, Evidence

TICKETS = "SELECT ticket_id, state, order_id FROM flash_ticket WHERE sale_id = :sale_id"
BOUGHT = """
    SELECT ticket_id, order_id, status = ANY(:live) AS is_live, confirmed_at IS NOT NULL AS was_confirmed
    FROM order_line JOIN orders USING (order_id) WHERE member_id = ANY(:members) AND ticket_id IS NOT NULL
"""


def tickets_are_pieces(evidence: Evidence) -> Iterator[Breach]:
    """What is called off as soon as it is confirmed may keep its ticket spent or not, as the catalog hears it."""
    sale, members = evidence.supplies.shelf.flash, [buyer.member_id for buyer in evidence.supplies.buyers]
    tickets = evidence.books.rows("catalog", TICKETS, sale_id=sale.sale_id)
    given = {asked.value["ticket_id"] for asked in evidence.history.where(lambda asked: asked.path == sale.path)
             if asked.status == 201}  # fmt: skip
    if given != (booked := {row["ticket_id"] for row in tickets}):
        yield Breach("P1", f"tickets told only: {given - booked}; booked only: {booked - given}")
    spent = {(row["ticket_id"], row["order_id"]) for row in tickets if row["state"] == "spent"}
    bought = evidence.books.rows("orders", BOUGHT, members=members, live=list(LIVE))
    live = {(row["ticket_id"], row["order_id"]) for row in bought if row["is_live"]}
    never = {(row["ticket_id"], row["order_id"]) for row in bought if not row["was_confirmed"]}
    if wrong := (live - spent) | (spent & never):
        yield Breach("P4", f"tickets and orders disagree: {sorted(wrong)}", tuple(order for _, order in sorted(wrong)))
    if len(spent) > sale.quota:
        yield Breach("P4", f"{len(spent)} pieces of a flash sale of {sale.quota} were sold")
