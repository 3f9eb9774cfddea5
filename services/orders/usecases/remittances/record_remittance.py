"""A carrier has paid over what it collected: what came is shared out over its parcels, once."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.storage.remittances import add_lines, add_remittance, find_remittance, lines_of
from services.orders.usecases.remittances.look_at_claims import look_at_claim

_SAID = ("carrier", "number", "paid_on", "reference", "total_fen")


def record_remittance(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The whole of it or nothing. Said again it changes nothing, whoever says it; the same number with another content
    is refused. ``differences``: of what is new, how many parcels are not even."""
    lines = [(parcel["waybill_no"], parcel["amount_fen"]) for parcel in request["parcels"]]
    summed = sum(fen for _, fen in lines)
    if summed != request["total_fen"]:
        raise Refused(contract.REMITTANCE_TOTAL_WRONG, "the parcels do not sum to the total", sum_fen=summed)
    said = {name: request[name] for name in _SAID}
    remittance_id = derived_id("rmt", request["carrier"], request["number"])
    if not add_remittance(work, {**said, "remittance_id": remittance_id, "lines": len(lines)}):
        return _known(work, remittance_id, said, lines)
    claims = add_lines(work, remittance_id, request["carrier"], lines)
    wrong = [look_at_claim(work, claim) for claim in sorted(claims, key=lambda claim: str(claim.waybill_no))]
    return {**find_remittance(work, remittance_id)._mapping, "differences": sum(wrong)}


def _known(work: Work, remittance_id: str, said: dict[str, Any], lines: list[tuple[str, int]]) -> dict[str, Any]:
    known = find_remittance(work, remittance_id)
    is_same = said == {name: getattr(known, name) for name in _SAID} and lines == lines_of(work, remittance_id)
    if not is_same:
        number = said["number"]
        raise Refused(contract.REMITTANCE_NUMBER_TAKEN, "another remittance has this number", number=number)
    return {**known._mapping, "differences": 0}
