"""What cases give back: which amount by which tender, and how far that is."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.storage.tables import after_sale_case, after_sale_refund, tender, tender_event

_IS_DONE = (
    sa.select(tender_event.c.id)
    .where(
        tender_event.c.tender_id == after_sale_refund.c.tender_id,
        tender_event.c.op == "refund",
        tender_event.c.reference == after_sale_refund.c.reference,
        tender_event.c.outcome == "succeeded",
    )
    .exists()
)

_OF_CASES = (
    sa.select(after_sale_refund, tender.c.order_id, tender.c.kind, _IS_DONE.label("is_done"))
    .join(tender, tender.c.tender_id == after_sale_refund.c.tender_id)
    .where(after_sale_refund.c.case_id == sa.any_(sa.bindparam("case_ids", type_=sa.ARRAY(sa.Text))))
    .order_by(after_sale_refund.c.tender_id, after_sale_refund.c.reference)
)
_REFUNDING = (
    sa.select(after_sale_case)
    .where(after_sale_case.c.order_id == sa.bindparam("order_id"), after_sale_case.c.status == "refunding")
    .order_by(after_sale_case.c.case_id)
)
_ADD = Planned(
    "add_case_refund",
    """
    INSERT INTO after_sale_refund (case_id, tender_id, reference, amount)
    VALUES (:case_id, :tender_id, :reference, :amount)
    """,
)


def add_case_refund(work: Work, case_id: str, tender_id: str, reference: str, amount: int) -> None:
    values = {"case_id": case_id, "tender_id": tender_id, "reference": reference, "amount": amount}
    work.leave(_ADD, values)


def refunds_of_cases(work: Work, case_ids: Sequence[str]) -> list[sa.Row]:
    """With ``order_id`` and ``kind`` of the tender, and ``is_done``."""
    return list(work.execute(_OF_CASES, {"case_ids": list(case_ids)}).all())


def refunding_cases(work: Work, order_id: str) -> list[sa.Row]:
    return list(work.execute(_REFUNDING, {"order_id": order_id}).all())
