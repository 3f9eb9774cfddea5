"""All that an order's next move depends on and that hangs on it, in one statement: it is read in each of its turns."""

from collections.abc import Sequence
from typing import Any

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.storage.rows_as_json import rows_as_json
from services.orders.storage.tenders import TENDERS_OF_ORDER

_LINES = rows_as_json("""
    SELECT line_no, sku_id, quantity, parts, ships_from FROM order_line
    WHERE order_id = of_order ORDER BY line_no
""")
_PARCELS = rows_as_json("SELECT status, line_nos FROM parcel WHERE order_id = of_order ORDER BY shipment_id")
_CODES = rows_as_json("SELECT sku_id, element_id FROM issued_code WHERE order_id = of_order")
_PROVISIONINGS = rows_as_json("""
    SELECT line_no, element_id, provisioner, state, attempts, can_reverse FROM provisioning
    WHERE order_id = of_order ORDER BY line_no, element_id, round
""")
_PICK_UP = rows_as_json(
    "SELECT collected_at IS NOT NULL AS is_collected, fetch_by FROM pick_up WHERE order_id = of_order"
)
_BEING_PAID = """
    EXISTS (SELECT FROM payment_share JOIN payment USING (payment_id)
            WHERE payment_share.order_id = of_order AND payment.status = 'open')
"""
# What cases put right: whether one goes on, how many pieces are back for good, of which lines pieces will never go out.
# The case of an order that is being called off follows it: should the order go on, it keeps it from nothing.
_CASES = """
    SELECT coalesce(bool_or(c.ended_at IS NULL AND c.status <> 'cancelling'), false) AS is_case_open,
           count(*) FILTER (WHERE u.is_given_back AND c.ended_at IS NOT NULL) AS pieces_back,
           coalesce(array_agg(u.line_no) FILTER (WHERE u.is_given_back AND c.kind = 'cancel_part'), '{}') AS withheld
    FROM after_sale_case c LEFT JOIN after_sale_unit u USING (case_id) WHERE c.order_id = of_order
"""
_KNOWN = Planned(
    "known_of_orders",
    f"""
    SELECT of_order, {TENDERS_OF_ORDER} AS tenders, {_LINES} AS lines, {_PARCELS} AS parcels, {_CODES} AS codes,
           {_PROVISIONINGS} AS provisionings, {_PICK_UP} AS pick_ups, {_BEING_PAID} AS is_being_paid, cases.*
    FROM unnest(CAST(:order_ids AS text[])) AS of_order CROSS JOIN LATERAL ({_CASES}) AS cases
    """,  # noqa: S608 — what is inserted are constants
)


def known_of_orders(work: Work, order_ids: Sequence[str]) -> dict[str, Any]:
    """A row for each order; its ``tenders``, ``lines`` and so on are lists of objects, whose instants are texts."""
    return {row.of_order: row for row in work.execute(_KNOWN, {"order_ids": list(order_ids)})}
