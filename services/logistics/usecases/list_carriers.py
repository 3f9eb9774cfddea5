"""All configured carriers, in order of priority."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.storage.carriers import all_carriers
from services.logistics.usecases.put_carrier import summary_of


def list_carriers(work: Work, _request: dict[str, Any]) -> dict[str, Any]:
    return {"carriers": [summary_of(carrier) for carrier in all_carriers(work)]}
