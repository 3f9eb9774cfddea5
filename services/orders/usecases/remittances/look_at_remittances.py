"""What carriers have paid over and owe still, as finance sees it."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.readings import Reading
from services.orders.storage.remittance_differences import list_difference_rows, open_by_carrier
from services.orders.storage.remittances import add_remittance_terms, list_remittance_rows, owed_by_carriers
from services.orders.usecases.look_at_bills import observe_bills


def list_remittances(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    rows = list_remittance_rows(work, request["carrier"], request["limit"])
    owed = [row._mapping for row in owed_by_carriers(work) if request["carrier"] in (None, row.carrier)]
    return {"remittances": [row._mapping for row in rows], "owed": owed}


def list_remittance_differences(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"differences": [row._mapping for row in list_difference_rows(work, request)]}


def set_remittance_terms(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: carrier ("" for all that have none of their own), remit_days, reason. For what is collected from
    now on."""
    return add_remittance_terms(work, **request)


def observe_remittances(work: Work) -> list[Reading]:
    due = {row.carrier: row.due_fen for row in owed_by_carriers(work)}
    found = open_by_carrier(work)
    return [
        Reading("mall_carrier_cash_due_fen", "Fen that carriers ought to have paid over by now", due, "carrier"),
        Reading("mall_remittance_differences_open", "Parcels whose remittance differs", found, "carrier"),
    ]


def observe_money(work: Work) -> list[Reading]:
    """All that finance watches of orders."""
    return [*observe_bills(work), *observe_remittances(work)]
