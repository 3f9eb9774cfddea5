"""What a merchant has and what is kept back for it, and the terms of that."""

from typing import Any

from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.escrow import CREDIT, DEBIT, REFUND, SALE, Worth
from services.orders.storage.escrow import add_escrow_terms, page_of_entries, sums_of


def get_merchant_balance(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``balance`` is the sum of all credits and debits; ``kept_back`` will be credited if nothing of it goes back."""
    sums = {kind: Worth() for kind in contract.ENTRY_KINDS} | sums_of(work, request["merchant_id"])
    return {
        "merchant_id": request["merchant_id"],
        "balance": vars(sums[CREDIT] + sums[DEBIT]),
        "kept_back": vars(sums[SALE] + sums[REFUND] + -sums[CREDIT]),
    }


def list_merchant_entries(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The latest first."""
    kinds = [request["kind"]] if request["kind"] else contract.ENTRY_KINDS
    rows = page_of_entries(work, request["merchant_id"], kinds, request["before"], request["limit"])
    return {"entries": [row._mapping for row in rows]}


def set_escrow_terms(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: merchant_id ("" for all that have no terms of their own), days_after_delivery, reason. From now on,
    also for what is kept back already."""
    return add_escrow_terms(work, **request)
