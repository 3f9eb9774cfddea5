"""A partner calls back: is it genuine, and what does it say?"""

from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provisioning import CallbackMalformed, CallbackNotGenuine, Provisioner, Told
from services.orders.storage.provisioning import find_provisioning, provisioners_in_force
from services.orders.usecases.record_provisioning import record_result

SIGNED = ("id", "timestamp", "signature")


def record_provisioning_callback(works: Works, request: dict[str, Any]) -> dict[str, str]:
    """Late, repeated and reordered ones are welcome: what is known changes nothing."""
    name = request["provisioner"]
    partner = works.run(lambda work, _: provisioners_in_force(work), {}).get(name)
    if partner is None:
        raise Refused(contract.PROVISIONER_UNKNOWN, "no such partner is configured", provisioners=[name])
    told = _read(works, partner, request)
    return {"outcome": works.run(lambda work, _: _record(work, name, told), request)}


def _read(works: Works, partner: Provisioner, request: dict[str, Any]) -> Told:
    headers = {f"webhook-{name}": request[f"webhook_{name}"] for name in SIGNED}
    try:
        return works.settings.partner_of(partner).read_callback(headers, request["body"], works.clock.now())
    except CallbackNotGenuine as problem:
        raise Refused(contract.CALLBACK_NOT_GENUINE, str(problem)) from None
    except CallbackMalformed as problem:
        raise Refused(contract.PROVISIONING_CALLBACK_MALFORMED, str(problem)) from None


def _record(work: Work, provisioner: str, told: Told) -> str:
    row = find_provisioning(work, told.operation_id)
    if row is None or row.provisioner != provisioner:
        raise Refused(contract.PROVISIONING_UNKNOWN, "no such operation of this partner")
    return record_result(work, told.operation_id, told.result)
