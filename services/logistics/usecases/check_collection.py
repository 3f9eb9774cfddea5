"""Whether cash can be collected at a door: some carrier in service covers the province and does it."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.domain.carriers import is_cash_collected
from services.logistics.storage.carriers import all_carriers


def check_collection(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"is_offered": is_cash_collected(all_carriers(work), request["province"])}
